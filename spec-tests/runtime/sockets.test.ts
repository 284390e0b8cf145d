// What the caller's sockets get from each command that starts a program: pidfd, readiness, seccomp listener; LISTEN_FDS in.
// Spec: runtime.md#create (the flags are runc's), config-linux.md#containerprocessstate

import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { probePath } from "../harness/build.ts";
import { args } from "../harness/bundle.ts";
import { stateOf, succeeded } from "../harness/container.ts";
import { exec, idle } from "../harness/exec.ts";
import { receive } from "../harness/helpers.ts";
import { type Info, parse } from "../harness/probe.ts";
import { runtimePath } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/sockets");

test("run --pidfd-socket: a pidfd of the process, known by its end (runtime.md#create)", {
  since: "1.2: --pidfd-socket",
}, async (t) => {
  const receiver = await receive(t, "pidfd");
  const bundle = t.bundle((config) => args(config, "idle"));
  const id = t.id();
  const flags = ["--detach", "--pidfd-socket", receiver.path, "--bundle", bundle.dir];
  const run = t.startRuntime(["run", ...flags, id]);
  succeeded("run", await run.exited);
  const message = await receiver.message();
  assert.is(message.fds, 1);
  await receiver.call.sees("end\n");
  assert.match(receiver.call.stdout(), new RegExp(`Pid:\\s*${(await stateOf(t, id)).pid}\\b`));
  succeeded("kill", await t.runtime(["kill", id, "KILL"]));
  await receiver.call.sees("exited");
});

/** A manager: every datagram that arrives at its socket. */
async function manager(t: Sandbox) {
  const path = join(t.dir, "notify.sock");
  const call = t.startHelper(probePath(), ["datagrams", path], { stdin: "open" });
  await call.sees("ready\n");
  return { call, env: { NOTIFY_SOCKET: path } };
}

for (const [what, flags] of [
  ["in the foreground", []],
  ["detached, it returns once that is told", ["--detach"]],
] as const) {
  test(`run with NOTIFY_SOCKET ${what}: READY, then the pid (runtime.md#start)`, {
    deviates: "it hears READY only where a datagram begins with it",
  }, async (t) => {
    const { call, env } = await manager(t);
    const bundle = t.bundle((config) => args(config, "notify", "STATUS=x\nREADY=1"));
    const id = t.id();
    const run = t.startRuntime(["run", ...flags, "--bundle", bundle.dir, id], { env });
    await call.sees("READY=1\n");
    await call.sees("MAINPID=");
    const { pid } = await stateOf(t, id);
    await call.sees(`MAINPID=${pid}\n`);
    assert.not.match(call.stdout(), "STATUS");
    if (flags.length > 0) succeeded("run", await run.exited);
    succeeded("kill", await t.runtime(["kill", id, "TERM"]));
    await run.exited;
  });
}

test("a container that ends before it is ready does not keep run waiting (runtime.md#start)", {
  deviates:
    "it waits for as long as the dead process is not reaped, which run itself would have to do",
}, async (t) => {
  const { call, env } = await manager(t);
  const bundle = t.bundle((config) => args(config, "info"));
  const words = ["run", "--detach", "--bundle", bundle.dir, t.id()];
  succeeded("run", await t.startRuntime(words, { env }).exited);
  assert.not.match(call.stdout(), "READY");
});

test("create with LISTEN_FDS: start's program has them (runtime.md#create)", async (t) => {
  writeFileSync(join(t.dir, "passed"), "passed on");
  const fd = openSync(join(t.dir, "passed"), "r");
  const bundle = t.bundle((config) => args(config, "info"));
  const id = t.id();
  // LISTEN_PID must be the runtime's own pid: a shell that becomes it knows.
  const words = [runtimePath(), "--root", t.stateRoot, "create", "--bundle", bundle.dir, id];
  const command = ["-c", 'export LISTEN_PID=$$; exec "$@"', "sh", ...words];
  const env = { LISTEN_FDS: "1", PATH: "/usr/sbin:/usr/bin:/sbin:/bin", SPEC_TOKEN: t.token };
  const created = t.startHelper("/bin/sh", command, { env, fds: [fd] });
  succeeded("create", await created.exited);
  succeeded("start", await t.runtime(["start", id]));
  const seen = parse<Info>((await created.closed).stdout);
  assert.ok(seen.env.includes("LISTEN_FDS=1") && seen.env.includes("LISTEN_PID=1"));
  assert.match(JSON.stringify(seen.fds), "passed");
});

/** getpriority(2): nothing else here calls it. */
const NUMBER = "140";
const NOTIFIED = {
  defaultAction: "SCMP_ACT_ALLOW",
  syscalls: [{ names: ["getpriority"], action: "SCMP_ACT_NOTIFY" }],
};

test("exec under SCMP_ACT_NOTIFY: a listener of its own, with the state (config-linux.md#containerprocessstate)", {
  needs: ["x86-64"],
}, async (t) => {
  const path = join(t.dir, "seccomp.sock");
  const first = await receive(t, "seccomp", "continue");
  const container = await idle(t, (config) => {
    const seccomp = { ...NOTIFIED, listenerPath: path, listenerMetadata: "for the agent" };
    config.linux.seccomp = seccomp;
    config.annotations = { "an.annotation": "kept" };
  });
  const created = JSON.parse((await first.message()).data);
  assert.is(created.state.status, "creating");

  const second = await receive(t, "seccomp", "13");
  const file = join(t.dir, "exec.pid");
  const flags = ["--pid-file", file];
  const call = exec(t, container, flags, ["/bin/probe", "syscall", NUMBER, "0", "0"]);
  const { data, fds } = await second.message();
  const message = JSON.parse(data);
  assert.is(fds, 1);
  await second.call.sees(`syscall ${NUMBER}`);
  assert.match(succeeded("exec", await call).stdout, /EACCES/);
  assert.is(String(message.pid), readFileSync(file, "utf8"));
  assert.equal(message.fds, ["seccompFd"]);
  assert.is(message.metadata, "for the agent");
  const { pid } = await container.state();
  assert.is(message.state.pid, pid);
  assert.is(message.state.status, "running");
  assert.is(message.state.id, container.id);
  assert.equal(message.state.annotations, { "an.annotation": "kept" });
  for (const name of ["ociVersion", "state"]) assert.ok(name in message, name);
});

test.run();
