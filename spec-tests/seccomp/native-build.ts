// The native build of the compiler gives the bytes that the WASM gives on V8, and fails where it fails.

import { profileText } from "../../runtime/seccomp/profile.ts";
import { readCases } from "./cases.ts";
import { CompileError, compile, decode } from "./compiler.ts";
import { engineProfiles, generatedProfiles } from "./differential.ts";
import { pick, randomOf } from "./generate.ts";
import { interpret, wordsOf } from "./interpreter.ts";
import { MACHINES } from "./machines.ts";
import { buildNative, feed } from "./programs.ts";
import { Tally } from "./tally.ts";

const MALFORMED = { count: 1000, seed: 7 };
/** Compilations of which the median is taken. */
const ROUNDS = 2000;
/** The aims for Docker's profile, in microseconds and instructions. */
const AIM = { us: 200, instructions: 700 };
/** Machines differ and tests share them: the time that fails the test is generous. */
const SLACK = 5;

export function runNativeBuild(): Tally[] {
  const tally = new Tally("native build: bytes as on V8");
  const built = buildNative();
  if (!("path" in built)) {
    tally.skip(built.reason);
    return [tally];
  }
  const texts = [
    ...readCases().map(({ profile, native }) => profileText(profile, native ?? "x86_64").text),
    ...engineProfiles().map(({ profile, native }) => profileText(profile, native).text),
    ...generatedProfiles().map(({ profile, native }) => profileText(profile, native).text),
    ...malformed(),
  ];
  const answers = feed(built.path, texts);
  texts.forEach((text, i) => {
    const expected = onV8(text);
    tally.check(
      answers[i] === expected,
      () => `text ${i}: ${answers[i]?.slice(0, 80)}, not ${expected.slice(0, 80)}`,
    );
  });
  measure(built.path, tally);
  return [tally];
}

/** Texts that profileText() would never write; fixed seed. The module must refuse them or make some filter, not trap. */
function malformed(): string[] {
  const { profile, native } = engineProfiles().find(({ name }) => name === "docker-old-12")!;
  const { text } = profileText(profile, native);
  const random = randomOf(MALFORMED.seed);
  const damaged = Array.from({ length: MALFORMED.count }, () => {
    const at = random(random(2) === 0 ? text.length : 200);
    const end = at + random(4);
    return (
      text.slice(0, at) +
      pick(random, ["", " ", "\n", "9", "R", "-1", "\0", "4294967296"]) +
      text.slice(end)
    );
  });
  return [
    "",
    "A",
    "A x86_64\n",
    "A vax\nS 0\nD 0\n",
    "A x86_64\nS 1\nD 0\nR 1 2 1\nread\n",
    ...damaged,
  ];
}

function onV8(text: string): string {
  try {
    return compile(text).toString("hex");
  } catch (error) {
    if (error instanceof CompileError) return `error ${error.rule} ${error.message}`;
    throw error;
  }
}

function measure(program: string, tally: Tally): void {
  const docker = engineProfiles().find(({ name }) => name === "docker-new-01")!;
  const { text } = profileText(docker.profile, docker.native);
  const line = feed(program, [text], `${ROUNDS}`)[0]!;
  const [instructions, first, median, least] = line.split(" ").map(Number);
  tally.note(
    `Docker's profile: ${instructions} instructions; first ${first} us, median ${median}, least ${least}`,
  );
  tally.note(pathsOf(compile(text)));
  tally.check(instructions! <= AIM.instructions, () => `${instructions} instructions`);
  tally.check(median! <= AIM.us * SLACK, () => `${median} us`);
}

/** What the kernel's emulation of all numbers at install time has to walk. */
function pathsOf(filter: Buffer): string {
  const program = decode(filter);
  const steps = ["x86_64", "x86"].flatMap((abi) =>
    Array.from({ length: 470 }, (_, nr) => {
      const words = wordsOf({ arch: MACHINES.get(abi)!.audit, nr, args: [] }, false);
      return interpret(program, words).steps;
    }),
  );
  const sum = steps.reduce((total, one) => total + one, 0);
  return `paths for 2 x 470 numbers: ${(sum / steps.length).toFixed(1)} instructions on average, ${Math.max(...steps)} at most`;
}
