// linux.cgroupsPath: where the container's cgroups are, when they come and go; cgroup mounts.
// Spec: config-linux.md#cgroups-path

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import {
  cgroupDirectory,
  controllerLines,
  hierarchy,
  isPureV2,
  relativeBase,
} from "../harness/cgroups.ts";
import { succeeded } from "../harness/container.ts";
import { mountAt } from "../harness/mountinfo.ts";
import { info } from "../harness/probe.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config-linux/cgroups");

const CONTROLLERS = ["cpu", "cpuset", "memory", "pids", "blkio", "devices", "freezer"].filter(
  hierarchy,
);

async function idle(t: Sandbox, cgroupsPath?: string) {
  const bundle = t.bundle((config) => {
    args(config, "idle");
    if (cgroupsPath !== undefined) config.linux.cgroupsPath = cgroupsPath;
  });
  const container = await t.create(bundle);
  const { pid } = await container.state();
  return { container, pid };
}

test("absolute: below each hierarchy's root (config-linux.md#cgroups-path)", async (t) => {
  const { pid } = await idle(t, `/${t.token}`);
  for (const name of CONTROLLERS) {
    assert.is(cgroupDirectory(name, pid), join(hierarchy(name)!.mount, t.token), name);
  }
});

test("absolute and nested: parents are made (config-linux.md#cgroups-path)", async (t) => {
  t.defer(() => removeParents(t));
  const { container, pid } = await idle(t, `/${t.token}/a/b`);
  for (const name of CONTROLLERS) {
    const path = cgroupDirectory(name, pid)!;
    assert.is(path, join(hierarchy(name)!.mount, t.token, "a", "b"), name);
  }
  const memory = cgroupDirectory(CONTROLLERS[0]!, pid)!;
  await container.delete("--force");
  assert.not.ok(existsSync(memory));
});

/** Only the last part is the container's: who asked for the parents removes them. */
function removeParents(t: Sandbox): void {
  for (const name of [...CONTROLLERS, "cpuacct", "name=systemd"]) {
    const mount = hierarchy(name)?.mount ?? `/sys/fs/cgroup/${name.replace("name=", "")}`;
    for (const part of ["a", ""]) tryRemove(join(mount, t.token, part));
  }
  for (const part of ["a", ""]) tryRemove(join("/sys/fs/cgroup/unified", t.token, part));
}

function tryRemove(path: string): void {
  if (existsSync(path)) rmdirSync(path);
}

test("relative: below the runtime's own cgroup, on v2 beside it (config-linux.md#cgroups-path)", async (t) => {
  const { pid } = await idle(t, `${t.token}-relative`);
  for (const name of CONTROLLERS) {
    assert.is(cgroupDirectory(name, pid), join(relativeBase(name)!, `${t.token}-relative`), name);
  }
});

test("absent: named after the container (config-linux.md#cgroups-path)", async (t) => {
  const { container, pid } = await idle(t);
  for (const name of CONTROLLERS) {
    assert.match(cgroupDirectory(name, pid)!, new RegExp(`/${container.id}$`), name);
  }
});

test("dots do not lead out of the hierarchy (config-linux.md#cgroups-path)", async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.cgroupsPath = `/../../${t.token}`;
  });
  const id = t.id();
  const { code } = await t.startRuntime(["create", "--bundle", bundle.dir, id]).exited;
  if (code !== 0) return; // refusing is as good
  const { pid } = JSON.parse((await t.runtime(["state", id])).stdout);
  assert.is(cgroupDirectory("pids", pid), join(hierarchy("pids")!.mount, t.token));
});

test("delete removes them in every hierarchy (runtime.md#delete)", async (t) => {
  const { container, pid } = await idle(t, `/${t.token}`);
  const paths = CONTROLLERS.map((name) => cgroupDirectory(name, pid)!);
  for (const path of paths) assert.ok(existsSync(path), path);
  await container.delete("--force");
  for (const path of paths) assert.not.ok(existsSync(path), path);
});

