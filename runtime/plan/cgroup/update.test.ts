import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DeviceRule, Linux } from "../../config/types.ts";
import type { CgroupFacts } from "../facts.ts";
import type { HostOp } from "../ops.ts";
import { HYBRID, messageOf, NO_CGROUPS, OPTIONS, someFacts, V1, V2 } from "../testing.ts";
import { compileDeviceRules } from "./device-ops.ts";
import { cgroupLayout } from "./path.ts";
import { type Change, compileUpdate } from "./update.ts";

const test = suite("cgroup/update");

function update(linux: Linux, change: Change, cgroup: CgroupFacts = V1, isRootless = false) {
  const facts = someFacts({ cgroup });
  const layout = cgroupLayout({ cgroupsPath: "/c" }, facts, OPTIONS);
  return compileUpdate({ id: "c1", linux, layout, facts, isRootless }, change);
}

function shortly(op: HostOp): string {
  if (op.op === "enableControllers") return `enable ${op.controllers}`;
  return op.op === "writeCgroup" || op.op === "writeResctrl"
    ? `${op.file}=${op.text.trim()}`
    : op.op;
}

const opsOf = (...args: Parameters<typeof update>) => update(...args).ops.map(shortly);

test("compileUpdate() writes what changes and keeps the rest", () => {
  const linux: Linux = {
    cgroupsPath: "/c",
    resources: { memory: { limit: 10 }, cpu: { shares: 5 } },
  };
  const {
    ops,
    linux: kept,
    warnings,
    deviceUndo,
  } = update(linux, {
    resources: { memory: { limit: 20 }, pids: { limit: 3 } },
  });
  assert.equal(ops.map(shortly), ["memory.limit_in_bytes=20", "pids.max=3"]);
  assert.equal(kept, {
    cgroupsPath: "/c",
    resources: { memory: { limit: 20 }, cpu: { shares: 5 }, pids: { limit: 3 } },
  });
  assert.equal([warnings, deviceUndo], [[], []]);
});

test("compileUpdate() enables v2 controllers first", () => {
  assert.equal(opsOf({}, { resources: { pids: { limit: 3 } } }, V2), ["enable pids", "pids.max=3"]);
  assert.equal(opsOf({}, { resources: { memory: { limit: 3 } } }, HYBRID), [
    "memory.limit_in_bytes=3",
  ]);
});

test("compileUpdate() counts swap by itself on v2, with the limit that was there", () => {
  const linux: Linux = { resources: { memory: { limit: 100, swap: 150 } } };
  assert.equal(opsOf(linux, { resources: { memory: { limit: 120 } } }, V2), [
    "enable memory",
    "memory.swap.max=30",
    "memory.max=120",
  ]);
  assert.match(
    messageOf(() => update(linux, { resources: { memory: { limit: 200 } } }, V2)),
    "memory+swap limit should be >= memory limit",
  );
});

const NONE: DeviceRule = { allow: false, access: "rwm" };
const FUSE: DeviceRule = { allow: true, type: "c", major: 10, minor: 229, access: "rwm" };
const READ_FUSE: DeviceRule = { ...FUSE, access: "r" };
const ANY: DeviceRule = { allow: true, access: "rwm" };

const DEVICES: readonly (readonly [
  name: string,
  before: DeviceRule[] | undefined,
  after: DeviceRule[],
  v1: string[],
  isReplaced: boolean,
])[] = [
  ["the rules that it has", [NONE], [NONE], [], false],
  ["the default", undefined, [NONE], [], false],
  ["one more", [NONE], [NONE, FUSE], ["devices.allow=c 10:229 rwm"], true],
  ["one less", [NONE, FUSE], [NONE], ["devices.deny=c 10:229 rwm"], true],
  ["less of one", [NONE, FUSE], [NONE, READ_FUSE], ["devices.deny=c 10:229 wm"], true],
];

for (const [name, before, after, v1, isReplaced] of DEVICES) {
  test(`compileUpdate() changes device rules to ${name}`, () => {
    const linux: Linux = { resources: { ...(before && { devices: before }) } };
    assert.equal(opsOf(linux, { resources: { devices: after } }), v1);
    const v2 = update(linux, { resources: { devices: after } }, V2);
    assert.equal(v2.ops.map(shortly), isReplaced ? ["deviceProgram"] : []);
    assert.equal(v2.deviceUndo.map(shortly), isReplaced ? ["deviceProgram"] : []);
  });
}

test("compileUpdate() starts anew where everything was allowed, and the other way round", () => {
  const linux: Linux = { resources: { devices: [ANY] } };
  const denied = update(linux, { resources: { devices: [NONE, FUSE] } });
  assert.is(shortly(denied.ops[0]!), "devices.deny=a");
  assert.ok(denied.ops.map(shortly).includes("devices.allow=c 10:229 rwm"));
  assert.equal(denied.deviceUndo.map(shortly), ["devices.allow=a"]);
  const allowed = opsOf({ resources: { devices: [NONE] } }, { resources: { devices: [ANY] } });
  assert.equal(allowed, ["devices.allow=a"]);
  const holes = opsOf(linux, { resources: { devices: [ANY, { ...FUSE, allow: false }] } });
  assert.equal(holes, ["devices.deny=c 10:229 rw"]);
});

test("compileUpdate() leaves devices alone where nobody may restrict them", () => {
  const { ops, warnings } = update({}, { resources: { devices: [NONE, FUSE] } }, V2, true);
  assert.equal(ops, []);
  assert.match(warnings[0] ?? "", /^\/linux\/resources\/devices: ignored/);
});

test("compileDeviceRules() needs something to do it with", () => {
  const facts = someFacts({ cgroup: NO_CGROUPS });
  const layout = cgroupLayout({}, facts, OPTIONS);
  assert.match(
    messageOf(() => compileDeviceRules({}, layout, facts)),
    "no devices cgroup",
  );
});

test("compileUpdate() writes the schemata of a group that there is", () => {
  const change: Change = { resources: {}, intelRdt: { memBwSchema: "MB:0=20" } };
  assert.match(
    messageOf(() => update({}, change)),
    "updating a non-existent Intel RDT configuration is not supported",
  );
  const { ops, linux } = update({ intelRdt: { l3CacheSchema: "L3:0=f" } }, change);
  assert.equal(ops, [
    {
      op: "writeResctrl",
      at: "/linux/intelRdt",
      root: "/sys/fs/resctrl",
      path: "/c1",
      file: "schemata",
      text: "L3:0=f\nMB:0=20\n",
    },
  ]);
  assert.equal(linux.intelRdt, { l3CacheSchema: "L3:0=f", memBwSchema: "MB:0=20" });
  const rdt = { intelRdt: {} };
  assert.equal(opsOf(rdt, { resources: {}, intelRdt: {} }), []);
});

test.run();
