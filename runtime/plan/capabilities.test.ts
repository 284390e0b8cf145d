import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ALL_CAPABILITIES, capabilitySets } from "./capabilities.ts";

const test = suite("capabilities");

const NOTHING = { bounding: 0, permitted: 0, effective: 0, inheritable: 0, ambient: 0 };

test("capabilitySets() makes a bit of each name (config.md#linux-process)", () => {
  const warnings: string[] = [];
  const sets = capabilitySets(
    {
      bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_CHOWN"],
      permitted: ["CAP_CHECKPOINT_RESTORE", "CAP_AUDIT_CONTROL"],
      effective: ["CAP_SETPCAP", "CAP_NOT_KNOWN", "constructor"],
      ambient: ["CAP_NOT_KNOWN"],
    },
    ALL_CAPABILITIES,
    warnings,
  );
  assert.equal(sets, {
    ...NOTHING,
    bounding: 0x21,
    permitted: 2 ** 40 + 2 ** 30,
    effective: 0x100,
  });
  assert.equal(warnings, []);
});

test("capabilitySets() drops everything that is not listed", () => {
  assert.equal(capabilitySets(undefined, ALL_CAPABILITIES, []), NOTHING);
  assert.equal(capabilitySets({}, ALL_CAPABILITIES, []), NOTHING);
});

test("capabilitySets() leaves out what can't be ambient, and warns", () => {
  const warnings: string[] = [];
  const permitted = ["CAP_CHOWN", "CAP_KILL"];
  const inheritable = ["CAP_CHOWN", "CAP_SETUID"];
  const ambient = ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID"];
  const sets = capabilitySets({ permitted, inheritable, ambient }, ALL_CAPABILITIES, warnings);
  assert.is(sets.ambient, 1);
  assert.equal(warnings, [
    "/process/capabilities/ambient: ignored CAP_KILL, CAP_SETUID: only what is permitted and inheritable can be ambient",
  ]);
});

test("capabilitySets() leaves out what the runtime lacks, and warns once (config.md#linux-process)", () => {
  const warnings: string[] = [];
  const names = ["CAP_CHOWN", "CAP_SYS_RESOURCE", "CAP_CHECKPOINT_RESTORE", "CAP_NOT_KNOWN"];
  const wanted = { bounding: names, permitted: names, inheritable: names, ambient: names };
  const grantable = ALL_CAPABILITIES - 2 ** 24 - 2 ** 40;
  const sets = capabilitySets(wanted, grantable, warnings);
  assert.equal(sets, { bounding: 1, permitted: 1, effective: 0, inheritable: 1, ambient: 1 });
  assert.equal(warnings, [
    "/process/capabilities: ignored CAP_SYS_RESOURCE, CAP_CHECKPOINT_RESTORE: this runtime has not got them itself",
  ]);
  assert.is(capabilitySets({ effective: ["CAP_KILL"] }, grantable, warnings).effective, 0x20);
  assert.is(warnings.length, 1);
});

test.run();
