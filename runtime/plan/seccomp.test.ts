import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compileSeccomp } from "./seccomp.ts";
import { linuxContext, messageOf } from "./testing.ts";

const test = suite("seccomp");

test("compileSeccomp() does nothing without a profile", () => {
  assert.equal(compileSeccomp(linuxContext({})), []);
});

test("compileSeccomp() leaves the filter to the host side", () => {
  const seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    listenerPath: "/run/agent.sock",
    syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }],
  } as const;
  const [op] = compileSeccomp(linuxContext({ seccomp }, { arch: "x86" }));
  assert.is(op?.op, "seccomp");
  if (op?.op !== "seccomp") return;
  assert.match(op.profile, /^A x86\n/);
  assert.equal([op.at, op.notify, op.filter.length], ["/linux/seccomp", true, 0]);
});

test("compileSeccomp() reports what is wrong with a profile", () => {
  const seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }],
  } as const;
  assert.match(
    messageOf(() => compileSeccomp(linuxContext({ seccomp }))),
    /^config\.json: \/linux\/seccomp\/listenerPath/,
  );
});

test.run();
