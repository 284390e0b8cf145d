// exec into containers of every kind: cgroups and `--cgroup`, user and time namespaces, joined ones, none of its own; paused ones.
// Spec: config-linux.md#namespaces (exec is runc's)

import {
  chmodSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type Bundle, share } from "../harness/bundle.ts";
import { cgroupDirectory, hierarchy } from "../harness/cgroups.ts";
import { type Container, succeeded } from "../harness/container.ts";
import { exec, execInfo, idle, shell } from "../harness/exec.ts";
import { holdNamespaces, receive } from "../harness/helpers.ts";
import { messageOf } from "../harness/message.ts";
import { type Info, parse } from "../harness/probe.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";
import { until } from "../harness/until.ts";

const test = spec("runtime/exec-inside");

const FIRST = 100_000;

/** Root of the container is FIRST on the host and owns the rootfs (not its hard-linked files). */
function mapped(config: Config, { dir, rootfs }: Bundle): void {
  config.linux.namespaces.push({ type: "user" });
  config.linux.uidMappings = [{ containerID: 0, hostID: FIRST, size: 65536 }];
  config.linux.gidMappings = [{ containerID: 0, hostID: FIRST, size: 65536 }];
  for (const path of [join(dir, ".."), join(dir, "..", ".."), dir]) chmodSync(path, 0o755);
  lchownSync(rootfs, FIRST, FIRST);
  for (const entry of readdirSync(rootfs, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) lchownSync(join(entry.parentPath, entry.name), FIRST, FIRST);
  }
}

// --- namespaces

test("a user namespace: root is the container's, with its capabilities only (config-linux.md#user-namespace-mappings)", async (t) => {
  const container = await idle(t, mapped);
  const { uid, gid, uidMap, capabilities, groups } = await execInfo(t, container);
  assert.equal([uid[0], gid[0]], [0, 0]);
  assert.equal(uidMap[0]!.trim().split(/\s+/).map(Number), [0, FIRST, 65536]);
  assert.equal(capabilities.effective, [5, 10, 29]);
  assert.equal(groups, []);
});

test("a user namespace: another user, more groups, limits (config-linux.md#user-namespace-mappings)", async (t) => {
  const container = await idle(t, (config, bundle) => {
    mapped(config, bundle);
    config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 100, hard: 200 }];
  });
  const seen = await execInfo(t, container, ["-u", "1000:100", "-g", "7"]);
  assert.equal([seen.uid[0], seen.gid[0], [...new Set(seen.groups)]], [1000, 100, [7]]);
  assert.ok(Object.values(seen.rlimits).some(([soft, hard]) => soft === "100" && hard === "200"));
});

test("a user namespace: a terminal that is its user's (config-linux.md#user-namespace-mappings)", async (t) => {
  const container = await idle(t, (config, bundle) => {
    mapped(config, bundle);
    const pts = config.mounts.find(({ destination }) => destination === "/dev/pts")!;
    pts.options = pts.options!.filter((option) => option !== "gid=5");
  });
  const receiver = await receive(t, "console");
  const flags = ["-d", "-t", "-u", "1000", "--console-socket", receiver.path];
  succeeded("exec", await exec(t, container, flags, ["/bin/probe", "info"]));
  const { stdout } = await receiver.call.closed;
  assert.is(parse<Info>(stdout.split("\n").slice(2).join("\n")).terminal.uid, 1000);
});

test("a user id that is not mapped (config-linux.md#user-namespace-mappings)", async (t) => {
  const container = await idle(t, mapped);
  const result = await exec(t, container, ["-u", "70000"], ["true"]);
  assert.is(result.code, 255);
  assert.match(messageOf(result), /exec failed: ./);
});

