// Device rules -> what a container may open, as one set of exceptions to "nothing" or "everything". Pure.
// Spec: config-linux.md#allowed-device-list
//
// The last rule that matches wins. v1 keeps such exceptions itself, but would silently ignore a hole in a wider rule;
// merged here, v1 files and the v2 program mean the same.

import type { Device, DeviceRule } from "../../config/types.ts";
import { defaultDevices } from "../devices.ts";
import { planError } from "../problem.ts";

/** BPF_DEVCG_ACC_* (linux/bpf.h). */
const MKNOD = 1;
export const READ = 2;
export const WRITE = 4;
export const ALL = MKNOD | READ | WRITE;

/** Any number. */
export const ANY = -1;

export interface Exception {
  readonly type: "b" | "c";
  readonly major: number;
  readonly minor: number;
  readonly access: number;
}

export interface DevicePolicy {
  /** Everything but the exceptions is allowed; else nothing but them. */
  readonly allowsByDefault: boolean;
  /** By type, major and minor; no two have the same. */
  readonly exceptions: readonly Exception[];
}

const AT = "/linux/resources/devices";

/** Every container's: mknod of anything, terminals; engines rely on them, so they come last and can't be denied. */
const GIVEN: readonly Exception[] = [
  { type: "c", major: ANY, minor: ANY, access: MKNOD },
  { type: "b", major: ANY, minor: ANY, access: MKNOD },
  { type: "c", major: 5, minor: 2, access: ALL },
  { type: "c", major: 136, minor: ANY, access: ALL },
];

export function devicePolicy(
  rules: readonly DeviceRule[] = [],
  devices: readonly Device[] | undefined,
): DevicePolicy {
  const draft: Draft = { allowsByDefault: false, exceptions: new Map() };
  for (let index = 0; index < rules.length; index++) {
    applyRule(draft, rules[index]!, `${AT}/${index}`);
  }
  for (const { type, major, minor, access } of GIVEN) {
    apply(draft, true, type, major, minor, access, AT);
  }
  for (const { major, minor } of defaultDevices(devices)) {
    apply(draft, true, "c", major, minor, ALL, AT);
  }
  const keys = [...draft.exceptions.keys()].sort((one, other) => one - other);
  const { allowsByDefault, exceptions } = draft;
  return { allowsByDefault, exceptions: keys.map((key) => exceptions.get(key)!) };
}

interface Draft {
  allowsByDefault: boolean;
  /** By keyOf(). */
  readonly exceptions: Map<number, { -readonly [Key in keyof Exception]: Exception[Key] }>;
}

function applyRule(draft: Draft, rule: DeviceRule, at: string): void {
  const { allow, type = "a", major = ANY, minor = ANY, access = "" } = rule;
  const bits = accessBits(access);
  if (bits === 0) throw planError(`${at}/access`, "must not be empty");
  if (type === "b" || type === "c") apply(draft, allow, type, major, minor, bits, at);
  else if (major === ANY && minor === ANY && bits === ALL) {
    draft.allowsByDefault = allow;
    draft.exceptions.clear();
  } else {
    apply(draft, allow, "c", major, minor, bits, at);
    apply(draft, allow, "b", major, minor, bits, at);
  }
}

/** The parts of an exception come singly: this runs for every rule of every container. */
function apply(
  draft: Draft,
  allow: boolean,
  type: "b" | "c",
  major: number,
  minor: number,
  access: number,
  at: string,
): void {
  const { allowsByDefault, exceptions } = draft;
  if (allow === allowsByDefault) {
    if (exceptions.size > 0) removeException(draft, { type, major, minor, access }, at);
    return;
  }
  const key = keyOf(type, major, minor);
  const known = exceptions.get(key);
  if (known === undefined) exceptions.set(key, { type, major, minor, access });
  else known.access |= access;
}

export function accessBits(access: string): number {
  return (
    (access.includes("r") ? READ : 0) |
    (access.includes("w") ? WRITE : 0) |
    (access.includes("m") ? MKNOD : 0)
  );
}

export function accessText(access: number): string {
  return `${access & READ ? "r" : ""}${access & WRITE ? "w" : ""}${access & MKNOD ? "m" : ""}`;
}

/** Sorts by type, major, minor, wildcards first; below 2^53 for numbers that dev_t can hold. */
function keyOf(type: "b" | "c", major: number, minor: number): number {
  return ((type === "b" ? 0 : 2 ** 13) + major + 1) * 2 ** 22 + minor + 1;
}

/** Takes the access away from all that the rule covers; a wider exception can't have a hole. */
function removeException({ exceptions }: Draft, one: Exception, at: string): void {
  exceptions.forEach((other, key) => {
    if (other.type !== one.type || (other.access & one.access) === 0) return;
    if (covers(one, other)) {
      other.access &= ~one.access;
      if (other.access === 0) exceptions.delete(key);
    } else if (overlaps(one.major, other.major) && overlaps(one.minor, other.minor)) {
      const message = `${ruleText(one)} would be a hole in the earlier, wider rule ${ruleText(other)}`;
      throw planError(at, `${message}, which device cgroups can't have`);
    }
  });
}

function covers(wide: Exception, narrow: Exception): boolean {
  return (
    (wide.major === ANY || wide.major === narrow.major) &&
    (wide.minor === ANY || wide.minor === narrow.minor)
  );
}

function overlaps(one: number, other: number): boolean {
  return one === ANY || other === ANY || one === other;
}

/** The kernel's form: `c 1:3 rwm`. */
export function ruleText({ type, major, minor, access }: Exception): string {
  const number = (value: number): string => (value === ANY ? "*" : String(value));
  return `${type} ${number(major)}:${number(minor)} ${accessText(access)}`;
}
