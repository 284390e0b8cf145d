import { suite } from "uvu";
import * as assert from "uvu/assert";
import { excerptOf, failureText } from "./log.ts";

const test = suite("plan/criu/log");

const LOG = `(00.000001) Version: 3.17.1 (gitid 0)
(00.061232) Warn  (criu/kerndat.c:1470): CRIU was built without libnftables support
(00.1) 	3: unix: not this one
(00.160145) Error (criu/util.c:1040): Unable to mount tmpfs: Invalid argument
(00.160805)      1: Error (criu/cgroup.c:1264): cg: Unable to umount
(00.160805)      1: Error (criu/cgroup.c:1264): cg: Unable to umount
(00.2) Error (criu/cr-restore.c:1): third
(00.2) Error (criu/cr-restore.c:1): fourth
`;

test("excerptOf() has the first three errors, each once", () => {
  assert.is(excerptOf(LOG), "Unable to mount tmpfs: Invalid argument; cg: Unable to umount; third");
  assert.is(excerptOf(""), "");
  assert.is(excerptOf(`(0.1) Error (x): ${"y".repeat(1000)}`).length, 603);
});

test("failureText() prefers the log to the answer", () => {
  const answer =
    "criu failed: type DUMP errno 3: Error (criu/x.c:1): one\nError (criu/x.c:1): two\n";
  assert.is(failureText(answer, "(0.1) Error (a): b"), "criu failed: type DUMP errno 3: b");
  assert.is(failureText(answer, ""), "criu failed: type DUMP errno 3: one; two");
  assert.is(failureText("criu failed: type DUMP errno 3", ""), "criu failed: type DUMP errno 3");
  assert.is(failureText("CRIU ended without an answer", ""), "CRIU ended without an answer");
});

test.run();
