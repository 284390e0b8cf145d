// Flags of create and run: pid file, sockets, descriptors, no-pivot, no-new-keyring; LISTEN_FDS, NOTIFY_SOCKET.
// Spec: runtime.md#create (the flags are runc's)

import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { probePath } from "../harness/build.ts";
import { args, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { receive } from "../harness/helpers.ts";
import { type Info, parse } from "../harness/probe.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/flags");

test("--pid-file has the pid and nothing else (runtime.md#create)", async (t) => {
  const file = join(t.dir, "pid");
  const container = await t.create(t.bundle(), { flags: ["--pid-file", file] });
  assert.is(readFileSync(file, "utf8"), `${(await container.state()).pid}`);
});

test("--pid-file relative to the working directory, replacing an old one (runtime.md#create)", async (t) => {
  writeFileSync(join(t.dir, "old-pid"), "999999 and more\n");
  const container = await t.create(t.bundle(), { flags: ["--pid-file", "old-pid"], cwd: t.dir });
  assert.is(readFileSync(join(t.dir, "old-pid"), "utf8"), `${(await container.state()).pid}`);
});

test("--pid-file that can't be written fails create (runtime.md#create)", async (t) => {
  const bundle = t.bundle();
  const flags = ["--pid-file", "/nonexistent/dir/pid"];
  const result = await t.runtime(["create", "--bundle", bundle.dir, ...flags, t.id()]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /no such file or directory/);
});

test("run --detach --pid-file (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => args(config, "idle"));
  const file = join(t.dir, "pid");
  const id = t.id();
  const run = t.startRuntime(["run", "-d", "--pid-file", file, "--bundle", bundle.dir, id]);
  await run.exited;
  await run.sees("idle");
  assert.match(readFileSync(`/proc/${readFileSync(file, "utf8")}/cmdline`, "utf8"), /probe/);
});

test("--pidfd-socket gets a pidfd of the container's process (runtime.md#create)", {
  since: "1.2: --pidfd-socket",
}, async (t) => {
  const receiver = await receive(t, "pidfd");
  const bundle = t.bundle((config) => args(config, "idle"));
  const container = await t.create(bundle, { flags: ["--pidfd-socket", receiver.path] });
  const message = await receiver.message();
  assert.is(message.fds, 1);
  assert.match(message.file, /pidfd/);
  await receiver.call.sees("end\n");
  assert.match(receiver.call.stdout(), new RegExp(`Pid:\\s*${(await container.state()).pid}\\b`));
  await container.kill("KILL");
  await receiver.call.sees("exited");
});

for (const flag of ["--console-socket", "--pidfd-socket"]) {
  const options = flag === "--pidfd-socket" ? { since: "1.2: --pidfd-socket" } : {};
  test(`${flag} where nobody listens fails create (runtime.md#create)`, options, async (t) => {
    const bundle = t.bundle((config) => {
      config.process.terminal = flag === "--console-socket";
    });
    const flags = [flag, join(t.dir, "nobody.sock")];
    const result = await t.runtime(["create", "--bundle", bundle.dir, ...flags, t.id()]);
    assert.is(result.code, 1);
    assert.match(result.stderr, /no such file or directory/);
  });
}

test("create with a terminal needs --console-socket (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => {
    config.process.terminal = true;
  });
  const result = await t.runtime(["create", "--bundle", bundle.dir, t.id()]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /console.socket/i);
});

test("--console-socket without a terminal is an error (runtime.md#create)", async (t) => {
  const bundle = t.bundle();
  const flags = ["--console-socket", join(t.dir, "unused.sock")];
  const result = await t.runtime(["create", "--bundle", bundle.dir, ...flags, t.id()]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /console.socket/i);
});

/** Readable files for descriptors 3, 4, ... of the runtime. */
function files(t: Sandbox, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const path = join(t.dir, `fd${i + 3}`);
    writeFileSync(path, `content ${i + 3}`);
    return openSync(path, "r");
  });
}

test("--preserve-fds passes that many descriptors on (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => args(config, "fds", "3", "4", "5"));
  const result = await t.run(bundle, ["--preserve-fds", "2"], { fds: files(t, 3) });
  assert.equal(parse(succeeded("run", result).stdout), ["content 3", "content 4", null]);
});

