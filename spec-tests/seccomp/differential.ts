// Filters of libseccomp (reference.c) against ours, call by call: the profiles that engines send, and generated ones.

import { readdirSync, readFileSync } from "node:fs";
import type { SeccompProfile } from "../../runtime/seccomp/profile.ts";
import { CompileError, compile, decode, type Instruction, plainText } from "./compiler.ts";
import { type Generated, generate } from "./generate.ts";
import { interpret, wordsOf } from "./interpreter.ts";
import { MACHINES } from "./machines.ts";
import { probesOf } from "./probes.ts";
import { buildC, feed } from "./programs.ts";
import { isNewNumber } from "./table.ts";
import { hex, Tally } from "./tally.ts";

const ENGINES = "spec-tests/fixtures/seccomp/engines";
/** A few more than the 500 that are to be compared. */
const GENERATED = { count: 520, seed: 20240229 };
const COMPARED = 500;

export interface Named extends Generated {
  readonly name: string;
}

export function engineProfiles(): Named[] {
  return readdirSync(ENGINES).map((file) => ({
    name: file.replace(".json", ""),
    native: "x86_64",
    profile: JSON.parse(readFileSync(`${ENGINES}/${file}`, "utf8")) as SeccompProfile,
  }));
}

export function generatedProfiles(): Named[] {
  return generate(GENERATED.count, GENERATED.seed).map((one, i) => ({
    name: `generated ${i}`,
    ...one,
  }));
}

export function runDifferential(): Tally[] {
  const reference = buildC("reference.c", "-lseccomp");
  return [
    { tally: new Tally("libseccomp: engines' profiles"), profiles: engineProfiles() },
    { tally: new Tally("libseccomp: generated profiles"), profiles: generatedProfiles() },
  ].map(({ tally, profiles }) => {
    if ("path" in reference) {
      const compared = compare(reference.path, profiles, tally);
      const enough = Math.min(COMPARED, profiles.length);
      tally.check(compared >= enough, () => `only ${compared} profiles were compared`);
    } else tally.skip(reference.reason);
    return tally;
  });
}

/** Returns how many could be compared. */
export function compare(reference: string, profiles: readonly Named[], tally: Tally): number {
  const texts = profiles.map(({ profile, native }) => plainText(profile, native));
  const answers = feed(reference, texts);
  let refused = 0;
  let unsound = 0;
  profiles.forEach((one, i) => {
    const answer = answers[i]!;
    if (answer === "timeout") {
      tally.skip(`${one.name}: libseccomp did not come to an end`);
      unsound++;
      return;
    }
    const ours = compiled(texts[i]!);
    if (answer.startsWith("error") || ours instanceof CompileError) {
      refused++;
      const isSame = answer.startsWith("error") && ours instanceof CompileError;
      tally.check(isSame, () => `${one.name}: libseccomp: ${answer.slice(0, 40)}; ours: ${ours}`);
      return;
    }
    const theirs = decodeTarget(answer, MACHINES.get(one.native)!.isBig);
    if (!forgetsNumber(theirs)) compareCalls(one, ours, theirs, tally);
    else {
      tally.skip(`${one.name}: libseccomp's filter compares arch with a call's number`);
      unsound++;
    }
  });
  const compared = profiles.length - unsound;
  tally.note(
    `${compared} of ${profiles.length} profiles compared, ${refused} of them refused by both`,
  );
  return compared;
}

function compiled(text: string): Instruction[] | CompileError {
  try {
    return decode(compile(text));
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
}

function compareCalls(
  { name, native, profile }: Named,
  ours: readonly Instruction[],
  theirs: readonly Instruction[],
  tally: Tally,
): void {
  for (const probe of probesOf(profile, native)) {
    if (isNewNumber(probe.abi, probe.nr)) continue;
    const words = wordsOf(probe, MACHINES.get(native)!.isBig);
    const found = interpret(ours, words).action;
    const expected = interpret(theirs, words).action;
    tally.check(
      found === expected,
      () =>
        `${name}: ${hex(probe.arch)} ${probe.nr}(${probe.args.map(hex).join()}): ${hex(found)}, not ${hex(expected)}`,
    );
  }
}

/** A bug of libseccomp 2.5.4: a block without the load of the number before its first comparison. */
function forgetsNumber(program: readonly Instruction[]): boolean {
  const audits = new Set([...MACHINES.values()].map((machine) => machine.audit));
  const todo = [1];
  for (let pc = todo.pop(); pc !== undefined; pc = todo.pop()) {
    const { code, jt, jf, k } = program[pc]!;
    // RET or LD: the arch is no longer of interest
    if (code === 0x06 || code === 0x20) continue;
    if (code === 0x05) todo.push(pc + 1 + k);
    else if (!audits.has(k)) return true;
    else todo.push(pc + 1 + jt, pc + 1 + jf);
  }
  return false;
}

/** libseccomp writes the words in the byte order of the target. */
function decodeTarget(text: string, isBig: boolean): Instruction[] {
  const bytes = Buffer.from(text, "hex");
  if (!isBig) return decode(bytes);
  return Array.from({ length: bytes.length / 8 }, (_, i) => ({
    code: bytes.readUInt16BE(i * 8),
    jt: bytes.readUInt8(i * 8 + 2),
    jf: bytes.readUInt8(i * 8 + 3),
    k: bytes.readUInt32BE(i * 8 + 4),
  }));
}
