import { suite } from "uvu";
import * as assert from "uvu/assert";
import { capabilitySets } from "./capabilities.ts";

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
  assert.equal(capabilitySets(undefined, []), NOTHING);
  assert.equal(capabilitySets({}, []), NOTHING);
});

test("capabilitySets() leaves out what can't be ambient, and warns", () => {
  const warnings: string[] = [];
  const permitted = ["CAP_CHOWN", "CAP_KILL"];
  const inheritable = ["CAP_CHOWN", "CAP_SETUID"];
  const ambient = ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID"];
  const sets = capabilitySets({ permitted, inheritable, ambient }, warnings);
  assert.is(sets.ambient, 1);
  assert.equal(warnings, [
    "/process/capabilities/ambient: ignored CAP_KILL, CAP_SETUID: only what is permitted and inheritable can be ambient",
  ]);
});

test.run();
