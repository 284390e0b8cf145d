// What `trunc seccomp disasm` shows: each instruction is the filter's own, and names the calls that come there.

import { disassemble, listCalls } from "../../native/seccomp/test/module.ts";
import { type Abi, parseCalls } from "../../runtime/seccomp/calls.ts";
import { listedAbis } from "../../runtime/seccomp/decide.ts";
import {
  instructionsOf,
  type Instruction as Shown,
  type Step,
} from "../../runtime/seccomp/listing.ts";
import { profileText } from "../../runtime/seccomp/profile.ts";
import { readCases } from "./cases.ts";
import { CompileError, compile, decode, type Instruction } from "./compiler.ts";
import { engineProfiles, generatedProfiles, type Named } from "./differential.ts";
import { interpret, wordsOf } from "./interpreter.ts";
import { Tally } from "./tally.ts";

/** Of the generated profiles so many: every call goes through every filter. */
const GENERATED = 60;

export function runListing(): Tally[] {
  const instructions = new Tally("listing: instructions are the filter's");
  const calls = new Tally("listing: a call is named wherever it comes");
  const cases = readCases().map(({ name, native, profile }) => ({
    name,
    native: native ?? "x86_64",
    profile,
  }));
  const generated = generatedProfiles().slice(0, GENERATED);
  for (const one of [...cases, ...engineProfiles(), ...generated]) {
    const filter = filterOf(one);
    if (filter === undefined) continue;
    const abis = [...listedAbis(one.profile, one.native)].map(abiOf);
    const shown = instructionsOf(disassemble(filter), abis);
    const program = decode(filter);
    checkInstructions(one.name, shown, program, abis[0]!.isBigEndian, instructions);
    checkCalls(one.name, shown, program, abis, calls);
  }
  return [instructions, calls];
}

function filterOf({ native, profile }: Named): Buffer | undefined {
  const { text, problems } = profileText(profile, native);
  // a profile that is refused has no filter
  if (problems.length > 0) return undefined;
  try {
    return compile(text);
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
}

const abis = new Map<string, Abi>();

function abiOf(name: string): Abi {
  const known = abis.get(name) ?? parseCalls(name, listCalls(name));
  abis.set(name, known);
  return known;
}

function checkInstructions(
  name: string,
  shown: readonly Shown[],
  program: readonly Instruction[],
  isBig: boolean,
  tally: Tally,
): void {
  tally.check(shown.length === program.length, () => `${name}: ${shown.length} lines`);
  program.forEach((instruction, index) => {
    const expected = stepOf(instruction, index, isBig);
    const found = JSON.stringify(shown[index]?.step);
    tally.check(found === JSON.stringify(expected), () => `${name}: ${index}: ${found}`);
  });
}

/** struct sock_filter by the kernel's numbers (linux/bpf_common.h), apart from the compiler's own reading. */
function stepOf({ code, jt, jf, k }: Instruction, index: number, isBig: boolean): Step {
  const jump = (op: "==" | ">" | ">=" | "&"): Step => ({
    op,
    value: k,
    whenTrue: index + 1 + jt,
    whenFalse: index + 1 + jf,
  });
  switch (code) {
    case 0x20: {
      if (k < 16) return { op: "load", field: k === 0 ? "nr" : "arch" };
      const half = (k % 8 === 4) === isBig ? "low" : "high";
      return { op: "load", field: `args[${Math.floor((k - 16) / 8)}].${half}` };
    }
    case 0x54:
      return { op: "and", value: k };
    case 0x05:
      return { op: "goto", target: index + 1 + k };
    case 0x15:
      return jump("==");
    case 0x25:
      return jump(">");
    case 0x35:
      return jump(">=");
    case 0x45:
      return jump("&");
    default:
      return { op: "return", action: actionOf(k) };
  }
}

const ACTIONS = new Map([
  [0, "KILL_THREAD"],
  [0x80000000, "KILL_PROCESS"],
  [0x00030000, "TRAP"],
  [0x7fc00000, "NOTIFY"],
  [0x7ffc0000, "LOG"],
  [0x7fff0000, "ALLOW"],
]);

function actionOf(k: number): string {
  const kind = k >>> 16 === 5 ? "ERRNO" : "TRACE";
  return ACTIONS.get(k) ?? `${kind}(${k & 0xffff})`;
}

/** Every call once, without arguments: of the instructions that it comes to, those that name calls name it. */
function checkCalls(
  name: string,
  shown: readonly Shown[],
  program: readonly Instruction[],
  abis: readonly Abi[],
  tally: Tally,
): void {
  for (const { audit, isBigEndian, calls } of abis) {
    for (const { name: call, number } of calls) {
      if (number === undefined) continue;
      const words = wordsOf({ arch: audit, nr: number, args: [] }, isBigEndian);
      const visited: number[] = [];
      interpret(program, words, visited);
      for (const index of visited) {
        const named = shown[index]!.calls;
        tally.check(
          named === undefined || named.includes(call),
          () => `${name}: ${call} is not named at ${index}`,
        );
      }
    }
  }
}
