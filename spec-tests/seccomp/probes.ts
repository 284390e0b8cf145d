// The calls that a filter is asked about: every number, and for each condition the values around its edges.

import type { SeccompEntry, SeccompProfile } from "../../runtime/seccomp/profile.ts";
import type { Call } from "./interpreter.ts";
import { abiOf, MACHINES, type Machine } from "./machines.ts";
import { numberOf } from "./table.ts";

const MASK64 = (1n << 64n) - 1n;
const ODD_NUMBERS = [
  0xffffffff, 0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff, 0x80000000, 0xf0003,
];
const BAD_ARCHS = [0, 0xc000003d, 0xdeadbeef];
const ZERO = [0n, 0n, 0n, 0n, 0n, 0n];
/** Numbers tried from an ABI's base on: its table and 100 more. */
const NUMBERS = 580;

export interface Probe extends Call {
  readonly abi: string;
}

export function* probesOf(profile: SeccompProfile, native: string): Generator<Probe> {
  const abis = new Set([native, ...(profile.architectures ?? []).map(abiOf)]);
  for (const abi of abis) {
    const machine = MACHINES.get(abi)!;
    const call = (nr: number, args: readonly bigint[] = ZERO): Probe => ({
      abi,
      arch: machine.audit,
      nr: nr >>> 0,
      args,
    });
    for (let i = 0; i < NUMBERS; i++) yield call(machine.base + i);
    for (const nr of ODD_NUMBERS) yield call(nr);
    for (const carrier of ["socketcall", "ipc"]) {
      const nr = machine.hasMux ? numberOf(abi, carrier) : undefined;
      for (let sub = 0n; nr !== undefined && sub <= 24n; sub++)
        yield call(nr, [sub, 2n, 0n, 0n, 0n, 0n]);
    }
    for (const entry of profile.syscalls ?? []) {
      if ((entry.args ?? []).length === 0) continue;
      for (const nr of carriersOf(abi, machine, entry))
        for (const args of argumentsFor(entry)) yield call(nr, args);
    }
  }
  for (const arch of BAD_ARCHS) yield { abi: native, arch, nr: 0, args: ZERO };
}

/** The numbers under which an entry's calls arrive. */
function carriersOf(abi: string, machine: Machine, entry: SeccompEntry): number[] {
  const names = [
    ...(entry.names ?? []).slice(0, 3),
    ...(machine.hasMux ? ["socketcall", "ipc"] : []),
  ];
  return names.map((name) => numberOf(abi, name)).filter((nr) => nr !== undefined);
}

/** Every condition met as a start, then one argument after the other at its edges. */
function* argumentsFor(entry: SeccompEntry): Generator<readonly bigint[]> {
  const base = [...ZERO];
  for (const { index, op, value, valueTwo } of entry.args ?? [])
    base[index] = meeting(op, BigInt(value), BigInt(valueTwo ?? 0));
  yield base;
  for (const { index, op, value, valueTwo } of entry.args ?? []) {
    const edges = edgesOf(BigInt(value));
    if (op === "SCMP_CMP_MASKED_EQ")
      edges.push(
        ...edgesOf(BigInt(valueTwo ?? 0)),
        BigInt(valueTwo ?? 0) | (~BigInt(value) & MASK64),
      );
    for (const edge of edges) yield base.map((arg, i) => (i === index ? edge : arg));
  }
  for (const sub of [1n, 2n, 5n, 23n]) yield base.map((arg, i) => (i === 0 ? sub : arg));
}

function meeting(op: string, value: bigint, valueTwo: bigint): bigint {
  if (op === "SCMP_CMP_NE" || op === "SCMP_CMP_GT") return (value + 1n) & MASK64;
  if (op === "SCMP_CMP_LT") return value === 0n ? 0n : value - 1n;
  return op === "SCMP_CMP_MASKED_EQ" ? valueTwo & value : value;
}

function edgesOf(value: bigint): bigint[] {
  const low = value & 0xffffffffn;
  const near = [
    value - 1n,
    value,
    value + 1n,
    value + (1n << 32n),
    value - (1n << 32n),
    value | (1n << 63n),
  ];
  return [...near, low, value - low, low + 1n, 0n, 0xffffffffn, MASK64].map(
    (edge) => edge & MASK64,
  );
}
