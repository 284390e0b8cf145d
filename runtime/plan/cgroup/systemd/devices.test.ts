import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DeviceRule } from "../../../config/types.ts";
import { devicePolicy } from "../devices.ts";
import { deviceProperties } from "./devices.ts";
import { told } from "./testing.ts";

const test = suite("cgroup/systemd/devices");

const NONE: DeviceRule = { allow: false, access: "rwm" };
const ALL: DeviceRule = { allow: true, access: "rwm" };

const of = (rules: DeviceRule[]) => told(deviceProperties(devicePolicy(rules, undefined)));

test("deviceProperties() is an allow list that begins empty", () => {
  const [first, policy, list = ""] = of([
    NONE,
    { allow: true, type: "b", major: 8, access: "r" },
    { allow: true, type: "c", major: 10, minor: 229, access: "rw" },
  ]);
  assert.equal([first, policy], ["DeviceAllow=", "DevicePolicy=strict"]);
  const entries = list.replace("DeviceAllow=", "").split(", ");
  for (const entry of [
    "block-* m",
    "char-* m",
    "block-8 r",
    "/dev/char/10:229 rw",
    "/dev/char/1:3 rwm",
    "char-136 rwm",
  ]) {
    assert.ok(entries.includes(entry), `${entry} of ${entries}`);
  }
});

test("deviceProperties() leaves out a minor number of any major, which systemd has no words for", () => {
  const [, , list = ""] = of([NONE, { allow: true, type: "c", minor: 77, access: "r" }]);
  assert.not.match(list, "77");
});

test("deviceProperties() allows everything where everything is allowed", () => {
  assert.equal(of([ALL]), ["DeviceAllow=", "DevicePolicy=auto"]);
});

test("deviceProperties() can't deny some of everything", () => {
  const some: DeviceRule = { allow: false, type: "b", major: 8, minor: 0, access: "w" };
  assert.equal(of([ALL, some]), ["DeviceAllow=", "DevicePolicy=strict", "DeviceAllow="]);
});

test.run();
