// --systemd-cgroup of an ordinary user: the scope is one of his own service manager.
// Spec: config-linux.md#cgroups-path

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { succeeded } from "../harness/container.ts";
import { exec, idle, shell } from "../harness/exec.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { GLOBAL } from "../harness/systemd.ts";
import { ordinaryUser } from "../harness/user.ts";

const test = spec("runtime/systemd-user");
const needs = ["systemd", "pure cgroup v2", "a user's systemd", "user namespaces"];

const account = { uid: 1000, runtimeDir: "/run/user/1000" };
const MIB = 1 << 20;
const MANAGER = "/user.slice/user-1000.slice/user@1000.service";

/** As systemctl --user prints them. */
function show(t: Sandbox, ...names: string[]): string {
  const unit = `spec-${t.token}.scope`;
  const machine = ["--user", "--machine=user@.host"];
  return execFileSync("systemctl", [...machine, "show", unit, "--property", names.join(",")], {
    encoding: "utf8",
  });
}

function limited(t: Sandbox) {
  const user = ordinaryUser(t, { account });
  const container = idle(
    user,
    (config) => {
      config.linux.cgroupsPath = `user.slice:spec:${t.token}`;
      config.linux.resources = { memory: { limit: 64 * MIB }, pids: { limit: 20 } };
    },
    { global: GLOBAL },
  );
  return { user, container };
}

test("the scope is in the user's slice, with its limits (config-linux.md#cgroups-path)", {
  needs,
}, async (t) => {
  const { container } = limited(t);
  const { pid } = await (await container).state();
  const line = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim();
  assert.is(line, `0::${MANAGER}/user.slice/spec-${t.token}.scope`);
  const directory = `/sys/fs/cgroup${line.slice(3)}`;
  assert.is(readFileSync(`${directory}/memory.max`, "utf8").trim(), `${64 * MIB}`);
  assert.is(readFileSync(`${directory}/pids.max`, "utf8").trim(), "20");
  assert.match(show(t, "MemoryMax"), `MemoryMax=${64 * MIB}`);
});

test("exec, update, pause and delete (runc's command line)", {
  needs,
  since: "1.2: what exec runs is in the scope",
}, async (t) => {
  const { user, container } = limited(t);
  const made = await container;
  const { pid } = await made.state();
  // from outside of what is delegated: systemd moves the process
  const inside = await shell(user, made, "cat /proc/self/cgroup; exec 2>&1; echo $$");
  assert.match(inside, `spec-${t.token}.scope`);
  succeeded("update", await user.runtime(["update", "--pids-limit", "30", made.id]));
  assert.match(show(t, "TasksMax"), "TasksMax=30");
  succeeded("pause", await user.runtime(["pause", made.id]));
  succeeded("resume", await user.runtime(["resume", made.id]));
  succeeded("exec", await exec(user, made, [], ["/bin/true"]));
  assert.ok(pid > 0);
  await made.delete("--force");
  assert.match(show(t, "LoadState"), "LoadState=not-found");
});

test("without a session there is no manager to ask (runc's command line)", {
  needs,
  deviates: "has other words",
}, async (t) => {
  const user = ordinaryUser(t, { account });
  const bundle = user.bundle();
  const env = { XDG_RUNTIME_DIR: "", DBUS_SESSION_BUS_ADDRESS: "" };
  const flags = [...GLOBAL, "create", "-b", bundle.dir, t.id()];
  const { code, stderr } = await user.runtime(flags, { env });
  assert.is(code, 1);
  assert.match(stderr, "neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set");
});

test.run();
