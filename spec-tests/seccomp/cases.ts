// 205 profiles with libseccomp's answers to 23,501 calls (fixtures/seccomp/cases.json, from libseccomp 2.6.1 without
// runc's stub), and the numbers at which runc's stub begins.
// Spec: config-linux.md#seccomp

import { readFileSync } from "node:fs";
import { instantiate, put } from "../../native/seccomp/test/module.ts";
import { parseJson } from "../../runtime/config/json.ts";
import { profileText, type SeccompProfile } from "../../runtime/seccomp/profile.ts";
import { compile, decode, type Instruction, plainText } from "./compiler.ts";
import { interpret, wordsOf } from "./interpreter.ts";
import { abiOf, MACHINES, machineOfAudit } from "./machines.ts";
import { hex, Tally } from "./tally.ts";

export interface Case {
  readonly name: string;
  readonly profile: SeccompProfile & { readonly defaultAction: string };
  readonly native?: string;
  /** Start must fail. */
  readonly error?: string;
  readonly runc_stub_max?: Readonly<Record<string, number>>;
  readonly probes: readonly {
    readonly arch: string;
    readonly nr: number;
    readonly args: readonly string[];
    readonly action: string;
    /** The answer of "the first rule whose conditions hold", where libseccomp deviates from it. */
    readonly first_match?: string;
  }[];
}

/** Profiles that runc refuses though libseccomp takes them; what profileText() must say. */
const REFUSED: ReadonlyMap<string, readonly string[]> = new Map([
  ["all-actions", ["/linux/seccomp/listenerPath"]],
  ["notify-rule", ["/linux/seccomp/listenerPath"]],
  [
    "notify-write-runc-rejects",
    ["/linux/seccomp/syscalls/0/names/0", "/linux/seccomp/listenerPath"],
  ],
  ["notify-default-runc-rejects", ["/linux/seccomp/defaultAction"]],
]);

const ENOSYS = 0x50026;
const DENYING = /^SCMP_ACT_(ERRNO|TRAP|KILL|KILL_THREAD|KILL_PROCESS)$/;

export function readCases(): Case[] {
  const file = "spec-tests/fixtures/seccomp/cases.json";
  // values beyond 2^53 must survive
  return parseJson(readFileSync(file, "utf8"), file, true) as Case[];
}

export function runCases(): Tally[] {
  const answers = new Tally("cases: libseccomp's answers");
  const errors = new Tally("cases: start must fail, or what runc refuses");
  const stubs = new Tally("cases: where runc's ENOSYS stub begins");
  const emulator = new Tally("cases: emulate() and this folder's interpreter agree");
  for (const test of readCases()) {
    const native = test.native ?? "x86_64";
    const { problems } = profileText(test.profile, native);
    if (test.error !== undefined) {
      errors.check(
        problems.length > 0 || failsToCompile(test.profile, native),
        () => `${test.name}: no error`,
      );
      continue;
    }
    const expected = REFUSED.get(test.name) ?? [];
    const found = problems.map((problem) => problem.at);
    errors.check(
      found.join() === expected.join(),
      () => `${test.name}: ${JSON.stringify(problems)}`,
    );
    const filter = compile(plainText(test.profile, native));
    const program = decode(filter);
    checkProbes(test, program, answers);
    checkEmulator(test, filter, program, emulator);
    checkStub(test, native, program, stubs);
  }
  return [answers, errors, stubs, emulator];
}

function failsToCompile(profile: SeccompProfile, native: string): boolean {
  try {
    compile(plainText(profile, native));
    return false;
  } catch {
    return true;
  }
}

function checkProbes(test: Case, program: readonly Instruction[], tally: Tally): void {
  for (const probe of test.probes) {
    const machine = machineOfAudit(probe.arch);
    if (machine === undefined) throw new Error(`${test.name}: ${probe.arch}`);
    const call = { arch: machine.audit, nr: probe.nr >>> 0, args: probe.args.map(BigInt) };
    const { action } = interpret(program, wordsOf(call, machine.isBig));
    const expected = Number(probe.first_match ?? probe.action);
    tally.check(
      action === expected,
      () =>
        `${test.name}: ${probe.arch} ${probe.nr}(${probe.args.join()}): ${hex(action)}, not ${hex(expected)}`,
    );
  }
}

function checkEmulator(
  test: Case,
  filter: Buffer,
  program: readonly Instruction[],
  tally: Tally,
): void {
  const instance = instantiate();
  const at = put(instance, filter);
  const data = instance.input(64);
  for (const probe of test.probes) {
    const machine = machineOfAudit(probe.arch)!;
    const words = wordsOf(
      { arch: machine.audit, nr: probe.nr >>> 0, args: probe.args.map(BigInt) },
      machine.isBig,
    );
    new Uint32Array(instance.memory.buffer, data, 16).set(words);
    const action = Number(instance.emulate(at, filter.length, data));
    const expected = interpret(program, words);
    const isSame = action === expected.action && instance.steps() === expected.steps;
    tally.check(isSame, () => `${test.name}: ${probe.arch} ${probe.nr}: ${hex(action)}`);
  }
}

/** At the maximum the filter decides as without the stub, above it the answer is ENOSYS. */
function checkStub(test: Case, native: string, plain: readonly Instruction[], tally: Tally): void {
  if (test.runc_stub_max === undefined || !DENYING.test(test.profile.defaultAction)) return;
  const program = decode(compile(profileText(test.profile, native).text));
  const listed = new Set([native, ...(test.profile.architectures ?? []).map(abiOf)]);
  for (const abi of listed) {
    const machine = MACHINES.get(abi)!;
    const at = (nr: number) =>
      wordsOf({ arch: machine.audit, nr: nr >>> 0, args: [] }, machine.isBig);
    const max = test.runc_stub_max[`SCMP_ARCH_${abi.toUpperCase()}`];
    const isSame = (nr: number) =>
      interpret(program, at(nr)).action === interpret(plain, at(nr)).action;
    if (max === undefined) {
      tally.check(isSame(machine.base + 900), () => `${test.name}: ${abi} has a stub`);
      continue;
    }
    tally.check(isSame(max), () => `${test.name}: ${abi}: ${max} differs`);
    const above = interpret(program, at(max + 1)).action;
    tally.check(above === ENOSYS, () => `${test.name}: ${abi}: ${max + 1} is ${hex(above)}`);
  }
}
