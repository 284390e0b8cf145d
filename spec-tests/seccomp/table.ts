// Reads native/seccomp/syscalls.tsv for the suites.

import { readFileSync } from "node:fs";
import { MACHINES } from "./machines.ts";

/** The columns that other ABIs share. */
const COLUMN_OF = new Map([
  ["mipsel", "mips"],
  ["mipsel64", "mips64"],
  ["mipsel64n32", "mips64n32"],
  ["ppc64le", "ppc64"],
]);

/** The last number that libseccomp 2.5.4 knows in all ABIs; from 451 on its tables have gaps. */
const LAST_KNOWN = 450;
/** Below it: what 2.5.4 lacks, and a pair whose numbers it confuses on a machine that is no PowerPC. */
const UNKNOWN = new Set([
  "uretprobe",
  "uprobe",
  "riscv_hwprobe",
  "sys_debug_setcontext",
  "switch_endian",
]);
const ARM_PRIVATE = 0xf0000;

/** Column -> name -> number, relative to the ABI's base. */
const columns = new Map<string, Map<string, number>>();
const rows = readFileSync("native/seccomp/syscalls.tsv", "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t"));
rows[0]!.slice(1).forEach((abi, i) => {
  const known = rows.slice(1).filter((row) => row[i + 1] !== "-");
  columns.set(abi, new Map(known.map((row) => [row[0]!, Number(row[i + 1])])));
});

/** The whole number of a call in an ABI. */
export function numberOf(abi: string, name: string): number | undefined {
  const number = columns.get(COLUMN_OF.get(abi) ?? abi)?.get(name);
  return number === undefined ? undefined : number + MACHINES.get(abi)!.base;
}

/** Names that mean the same to libseccomp 2.5.4 and to the table, wherever they exist. */
export const commonNames: readonly string[] = rows
  .slice(1)
  .map((row) => row[0]!)
  .filter(
    (name) => !UNKNOWN.has(name) && ![...columns].some(([, names]) => isNew(names.get(name))),
  );

/** Whether libseccomp 2.5.4 may not know the call with this number, so that its answer is not ours. */
export function isNewNumber(abi: string, nr: number): boolean {
  const machine = MACHINES.get(abi)!;
  const names = columns.get(COLUMN_OF.get(abi) ?? abi)!;
  const number = nr - machine.base;
  return isNew(number) || [...UNKNOWN].some((name) => names.get(name) === number);
}

function isNew(number: number | undefined): boolean {
  return number !== undefined && number > LAST_KNOWN && number < ARM_PRIVATE;
}