test("without it none is passed on (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => args(config, "fds", "3", "4"));
  const result = await t.run(bundle, [], { fds: files(t, 2) });
  assert.equal(parse(succeeded("run", result).stdout), [null, null]);
});

test("--preserve-fds by create, read after start (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => args(config, "fds", "3"));
  const container = await t.create(bundle, { flags: ["--preserve-fds", "1"], fds: files(t, 1) });
  assert.equal(parse(await container.output()), ["content 3"]);
});

test("--preserve-fds of a descriptor that is not open is an error (runtime.md#create)", async (t) => {
  const bundle = t.bundle();
  const result = await t.run(bundle, ["--preserve-fds", "40"]);
  assert.is(result.code, 1);
});

test("LISTEN_FDS are passed on, with LISTEN_PID 1 (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => args(config, "info"));
  // LISTEN_PID must be the runtime's own pid: a shell that becomes it knows.
  const command = ["-c", 'export LISTEN_PID=$$; exec "$@"', "sh"];
  const { runtimePath } = await import("../harness/runtime.ts");
  command.push(runtimePath(), "--root", t.stateRoot, "run", "--bundle", bundle.dir, t.id());
  const env = { LISTEN_FDS: "1", PATH: "/usr/sbin:/usr/bin:/sbin:/bin", SPEC_TOKEN: t.token };
  const result = await t.startHelper("/bin/sh", command, { env, fds: files(t, 1) }).closed;
  const seen = parse<Info>(succeeded("run", result).stdout);
  assert.ok(seen.env.includes("LISTEN_FDS=1"), seen.env.join(" "));
  assert.ok(seen.env.includes("LISTEN_PID=1"), seen.env.join(" "));
  assert.equal(Object.keys(seen.fds), ["0", "1", "2", "3"]);
});

test("LISTEN_FDS of another process is not for us (runtime.md#create)", {
  since: "1.2: checks LISTEN_PID",
}, async (t) => {
  const bundle = t.bundle();
  const result = await t.run(bundle, [], {
    env: { LISTEN_FDS: "1", LISTEN_PID: "1" },
    fds: files(t, 1),
  });
  const seen = parse<Info>(succeeded("run", result).stdout);
  assert.not.ok(seen.env.some((entry) => entry.startsWith("LISTEN_")));
});

test("NOTIFY_SOCKET: READY of the container reaches the host's socket, with its pid (runtime.md#start)", async (t) => {
  const path = join(t.dir, "notify.sock");
  const receiver = t.startHelper(probePath(), ["datagrams", path], { stdin: "open" });
  await receiver.sees("ready\n");
  const bundle = t.bundle((config) => args(config, "notify", "READY=1"));
  const env = { NOTIFY_SOCKET: path };
  const id = t.id();
  const created = t.startRuntime(["create", "--bundle", bundle.dir, id], { env });
  succeeded("create", await created.exited);
  const start = t.startRuntime(["start", id], { env });
  await receiver.sees("READY=1");
  await receiver.sees("MAINPID=");
  succeeded("start", await start.exited);
});

test("--no-pivot (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => script(config, "ls -d /.in-container; cat /proc/1/comm"));
  const { stdout } = succeeded("run", await t.run(bundle, ["--no-pivot"]));
  assert.match(stdout, /^\/\.in-container\n/);
});

test("a new session keyring, named after the container (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => args(config, "info", "scheduling"));
  const id = t.id();
  const result = succeeded("run", await t.runtime(["run", "--bundle", bundle.dir, id]));
  assert.match(parse<Info>(result.stdout).keyring!, new RegExp(`;_ses\\.${id}$`));
});

test("--no-new-keyring keeps the caller's (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => args(config, "info", "scheduling"));
  const { stdout } = succeeded("run", await t.run(bundle, ["--no-new-keyring"]));
  assert.not.match(parse<Info>(stdout).keyring ?? "", new RegExp(t.token));
});

test("flags with one dash, as some callers write them (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => script(config, "echo ran"));
  assert.is(
    succeeded("run", await t.run(bundle, ["-no-subreaper", "-no-pivot=false"])).stdout,
    "ran\n",
  );
});

test("flags with = (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => script(config, "true"));
  const file = join(t.dir, "pid");
  succeeded(
    "run",
    await t.runtime(["run", `--bundle=${bundle.dir}`, `--pid-file=${file}`, t.id()]),
  );
  assert.ok(existsSync(file));
});

test.run();
