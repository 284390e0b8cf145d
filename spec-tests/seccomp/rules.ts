// Which rule decides (runtime/seccomp/decide.ts, `trunc seccomp test`): the model and the filter give one answer to each call.

import { listCalls } from "../../native/seccomp/test/module.ts";
import { type Abi, parseCalls } from "../../runtime/seccomp/calls.ts";
import { decide, listedAbis } from "../../runtime/seccomp/decide.ts";
import { profileText } from "../../runtime/seccomp/profile.ts";
import { readCases } from "./cases.ts";
import { CompileError, compile, decode } from "./compiler.ts";
import { engineProfiles, generatedProfiles, type Named } from "./differential.ts";
import { interpret, wordsOf } from "./interpreter.ts";
import { MACHINES } from "./machines.ts";
import { type Probe, probesOf } from "./probes.ts";
import { hex, Tally } from "./tally.ts";

/** Of the generated profiles so many: the model is slower than a filter. */
const GENERATED = 60;

/** Beyond, on x86_64, are no calls: the filter's answers there are about the mode bit alone. */
const X32_END = 0x80000000;
const X32_BIT = 0x40000000;

export function runRules(): Tally[] {
  const tally = new Tally("rules: the one that decides says what the filter says");
  const cases = readCases().map(({ name, native, profile }) => ({
    name,
    native: native ?? "x86_64",
    profile,
  }));
  const generated = generatedProfiles().slice(0, GENERATED);
  for (const one of [...cases, ...engineProfiles(), ...generated]) check(one, tally);
  return [tally];
}

function check({ name, native, profile }: Named, tally: Tally): void {
  const { text, problems } = profileText(profile, native);
  const program = problems.length === 0 ? programOf(text) : undefined;
  // a profile that is refused has no filter
  if (program === undefined) return;
  const listed = listedAbis(profile, native);
  for (const probe of probesOf(profile, native)) {
    const abi = abiOf(probe);
    if (abi === undefined) continue;
    const { action } = interpret(program, wordsOf(probe, MACHINES.get(native)!.isBig));
    const { word, at } = decide(profile, abi, listed, { number: probe.nr, args: probe.args });
    tally.check(
      word === action,
      () =>
        `${name}: ${abi.name} ${probe.nr}(${probe.args.map(hex).join()}): ${at}: ${hex(word)}, not ${hex(action)}`,
    );
  }
}

function programOf(text: string) {
  try {
    return decode(compile(text));
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
}

const abis = new Map<string, Abi>();

/** The ABI that a probe's number is of. */
function abiOf({ abi, arch, nr }: Probe): Abi | undefined {
  const machine = MACHINES.get(abi)!;
  if (arch !== machine.audit) return undefined;
  const isX86 = abi === "x86_64" || abi === "x32";
  if (isX86 && nr >= X32_END) return undefined;
  const name = isX86 ? (nr < X32_BIT ? "x86_64" : "x32") : abi;
  const known = abis.get(name) ?? parseCalls(name, listCalls(name));
  abis.set(name, known);
  return known;
}
