// process.user: ids, groups and umask; and who owns what the runtime makes for the user.
// Spec: config.md#posix-platform-user

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { info } from "../harness/probe.ts";
import { runtimePath } from "../harness/runtime.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config/user");

test("uid and gid are real, effective, saved and filesystem ids (config.md#posix-platform-user)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.user = { uid: 1234, gid: 2345 };
  });
  assert.equal(seen.uid, [1234, 1234, 1234, 1234]);
  assert.equal(seen.gid, [2345, 2345, 2345, 2345]);
  assert.equal(seen.groups, []);
});

test("the largest ids (config.md#posix-platform-user)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.user = { uid: 2147483647, gid: 2147483647 };
  });
  assert.is(seen.uid[0], 2147483647);
  assert.is(seen.gid[0], 2147483647);
});

test("additionalGids are the supplementary groups (config.md#posix-platform-user)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.user = { uid: 0, gid: 7, additionalGids: [5, 6, 70000] };
  });
  assert.equal(
    seen.groups.toSorted((a, b) => a - b),
    [5, 6, 70000],
  );
});

test("as many groups as the kernel takes, and no more (config.md#posix-platform-user)", async (t) => {
  const withGroups = (count: number) =>
    t.bundle((config) => {
      config.process.user.additionalGids = Array.from({ length: count }, (_, index) => index + 1);
      script(config, "busybox grep Groups /proc/self/status | busybox wc -w");
    });
  assert.is(succeeded("run", await t.run(withGroups(65536))).stdout, "65537\n");
  assert.is((await t.run(withGroups(65537))).code, 1);
});

test("the caller's supplementary groups are dropped (config.md#posix-platform-user)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.user = { uid: 0, gid: 0 };
  });
  assert.equal(
    seen.groups.filter((group) => group !== 0),
    [],
  );
});

test("umask is 0022 by default (config.md#posix-platform-user)", async (t) => {
  assert.is((await info(t)).umask, 0o022);
});

for (const umask of [0, 0o077, 0o777]) {
  test(`umask ${umask.toString(8)} is set (config.md#posix-platform-user)`, async (t) => {
    const seen = await info(t, (config) => {
      config.process.user.umask = umask;
    });
    assert.is(seen.umask, umask);
  });
}

test("umask does not weaken the modes of what the runtime makes (config.md#posix-platform-user)", async (t) => {
  const bundle = t.bundle((config) => {
    config.process.user.umask = 0o777;
    config.process.cwd = "/made";
    script(config, "busybox stat -c %a /dev/null /dev/shm /made");
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "666\n1777\n755\n");
});

// Kubernetes runs images with WORKDIR /root as another user: runc enters cwd before it gives up root.
test("a user without rights on cwd starts there all the same (config.md#process)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    config.process.user = { uid: 1000, gid: 1000 };
    config.process.cwd = "/private";
    mkdirSync(join(rootfs, "private"), { mode: 0o700 });
    script(config, "busybox pwd");
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "/private\n");
});

test("stdout can be opened again by another user (config.md#posix-platform-user)", async (t) => {
  const bundle = t.bundle((config) => {
    config.process.user = { uid: 1000, gid: 1000 };
    script(config, "echo again > /dev/stdout");
  });
  // A shell's pipe: those of Node are sockets, which nobody can open.
  const words = [runtimePath(), "--root", t.stateRoot, "run", "--bundle", bundle.dir, t.id()];
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", SPEC_TOKEN: t.token };
  const helper = t.startHelper("/bin/sh", ["-c", '"$@" | cat', "sh", ...words], { env });
  const { stdout, stderr } = await helper.closed;
  assert.is(stdout, "again\n", stderr);
});

test("HOME is the user's home in the rootfs, / without one (config.md#process)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.user = { uid: 4711, gid: 0 };
  });
  assert.ok(seen.env.includes("HOME=/"), seen.env.join(" "));
});

test.run();