test("delete removes cgroups that the container made itself (runtime.md#delete)", async (t) => {
  const { container, pid } = await idle(t, `/${t.token}`);
  const paths = CONTROLLERS.map((name) => cgroupDirectory(name, pid)!);
  for (const path of paths) mkdirSync(join(path, "nested", "deep"), { recursive: true });
  await container.delete("--force");
  for (const path of paths) assert.not.ok(existsSync(path), path);
});

test("processes of a container without a pid namespace die with it (runtime.md#delete)", {
  since: "1.2: waits for them on cgroup v2",
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.cgroupsPath = `/${t.token}`;
    config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "pid");
    script(
      config,
      "setsid busybox sleep 100 & busybox sleep 100 & echo up; wait".replace("setsid ", ""),
    );
  });
  const container = await t.create(bundle);
  await container.start();
  await container.created.sees("up");
  await container.delete("--force");
});

test("a second container may use a cgroup that exists and is empty (config-linux.md#cgroups-path)", async (t) => {
  const path = join(hierarchy("pids")!.mount, t.token);
  mkdirSync(path);
  t.defer(() => existsSync(path) && rmdirSync(path));
  const { pid } = await idle(t, `/${t.token}`);
  assert.is(cgroupDirectory("pids", pid), path);
});

test("the process is in it before it runs (config-linux.md#cgroups)", async (t) => {
  const { cgroup } = await info(t, (config) => {
    config.linux.cgroupsPath = `/${t.token}`;
  });
  const lines = controllerLines(cgroup);
  assert.ok(lines.length > 0);
  for (const line of lines) assert.match(line, new RegExp(`/${t.token}$`));
});

const CGROUP_MOUNT = {
  destination: "/sys/fs/cgroup",
  type: "cgroup",
  source: "cgroup",
  options: ["nosuid", "noexec", "nodev", "relatime", "ro"],
};

test("a cgroup mount shows the hierarchies, at the container's place (config-linux.md#cgroups)", {
  needs: ["cgroup v1"],
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.mounts.push(CGROUP_MOUNT);
    config.linux.resources = { pids: { limit: 77 } };
    script(
      config,
      "cat /sys/fs/cgroup/pids/pids.max; echo 5 > /sys/fs/cgroup/pids/pids.max || echo refused",
    );
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "77\nrefused\n");
});

/** Where a cgroup mount shows the container's own cgroup for pids. */
const OWN = isPureV2() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";

test("a cgroup mount in a new cgroup namespace (config-linux.md#cgroups)", {
  needs: ["pids controller"],
}, async (t) => {
  const { mountinfo } = await info(t, (config) => {
    config.mounts.push(CGROUP_MOUNT);
    config.linux.namespaces.push({ type: "cgroup" });
  });
  const entry = mountAt(mountinfo, OWN);
  assert.is(entry.type, isPureV2() ? "cgroup2" : "cgroup");
  assert.is(entry.root, "/");
  assert.ok(entry.options.includes("ro"));
});

test("a cgroup mount in a new cgroup namespace starts at the container's own (config-linux.md#cgroups)", {
  needs: ["pids controller"],
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.mounts.push(CGROUP_MOUNT);
    config.linux.namespaces.push({ type: "cgroup" });
    config.linux.resources = { pids: { limit: 77 } };
    script(config, `cat ${OWN}/pids.max; echo 5 > ${OWN}/pids.max || echo refused`);
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "77\nrefused\n");
});

test("a writable cgroup mount lets the container make its own (config-linux.md#cgroups)", {
  needs: ["pids controller"],
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.mounts.push({ ...CGROUP_MOUNT, options: ["nosuid", "noexec", "nodev"] });
    config.linux.namespaces.push({ type: "cgroup" });
    script(config, `busybox mkdir ${OWN}/inner && echo made`);
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "made\n");
});

test("the host's cgroup mounts keep their options (config-linux.md#cgroups)", {
  deviates: "a second mount of cgroup2 takes nsdelegate and memory_recursiveprot from the host's",
}, async (t) => {
  const options = () =>
    readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => / - cgroup2? /.test(line));
  const before = options();
  await info(t, (config) => {
    config.mounts.push(CGROUP_MOUNT);
  });
  assert.equal(options(), before);
  assert.ok(readdirSync("/sys/fs/cgroup").length > 0);
});

test.run();