test("a time namespace with offsets (config-linux.md#offset-for-time-namespace)", {
  needs: ["time namespace"],
  since: "1.2: time namespaces",
}, async (t) => {
  const container = await idle(t, ({ linux }) => {
    linux.namespaces.push({ type: "time" });
    linux.timeOffsets = { boottime: { secs: 90_000, nanosecs: 0 } };
  });
  const here = Number.parseInt(readFileSync("/proc/uptime", "utf8"), 10);
  const seen = await execInfo(t, container);
  assert.is(seen.namespaces.time, (await shell(t, container, "readlink /proc/1/ns/time")).trim());
  assert.ok(Number(await shell(t, container, "cut -d. -f1 /proc/uptime")) >= here + 90_000);
});

test("a cgroup namespace (config-linux.md#namespaces)", async (t) => {
  const container = await idle(t, ({ linux }) => void linux.namespaces.push({ type: "cgroup" }));
  for (const line of (await shell(t, container, "cat /proc/self/cgroup")).trim().split("\n")) {
    assert.match(line, /:\/$/);
  }
});

test("namespaces that the container joined (config-linux.md#namespaces)", async (t) => {
  const pid = await holdNamespaces(t, "held", "net", "uts", "ipc");
  const container = await idle(t, (config) => {
    delete config.hostname;
    for (const [type, file] of [
      ["network", "net"],
      ["uts", "uts"],
      ["ipc", "ipc"],
    ] as const) {
      share(config, type);
      config.linux.namespaces.push({ type, path: `/proc/${pid}/ns/${file}` });
    }
  });
  assert.is((await execInfo(t, container)).hostname, "held");
});

test("without a pid namespace of its own (config-linux.md#namespaces)", async (t) => {
  const container = await idle(t, (config) => {
    share(config, "pid");
    config.mounts = config.mounts.filter(({ destination }) => destination !== "/proc");
    config.mounts.push({
      destination: "/proc",
      type: "bind",
      source: "/proc",
      options: ["rbind", "ro"],
    });
  });
  const own = `/proc/${(await container.state()).pid}/ns/mnt`;
  assert.is(
    (await shell(t, container, "readlink /proc/self/ns/mnt")).trim(),
    (await shell(t, container, `readlink ${own}`)).trim(),
  );
  assert.is((await exec(t, container, [], ["/bin/sh", "-c", "exit 3"])).code, 3);
});

// --- cgroups

/** Where the pid is, in every hierarchy. */
const cgroupsOf = (pid: number | "self"): string[] =>
  readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n").sort();

test("the container's cgroups, all of them (config-linux.md#cgroups)", async (t) => {
  const container = await idle(t);
  const { pid } = await container.state();
  const lines = (await shell(t, container, "cat /proc/self/cgroup")).trim().split("\n").sort();
  assert.equal(lines, cgroupsOf(pid));
});

/** Makes a cgroup beneath the container's; removed at the end, the container before it. */
async function subCgroup(t: Sandbox, container: Container, controller: string): Promise<string> {
  const { pid } = await container.state();
  const path = join(cgroupDirectory(controller, pid)!, "sub");
  mkdirSync(path);
  t.defer(() => {
    try {
      rmdirSync(path);
    } catch {
      // went with the container
    }
  });
  return path;
}

test("--cgroup with a controller (config-linux.md#cgroups)", {
  needs: ["cgroup v1", "pids controller"],
}, async (t) => {
  const container = await idle(t);
  await subCgroup(t, container, "pids");
  const seen = await shell(t, container, "cat /proc/self/cgroup", "--cgroup", "pids:sub");
  assert.match(seen, /:pids:.*\/sub$/m);
  assert.not.match(seen, /:memory:.*\/sub$/m);
});

/** On a machine without v1 hierarchies. */
const unifiedOf = (pid: number): string =>
  join("/sys/fs/cgroup", /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))![1]!);

test("--cgroup on cgroup v2 (config-linux.md#cgroups)", {
  needs: ["pure cgroup v2"],
}, async (t) => {
  const container = await idle(t);
  const path = join(unifiedOf((await container.state()).pid), "sub");
  mkdirSync(path);
  assert.match(await shell(t, container, "cat /proc/self/cgroup", "--cgroup", "sub"), /\/sub$/m);
  rmdirSync(path);
});

