// linux user namespaces: mappings, ownership, what works inside without being the host's root.
// Spec: config-linux.md#user-namespace-mappings

import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type Bundle, grant, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { holdNamespaces } from "../harness/helpers.ts";
import { type Act, ask, info } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";

const test = spec("config-linux/user-namespace");

const FIRST = 100_000;

/** Root of the container is FIRST on the host and owns the rootfs (not its hard-linked files). */
function mapped(config: Config, { dir, rootfs }: Bundle): void {
  config.linux.namespaces.push({ type: "user" });
  config.linux.uidMappings = [{ containerID: 0, hostID: FIRST, size: 65536 }];
  config.linux.gidMappings = [{ containerID: 0, hostID: FIRST, size: 65536 }];
  own(dir, rootfs);
}

function own(dir: string, rootfs: string): void {
  for (const path of [join(dir, ".."), join(dir, "..", ".."), dir]) chmodSync(path, 0o755);
  lchownSync(rootfs, FIRST, FIRST);
  for (const entry of readdirSync(rootfs, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) lchownSync(join(entry.parentPath, entry.name), FIRST, FIRST);
  }
}

test("the maps are those given (config-linux.md#user-namespace-mappings)", async (t) => {
  const seen = await info(t, (config, bundle) => {
    mapped(config, bundle);
    config.linux.uidMappings = [
      { containerID: 0, hostID: FIRST, size: 10 },
      { containerID: 10, hostID: FIRST + 1000, size: 20 },
    ];
  });
  const maps = seen.uidMap.map((line) => line.trim().split(/\s+/).map(Number));
  assert.equal(maps, [
    [0, FIRST, 10],
    [10, FIRST + 1000, 20],
  ]);
  assert.equal(
    seen.gidMap.map((line) => line.trim().split(/\s+/).map(Number)),
    [[0, FIRST, 65536]],
  );
  assert.is.not(seen.namespaces.user, readlinkSync("/proc/self/ns/user"));
});

test("what is in the root file system keeps its owners (config-linux.md#user-namespace-mappings)", async (t) => {
  const bundle = t.bundle(mapped);
  chownSync(join(bundle.rootfs, "etc", "passwd"), FIRST + 7, FIRST + 8);
  const owners = () =>
    readdirSync(bundle.rootfs, { recursive: true, encoding: "utf8" }).map((name) => {
      const { uid, gid } = lstatSync(join(bundle.rootfs, name));
      return `${name} ${uid}:${gid}`;
    });
  const before = owners();
  succeeded("run", await t.run(bundle));
  assert.equal(owners(), before);
});

test("root of the container is the mapped id outside (config-linux.md#user-namespace-mappings)", async (t) => {
  const bundle = t.bundle((config, made) => {
    mapped(config, made);
    script(config, "busybox id -u; echo > /written; sleep 60");
  });
  const container = await t.create(bundle);
  await container.start();
  await container.created.sees("0\n");
  const { pid } = await container.state();
  const { uid } = statSync(`/proc/${pid}`);
  assert.is(uid, FIRST);
});

test("another user and its groups (config-linux.md#user-namespace-mappings)", async (t) => {
  const seen = await info(t, (config, bundle) => {
    mapped(config, bundle);
    config.process.user = { uid: 1000, gid: 1001, additionalGids: [5] };
  });
  assert.is(seen.uid[0], 1000);
  assert.is(seen.gid[0], 1001);
  assert.equal(seen.groups, [5]);
});

test("capabilities are full inside, when asked for (config-linux.md#user-namespace-mappings)", async (t) => {
  const { capabilities } = await info(t, (config, bundle) => {
    mapped(config, bundle);
    for (const set of ["bounding", "effective", "permitted"] as const) {
      config.process.capabilities![set] = ["CAP_SYS_ADMIN", "CAP_NET_ADMIN"];
    }
  });
  assert.equal(capabilities.permitted, [12, 21]);
});

