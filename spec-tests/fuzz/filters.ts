// Targets: generated profiles against libseccomp and the kernel's verifier; texts that no profile has as the compiler's input.

import { profileText } from "../../runtime/seccomp/profile.ts";
import { CompileError, compile, plainText } from "../seccomp/compiler.ts";
import { compare } from "../seccomp/differential.ts";
import { type Generated, generate } from "../seccomp/generate.ts";
import { talk } from "../seccomp/kernel.ts";
import { buildC } from "../seccomp/programs.ts";
import { Tally } from "../seccomp/tally.ts";
import { spoiled } from "./documents.ts";
import { oneIn, type Random } from "./random.ts";
import type { Target } from "./target.ts";

/** As many as make the start of the two judges cheap. */
const BATCH = 8;

export function filters(): Target {
  const reference = buildC("reference.c", "-lseccomp");
  const kernel = buildC("kernel.c");
  const missing = [reference, kernel].flatMap((built) => ("reason" in built ? [built.reason] : []));
  return {
    name: "seccomp",
    what: "generated profiles: libseccomp's answers, and filters that the kernel takes",
    weight: 2,
    ...(missing[0] !== undefined && { missing: missing[0] }),
    make: (random) => JSON.stringify({ seed: 1 + random(2 ** 31 - 2) }),
    check: (input) => {
      const { seed } = JSON.parse(input) as { seed: number };
      const profiles = generate(BATCH, seed);
      const wrong = "path" in reference ? differences(reference.path, profiles) : null;
      return wrong ?? ("path" in kernel ? refusals(kernel.path, profiles) : null);
    },
  };
}

function differences(program: string, profiles: readonly Generated[]): string | null {
  const tally = new Tally("fuzz");
  const named = profiles.map((one, index) => ({ name: `profile ${index}`, ...one }));
  compare(program, named, tally);
  return tally.failures[0] ?? null;
}

function refusals(program: string, profiles: readonly Generated[]): string | null {
  const texts = profiles.flatMap(({ profile, native }) => {
    try {
      return [compile(profileText(profile, native).text).toString("hex")];
    } catch (error) {
      if (error instanceof CompileError) return [];
      throw error;
    }
  });
  const answers = talk(
    program,
    texts.map((text) => `F ${text}`),
  );
  const index = texts.findIndex((_, i) => answers[i] !== "ok");
  return index < 0 ? null : `the kernel refuses filter ${index}: errno ${answers[index]}`;
}

export function filterTexts(): Target {
  return {
    name: "filter-text",
    what: "the filter compiler's input, spoiled: a filter or an error, never a trap",
    weight: 1,
    make: (random: Random) => {
      const [one] = generate(1, 1 + random(2 ** 31 - 2));
      let text = plainText(one!.profile, one!.native);
      for (let i = random(3); i >= 0; i--) text = spoiled(text, random);
      return oneIn(random, 3)
        ? text.replace(/\d+/g, (digits) => digits + "9".repeat(random(20)))
        : text;
    },
    check: (input) => {
      try {
        return compile(input).length % 8 === 0 ? null : "a filter of half an instruction";
      } catch (error) {
        return error instanceof CompileError ? null : `throws ${(error as Error).stack}`;
      }
    },
  };
}
