// A device policy -> v1 files or a v2 program; and the way from one policy to another. Pure.
// Spec: config-linux.md#allowed-device-list

import type { DeviceRule, Linux } from "../../config/types.ts";
import type { Facts } from "../facts.ts";
import type { HostOp } from "../ops.ts";
import { planError } from "../problem.ts";
import { deviceProgram } from "./bpf.ts";
import { type DevicePolicy, devicePolicy, type Exception, ruleText } from "./devices.ts";
import { type CgroupLayout, type CgroupTarget, controllerTarget } from "./path.ts";

const AT = "/linux/resources/devices";

const BIG_ENDIAN = ["s390", "s390x", "ppc", "ppc64", "mips", "mips64"];

/** Neither v1 files nor programs are for those who have no power over the machine's devices anyway. */
export function canRestrictDevices(facts: Facts, isRootless: boolean): boolean {
  return !isRootless && facts.euid === 0 && facts.inUserNamespace !== true;
}

/** For a new cgroup. A container without device rules is one that is denied all but the defaults. */
export function compileDeviceRules(linux: Linux, layout: CgroupLayout, facts: Facts): HostOp[] {
  const rules = linux.resources?.devices;
  const policy = devicePolicy(rules, linux.devices);
  const at = rules === undefined ? "" : AT;
  const v1 = controllerTarget(layout, "devices");
  return v1 === undefined ? [programOf(policy, layout, facts, at)] : allFiles(policy, v1, at);
}

/** For a cgroup that has the rules of `linux`: nothing that stays allowed is denied meanwhile, where that can be had. */
export function compileDeviceUpdate(
  linux: Linux,
  rules: readonly DeviceRule[],
  layout: CgroupLayout,
  facts: Facts,
): HostOp[] {
  const before = devicePolicy(linux.resources?.devices, linux.devices);
  const after = devicePolicy(rules, linux.devices);
  const v1 = controllerTarget(layout, "devices");
  const differences = changedFiles(before, after, v1);
  // engines send the rules with every update: what others have allowed beside them since must stay
  if (differences.length === 0 && before.allowsByDefault === after.allowsByDefault) return [];
  if (v1 === undefined) return [programOf(after, layout, facts, AT)];
  return before.allowsByDefault === after.allowsByDefault ? differences : allFiles(after, v1, AT);
}

function programOf(policy: DevicePolicy, layout: CgroupLayout, facts: Facts, at: string): HostOp {
  const target = layout.targets.find(({ version }) => version === 2);
  if (target === undefined) {
    throw planError(AT, "this host has no devices cgroup, which the container's safety depends on");
  }
  const { root, path } = target;
  const program = deviceProgram(policy, BIG_ENDIAN.includes(facts.arch));
  return { op: "deviceProgram", at, root, path, program };
}

/** From nothing or everything; one rule a write: of several the kernel takes the first and says nothing. */
function allFiles(policy: DevicePolicy, target: CgroupTarget, at: string): HostOp[] {
  const [all, file] = policy.allowsByDefault
    ? ["devices.allow", "devices.deny"]
    : ["devices.deny", "devices.allow"];
  return [
    fileOp(target, at, all, "a"),
    ...policy.exceptions.map((exception) => fileOp(target, at, file, ruleText(exception))),
  ];
}

/** What to allow first, then what to deny; between policies that start from the same. */
function changedFiles(
  before: DevicePolicy,
  after: DevicePolicy,
  target: CgroupTarget = { version: 1, root: "", path: "", controllers: [] },
): HostOp[] {
  const added = without(after.exceptions, before.exceptions);
  const removed = without(before.exceptions, after.exceptions);
  const [allowed, denied] = after.allowsByDefault ? [removed, added] : [added, removed];
  return [
    ...allowed.map((rule) => fileOp(target, AT, "devices.allow", ruleText(rule))),
    ...denied.map((rule) => fileOp(target, AT, "devices.deny", ruleText(rule))),
  ];
}

/** The access that `those` give and `others` do not. */
function without(those: readonly Exception[], others: readonly Exception[]): Exception[] {
  return those.flatMap((one) => {
    const { type, major, minor } = one;
    const same = others.find(
      (other) => other.type === type && other.major === major && other.minor === minor,
    );
    const access = one.access & ~(same?.access ?? 0);
    return access === 0 ? [] : [{ type, major, minor, access }];
  });
}

function fileOp({ root, path }: CgroupTarget, at: string, file: string, text: string): HostOp {
  return { op: "writeCgroup", at, root, path, file, text, ignore: [] };
}