test("mounts, hostname and sysctls of the namespaces work (config-linux.md#user-namespace-mappings)", async (t) => {
  const bundle = t.bundle((config, made) => {
    mapped(config, made);
    config.hostname = "mapped";
    config.linux.sysctl = { "net.ipv4.ip_forward": "1" };
    config.mounts.push({ destination: "/made", type: "tmpfs", source: "t" });
    script(config, "busybox hostname; cat /proc/sys/net/ipv4/ip_forward; echo x > /made/file");
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "mapped\n1\n");
});

test("default devices are there, as binds of the host's (config-linux.md#default-devices)", async (t) => {
  const bundle = t.bundle((config, made) => {
    mapped(config, made);
    script(
      config,
      "for d in null zero full random urandom tty; do test -c /dev/$d || echo no $d; done; echo > /dev/null",
    );
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "");
});

test("mknod is refused by the kernel (config-linux.md#user-namespace-mappings)", async (t) => {
  const act = await ask<Act>(t, ["mknod", "/dev/made", "c", "1", "3"], (config, bundle) => {
    mapped(config, bundle);
    for (const set of ["bounding", "effective", "permitted"] as const) {
      config.process.capabilities![set] = ["CAP_MKNOD"];
    }
  });
  assert.is(act.errno, "EPERM");
});

test("masked and read-only paths hold (config-linux.md#masked-paths)", async (t) => {
  const act = await ask<Act>(
    t,
    ["open", "/proc/sys/net/ipv4/ip_forward", "w"],
    (config, bundle) => {
      mapped(config, bundle);
      grant(config, "CAP_NET_ADMIN");
      config.linux.readonlyPaths = ["/proc/sys"];
      config.linux.maskedPaths = ["/proc/kcore", "/sys/firmware"];
    },
  );
  assert.is(act.errno, "EROFS");
});

test("a bind source that only the host's root can reach (config.md#mounts)", {
  since: "1.2: sources are opened outside",
}, async (t) => {
  const hidden = join(t.dir, "hidden");
  mkdirSync(join(hidden, "source"), { recursive: true });
  writeFileSync(join(hidden, "source", "file"), "reached\n");
  chmodSync(hidden, 0o700);
  const bundle = t.bundle((config, made) => {
    mapped(config, made);
    const source = join(hidden, "source");
    config.mounts.push({ destination: "/in", type: "bind", source, options: ["bind", "ro"] });
    script(config, "cat /in/file");
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "reached\n");
});

test("a user namespace joined by path, with new ones of its own (config-linux.md#namespaces)", {
  since: "1.2: a user namespace by path without maps",
}, async (t) => {
  const pid = await holdNamespaces(t, "held", "user");
  const seen = await info(t, (config, bundle) => {
    own(bundle.dir, bundle.rootfs);
    config.linux.namespaces.push({ type: "user", path: `/proc/${pid}/ns/user` });
  });
  assert.is(seen.namespaces.user, readlinkSync(`/proc/${pid}/ns/user`));
  assert.is(seen.uid[0], 0);
  assert.is(seen.hostname, "spec-test");
});

test("an identity map is allowed (config-linux.md#user-namespace-mappings)", async (t) => {
  const { uidMap } = await info(t, (config) => {
    config.linux.namespaces.push({ type: "user" });
    config.linux.uidMappings = [{ containerID: 0, hostID: 0, size: 4294967295 }];
    config.linux.gidMappings = [{ containerID: 0, hostID: 0, size: 4294967295 }];
  });
  assert.match(uidMap[0]!, /0\s+0\s+4294967295/);
});

test("start, kill and delete of a mapped container (runtime.md#operations)", async (t) => {
  const bundle = t.bundle((config, made) => {
    mapped(config, made);
    config.process.args = ["/bin/probe", "idle"];
  });
  const container = await t.create(bundle);
  assert.is((await container.state()).status, "created");
  await container.start();
  await container.created.sees("idle");
  await container.kill("TERM");
  await container.finished();
  await container.delete();
});

test.run();