test("--cgroup that is not there, on cgroup v2 (config-linux.md#cgroups)", {
  needs: ["pure cgroup v2"],
}, async (t) => {
  const container = await idle(t);
  const result = await exec(t, container, ["--cgroup", "not-there"], ["true"]);
  assert.is(result.code, 255);
  assert.match(messageOf(result), /no such file or directory/);
});

test("a cgroup that the first process has left: where that is (config-linux.md#cgroups)", {
  needs: ["pure cgroup v2"],
}, async (t) => {
  const container = await idle(t);
  const { pid } = await container.state();
  const own = unifiedOf(pid);
  mkdirSync(`${own}-other`);
  writeFileSync(join(`${own}-other`, "cgroup.procs"), `${pid}`);
  rmdirSync(own);
  assert.match(await shell(t, container, "cat /proc/self/cgroup"), /-other$/m);
  await container.kill("KILL");
  await container.created.closed;
  await until("its cgroup is empty", () => {
    try {
      rmdirSync(`${own}-other`);
      return true;
    } catch {
      return false;
    }
  });
});

for (const [value, message] of [
  ["no-such-controller:sub", /unknown controller no-such-controller/],
  [":sub", /empty <controller> prefix/],
  ["pids:../../..", /bad sub cgroup path/],
  ["pids:not-there", /no such file or directory/],
] as const) {
  test(`--cgroup ${value} (config-linux.md#cgroups)`, {
    needs: ["cgroup v1", "pids controller"],
    since: "1.2: the words",
  }, async (t) => {
    const container = await idle(t);
    const result = await exec(t, container, ["--cgroup", value], ["true"]);
    assert.is(result.code, 255);
    assert.match(messageOf(result), message);
  });
}

test("--cgroup twice for one controller (config-linux.md#cgroups)", {
  since: "1.2: the words",
}, async (t) => {
  const container = await idle(t);
  const flags = ["--cgroup", "pids:a", "--cgroup", "memory,pids:b"];
  const result = await exec(t, container, flags, ["true"]);
  assert.is(result.code, 255);
  assert.match(messageOf(result), /controller pids specified multiple times/);
});

// --- paused

/** Freezes the container by hand; thawed at the end. */
async function freeze(t: Sandbox, container: Container): Promise<() => void> {
  const { pid } = await container.state();
  const version = hierarchy("freezer")?.version;
  const directory = version === 1 ? cgroupDirectory("freezer", pid)! : unifiedOf(pid);
  const [file, frozen, thawed] =
    version === 1
      ? (["freezer.state", "FROZEN", "THAWED"] as const)
      : (["cgroup.freeze", "1", "0"] as const);
  const thaw = () => {
    try {
      writeFileSync(join(directory, file), thawed);
    } catch {
      // gone
    }
  };
  t.defer(thaw);
  writeFileSync(join(directory, file), frozen);
  return thaw;
}

test("a paused container: 255 (config-linux.md#cgroups)", async (t) => {
  const container = await idle(t);
  const thaw = await freeze(t, container);
  const result = await exec(t, container, [], ["true"]);
  thaw();
  assert.is(result.code, 255);
  assert.match(
    messageOf(result),
    /cannot exec in a paused container \(use --ignore-paused to override\)/,
  );
});

test("--ignore-paused waits until it is resumed (config-linux.md#cgroups)", async (t) => {
  const container = await idle(t);
  const thaw = await freeze(t, container);
  const run = t.startRuntime([
    "exec",
    "--ignore-paused",
    container.id,
    "/bin/sh",
    "-c",
    "echo ran",
  ]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.is(run.stdout(), "");
  assert.is(run.child.exitCode, null);
  thaw();
  assert.is(succeeded("exec", await run.closed).stdout, "ran\n");
});

test.run();
