// Containers of an ordinary user to whom cgroups were delegated: limits, pause and ps, in what is his and nothing else.
// Spec: config-linux.md#control-groups

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import * as assert from "uvu/assert";
import { script, share } from "../harness/bundle.ts";
import { cgroupDirectory, cgroupFile } from "../harness/cgroups.ts";
import { succeeded } from "../harness/container.ts";
import { idle } from "../harness/exec.ts";
import { spec } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";
import { delegateCgroups, ordinaryUser } from "../harness/user.ts";

const test = spec("runtime/rootless-cgroups");
const ALL = ["memory", "pids", "freezer", "devices", "cpu", "cpuset", "blkio"];
const v1 = ["user namespaces", "cgroup v1", "freezer"];
const v2 = ["user namespaces", "pure cgroup v2", "pids controller"];

/** As `spec --rootless` has it: /sys of the host, bound, and the cgroups in it; no network of its own. */
function withHostSys(config: Config): void {
  const options = ["nosuid", "noexec", "nodev", "ro"];
  const sys = config.mounts.find(({ destination }) => destination === "/sys")!;
  Object.assign(sys, { type: "none", source: "/sys", options: ["rbind", ...options] });
  share(config, "network");
  const destination = "/sys/fs/cgroup";
  config.mounts.push({ destination, type: "cgroup", source: "cgroup", options });
}

for (const [version, needs] of [
  ["v1", v1],
  ["v2", v2],
] as const) {
  test(`limits hold in a delegated cgroup, ${version} (config-linux.md#control-groups)`, {
    needs: [...needs, "memory controller"],
    // an emulated machine takes a second or two for each command
    timeoutMs: 90_000,
  }, async (t) => {
    const user = ordinaryUser(t, { cgroups: delegateCgroups(t, ...ALL) });
    const container = await idle(user, (config) => {
      config.linux.resources = { pids: { limit: 20 }, memory: { limit: 64 << 20 } };
    });
    const { pid } = await container.state();
    const directory = cgroupDirectory("pids", pid)!;
    assert.is(basename(dirname(directory)), `${t.token}-delegated`);
    assert.is(cgroupFile("pids", pid, "pids.max"), "20");
    succeeded("update", await user.runtime(["update", "--pids-limit", "30", container.id]));
    assert.is(cgroupFile("pids", pid, "pids.max"), "30");
    await container.delete("--force");
    assert.not(existsSync(directory));
  });

  test(`pause, resume and ps without any limit, ${version} (runc#pause)`, {
    needs: [...needs, "ps command"],
    timeoutMs: 90_000,
  }, async (t) => {
    const user = ordinaryUser(t, { cgroups: delegateCgroups(t, ...ALL) });
    const container = await idle(user);
    succeeded("pause", await user.runtime(["pause", container.id]));
    assert.is((await container.state()).status, "paused");
    succeeded("resume", await user.runtime(["resume", container.id]));
    const { pid } = await container.state();
    const { stdout } = succeeded(
      "ps",
      await user.runtime(["ps", "--format", "json", container.id]),
    );
    assert.equal(JSON.parse(stdout), [pid]);
    succeeded("ps", await user.runtime(["ps", container.id]));
  });
}

test("hierarchies that are not his are left alone (config-linux.md#control-groups)", {
  needs: v1,
}, async (t) => {
  const user = ordinaryUser(t, { cgroups: delegateCgroups(t, "pids", "freezer") });
  const container = await idle(user, (config) => {
    config.linux.resources = { pids: { limit: 20 } };
  });
  const { pid } = await container.state();
  assert.is(cgroupFile("pids", pid, "pids.max"), "20");
  assert.is(cgroupDirectory("cpu", pid), cgroupDirectory("cpu"));
  succeeded("pause", await user.runtime(["pause", container.id]));
  succeeded("resume", await user.runtime(["resume", container.id]));
});

test("a limit in a hierarchy that is not his is refused (config-linux.md#control-groups)", {
  needs: [...v1, "memory controller"],
}, async (t) => {
  const cgroups = delegateCgroups(t, "pids", "freezer");
  const user = ordinaryUser(t, { cgroups });
  const bundle = user.bundle((config) => {
    config.linux.resources = { memory: { limit: 64 << 20 } };
    script(config, "echo ran");
  });
  const { code, stdout, stderr } = await user.run(bundle);
  assert.is.not(code, 0);
  assert.is(stdout, "");
  assert.match(stderr, /cannot set memory limit: container could not join or create cgroup/);
  for (const path of cgroups) {
    assert.not(readdirSync(path, { withFileTypes: true }).some((entry) => entry.isDirectory()));
  }
});

test("a place of his that the config names (config-linux.md#cgroups-path)", {
  needs: v1,
}, async (t) => {
  const cgroups = delegateCgroups(t, ...ALL, "cpuacct", "name=systemd", "perf_event", "net_cls");
  const user = ordinaryUser(t, { cgroups });
  const container = await idle(user, (config) => {
    config.linux.cgroupsPath = `/${t.token}-delegated/named`;
  });
  const { pid } = await container.state();
  assert.match(
    readFileSync(`/proc/${pid}/cgroup`, "utf8"),
    new RegExp(`pids.*/${t.token}-delegated/named\n`),
  );
});

test("a cgroup mount over the host's /sys, with a shared root, v1 (config-linux.md#rootfs-mount-propagation)", {
  needs: v1,
}, async (t) => {
  const user = ordinaryUser(t);
  const bundle = user.bundle((config) => {
    withHostSys(config);
    config.linux.rootfsPropagation = "shared";
    script(config, "busybox ls -d /sys/fs/cgroup/freezer/cgroup.procs");
  });
  const { stdout } = succeeded("run", await user.run(bundle));
  assert.is(stdout, "/sys/fs/cgroup/freezer/cgroup.procs\n");
});

test("without a cgroup namespace v2 is seen, not written (CVE-2023-25809)", {
  needs: v2,
}, async (t) => {
  const user = ordinaryUser(t, { cgroups: delegateCgroups(t, "pids") });
  const bundle = user.bundle((config) => {
    withHostSys(config);
    script(
      config,
      `mkdir /sys/fs/cgroup/${t.token}-delegated/escaped 2>/dev/null && echo escaped; echo done`,
    );
  });
  assert.is(succeeded("run", await user.run(bundle)).stdout, "done\n");
});

test.run();
