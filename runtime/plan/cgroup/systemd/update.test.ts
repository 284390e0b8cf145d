import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DeviceRule, Linux, Resources } from "../../../config/types.ts";
import type { HostOp } from "../../ops.ts";
import { MANAGER, told } from "./testing.ts";
import { compileUnitUpdate } from "./update.ts";

const test = suite("cgroup/systemd/update");

const UNIT = { name: "x.scope", bus: MANAGER.bus, version: 252 };

const settings = (ops: readonly HostOp[]) =>
  ops.flatMap((op) => (op.op === "setUnitProperties" ? told(op.properties) : []));

function update(old: Linux, change: Resources) {
  const { ops, undo } = compileUnitUpdate(UNIT, old, change, true);
  return { ops: settings(ops), undo: settings(undo) };
}

test("compileUnitUpdate() sets what changes, and knows what was", () => {
  const old: Linux = { resources: { memory: { limit: 100 }, pids: { limit: 5 } } };
  const change: Resources = { memory: { limit: 200 }, cpu: { shares: 1024, cpus: "0" } };
  assert.equal(update(old, change), {
    ops: ["MemoryMax=200", "CPUWeight=100", "AllowedCPUs=1,0,0,0,0,0,0,0"],
    undo: ["MemoryMax=100", "CPUWeight=18446744073709551615", "AllowedCPUs="],
  });
});

test("compileUnitUpdate() has nothing to do for what systemd does not know", () => {
  const { ops, undo } = compileUnitUpdate(UNIT, {}, { blockIO: { weight: 10 } }, true);
  assert.equal([ops, undo], [[], []]);
});

test("compileUnitUpdate() brings an unset reservation back to none", () => {
  assert.equal(update({}, { memory: { reservation: 5 } }).undo, ["MemoryLow=0"]);
});

const NONE: DeviceRule = { allow: false, access: "rwm" };
const FUSE: DeviceRule = { allow: true, type: "c", major: 10, minor: 229, access: "rwm" };

test("compileUnitUpdate() touches device rules only when they change", () => {
  const old: Linux = { resources: { devices: [NONE] } };
  assert.equal(update(old, { devices: [NONE] }).ops, []);
  const { ops, undo } = update(old, { devices: [NONE, FUSE] });
  assert.match(ops.join(" "), "/dev/char/10:229 rwm");
  assert.match(undo.join(" "), "DevicePolicy=strict");
  assert.not.match(undo.join(" "), "10:229");
});

test.run();
