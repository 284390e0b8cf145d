// checkpoint and restore: what their options let CRIU take along.
// Spec: runtime.md#operations

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args, script, share } from "../harness/bundle.ts";
import { stateOf, succeeded } from "../harness/container.ts";
import {
  type Counter,
  checkpoint,
  counterOf,
  counting,
  done,
  paths,
  quietly,
  restore,
  WITH_CRIU,
} from "../harness/criu.ts";
import { receive } from "../harness/helpers.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { GLOBAL, isLoaded, show, unitOf } from "../harness/systemd.ts";
import { until } from "../harness/until.ts";

const test = spec("runtime/checkpoint-options");

/** Fails, and the container goes on. */
async function refused(t: Sandbox, counter: Counter, words: RegExp): Promise<void> {
  const { code, stderr } = await quietly(t, ["checkpoint", ...paths(counter), counter.id]);
  assert.is(code, 1);
  if (process.env.RUNTIME === undefined) assert.ok(words.test(stderr), stderr);
  assert.is((await stateOf(t, counter.id)).status, "running");
}

test("--link-remap: a file whose name is gone, but not its other one (runtime.md#operations)", {
  ...WITH_CRIU,
  since: "1.3: --link-remap",
}, async (t) => {
  const bundle = t.bundle((config) => {
    const count = "i=0; while :; do i=$((i+1)); echo $i >&5; busybox sleep 0.05; done";
    script(config, `exec 5>/gone; busybox ln /gone /numbers; busybox rm /gone; ${count}`);
  });
  const counter = counterOf(t, t.id(), bundle);
  await done(t, ["run", "--detach", "--bundle", bundle.dir, counter.id]);
  await counter.grows();
  await refused(t, counter, /link-remap/);
  await checkpoint(t, counter, "--link-remap");
  await restore(t, counter);
  await counter.grows();
  assert.equal(
    readdirSync(bundle.rootfs).filter((name) => name.includes("link_remap") || name === "gone"),
    [],
  );
});

test("--ext-unix-sk: a datagram socket of the host's is written to again (runtime.md#operations)", {
  ...WITH_CRIU,
  deviates: "its restore does not find the place of the bind mount",
}, async (t) => {
  const host = await receive(t, "datagrams");
  const counter = await counting(t, (config) => {
    // CRIU knows sockets of the same network namespace only, and connects by the name that it has on the host
    share(config, "network");
    config.mounts.push({ type: "bind", source: t.dir, destination: t.dir, options: ["bind"] });
    args(config, "datagram", host.path, "/numbers");
  });
  await refused(t, counter, /[Ee]xternal socket/);
  await checkpoint(t, counter, "--ext-unix-sk");
  await restore(t, counter, "--ext-unix-sk");
  const last = await counter.grows();
  await host.call.sees(`\n${last}\n`);
});

/** How many sockets on port 5000 of the process's network are in this state: connected, or listening. */
function sockets(pid: number, state: "01" | "0A"): number {
  const files = ["tcp", "tcp6"].map((file) => readFileSync(`/proc/${pid}/net/${file}`, "utf8"));
  const entries = files.flatMap((text) => text.split("\n")).map((line) => line.trim().split(/\s+/));
  return entries.filter(([, local, , held]) => local?.endsWith(":1388") && held === state).length;
}

test("--tcp-skip-in-flight: a connection that nobody accepted is left out (runtime.md#operations)", {
  ...WITH_CRIU,
  deviates: "leaves the loopback device down",
}, async (t) => {
  const inside = async (line: string) =>
    succeeded("exec", await t.runtime(["exec", counter.id, "/bin/sh", "-c", line])).stdout;
  const counter = await counting(t, (config) => {
    const [, , count] = config.process.args!;
    script(config, `busybox nc -l -p 5000 -e busybox echo served & echo $! >/nc; ${count}`);
  });
  const { pid } = await stateOf(t, counter.id);
  await until("it listens", () => sockets(pid, "0A") > 0);
  await inside("kill -STOP $(cat /nc)");
  // not of the container, but in its network
  const entered = [`--net=/proc/${pid}/ns/net`, "busybox", "nc", "127.0.0.1", "5000"];
  t.startHelper("nsenter", entered, { stdin: "open", env: { PATH: process.env.PATH ?? "" } });
  await until("it is connected", () => sockets(pid, "01") > 0);
  await refused(t, counter, /[Ii]n-flight/);
  await checkpoint(t, counter, "--tcp-skip-in-flight");
  await restore(t, counter);
  await inside("kill -CONT $(cat /nc)");
  assert.is(await inside("busybox nc 127.0.0.1 5000"), "served\n");
  await counter.grows();
});

test("--shell-job: a terminal that began outside (runtime.md#operations)", WITH_CRIU, async (t) => {
  const bundle = t.bundle((config) => {
    config.process.terminal = true;
    script(config, "echo ready; while read -r line; do echo got $line; done");
  });
  const id = t.id();
  const images = { images: join(t.dir, "images") };
  const first = await receive(t, "console");
  const socket = ["--console-socket", first.path];
  await done(t, ["run", "--detach", "--bundle", bundle.dir, ...socket, id]);
  await first.call.sees("ready");
  await done(t, ["checkpoint", ...paths(images), "--shell-job", id]);
  const second = await receive(t, "console");
  const where = ["--bundle", bundle.dir, ...paths(images), ...socket];
  await done(t, ["restore", "--detach", ...where, "--shell-job", id]);
  second.call.write("something\n");
  await second.call.sees("got something");
});

test("--systemd-cgroup: what is restored is in a scope with its limits (config-linux.md#cgroups-path)", {
  ...WITH_CRIU,
  needs: ["criu", "systemd", "pure cgroup v2"],
}, async (t) => {
  const counter = await counting(
    t,
    (config) => {
      config.linux.cgroupsPath = `system.slice:spec:${t.token}`;
      config.linux.resources = { memory: { limit: 64 << 20 }, pids: { limit: 20 } };
    },
    GLOBAL,
  );
  const look = async () => {
    const { pid } = await stateOf(t, counter.id);
    const line = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim();
    const directory = `/sys/fs/cgroup${line.slice(3)}`;
    const read = (file: string) => readFileSync(join(directory, file), "utf8").trim();
    return [line, read("memory.max"), read("pids.max"), show(unitOf(t), "MemoryMax", "TasksMax")];
  };
  const before = await look();
  assert.is(before[0], `0::/system.slice/${unitOf(t)}`);
  await checkpoint(t, counter);
  assert.not.ok(isLoaded(unitOf(t)));
  const where = ["--bundle", counter.bundle.dir, ...paths(counter)];
  await done(t, [...GLOBAL, "restore", "--detach", ...where, counter.id]);
  await counter.grows();
  assert.equal(await look(), before);
  succeeded("delete", await t.runtime(["delete", "--force", counter.id]));
  assert.not.ok(isLoaded(unitOf(t)));
});

/** A profile that allows everything, loaded until the test ends. */
function loadProfile(t: Sandbox, name: string): void {
  const rules = "file, capability, network, mount, umount, pivot_root, signal, ptrace, unix, dbus,";
  const text = `profile ${name} flags=(attach_disconnected,mediate_deleted) { ${rules} }`;
  execFileSync("apparmor_parser", ["--replace"], { input: text });
  t.defer(() => void execFileSync("apparmor_parser", ["--remove"], { input: text }));
}

test("--lsm-profile: another label than at checkpoint (config.md#linux-process)", {
  ...WITH_CRIU,
  needs: ["criu", "AppArmor"],
}, async (t) => {
  const [one, other] = [`${t.token}-one`, `${t.token}-other`];
  loadProfile(t, one);
  loadProfile(t, other);
  const counter = await counting(t, (config) => {
    config.process.apparmorProfile = one;
  });
  const label = async () => {
    const { pid } = await stateOf(t, counter.id);
    return readFileSync(`/proc/${pid}/attr/current`, "utf8").trim();
  };
  assert.is(await label(), `${one} (enforce)`);
  await checkpoint(t, counter);
  await restore(t, counter, "--lsm-profile", `apparmor:${other}`);
  await counter.grows();
  assert.is(await label(), `${other} (enforce)`);
});

test("--lsm-mount-context is SELinux's alone (config.md#mounts)", {
  ...WITH_CRIU,
  needs: ["criu", "no SELinux"],
}, async (t) => {
  const counter = await counting(t);
  await checkpoint(t, counter);
  await restore(t, counter, "--lsm-mount-context", "system_u:object_r:container_file_t:s0:c1,c2");
  await counter.grows();
});

test.run();
