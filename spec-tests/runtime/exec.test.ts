// exec: exit codes, signals, --detach and what comes with it, errors, containers in every state.
// Spec: runtime.md#lifecycle (exec is runc's)

import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { exec, execInfo, idle, shell } from "../harness/exec.ts";
import { receive } from "../harness/helpers.ts";
import { messageOf } from "../harness/message.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/exec");

test("runs in all namespaces of the container (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  const first = Number((await container.state()).pid);
  const { namespaces, pid, hostname } = await execInfo(t, container);
  for (const kind of ["mnt", "pid", "net", "ipc", "uts"]) {
    const theirs = await shell(t, container, `readlink /proc/1/ns/${kind}`);
    assert.is(namespaces[kind], theirs.trim(), kind);
  }
  assert.is(hostname, "spec-test");
  assert.is.not(pid, 1);
  assert.ok(first > 1);
});

for (const code of [0, 1, 42, 255]) {
  test(`exit code ${code} is the program's (runtime.md#lifecycle)`, async (t) => {
    const container = await idle(t);
    assert.is((await exec(t, container, [], ["/bin/sh", "-c", `exit ${code}`])).code, code);
  });
}

for (const number of [9, 11, 15]) {
  test(`a program that signal ${number} kills gives 128 + ${number} (runtime.md#lifecycle)`, async (t) => {
    const container = await idle(t);
    const result = await exec(t, container, [], ["/bin/probe", "die", `${number}`]);
    assert.is(result.code, 128 + number);
  });
}

test("options end at the container's id (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  const result = await exec(
    t,
    container,
    [],
    ["/bin/sh", "-c", 'printf "%s " "$0" "$@"', "-e", "--cwd"],
  );
  assert.is(succeeded("exec", result).stdout, "-e --cwd ");
});

test("the first process goes on (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  await shell(t, container, "true");
  assert.is((await container.state()).status, "running");
});

test("standard input, output and error are the caller's (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  const result = await exec(t, container, [], ["/bin/sh", "-c", "cat; echo bad >&2"], {
    stdin: "hello",
  });
  assert.is(result.stdout, "hello");
  assert.is(result.stderr, "bad\n");
});

for (const [name, number] of [
  ["SIGTERM", 15],
  ["SIGINT", 2],
  ["SIGUSR1", 10],
] as const) {
  test(`${name} to the runtime reaches the program (runtime.md#lifecycle)`, async (t) => {
    const container = await idle(t);
    const run = t.startRuntime(["exec", container.id, "/bin/probe", "signals"]);
    await run.sees("ready");
    run.child.kill(name);
    await run.sees(`signal ${number}\n`);
    if (name !== "SIGTERM") run.child.kill("SIGTERM");
    assert.is((await run.closed).code, 0);
  });
}

test("--detach returns at once; --pid-file has the pid and nothing else (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  const file = join(t.dir, "exec.pid");
  const argv = ["exec", "-d", "--pid-file", file, container.id, "/bin/probe", "idle", "detached"];
  const run = t.startRuntime(argv);
  assert.is((await run.exited).code, 0);
  await run.sees("detached");
  const pid = readFileSync(file, "utf8");
  assert.match(pid, /^\d+$/);
  assert.match(readFileSync(`/proc/${pid}/cmdline`, "utf8"), /^\/bin\/probe\0idle\0detached/);
  assert.ok(!existsSync(join(t.dir, ".exec.pid")));
  process.kill(Number(pid), "SIGTERM");
  await run.closed;
});

test("--pid-file that can't be written: 255, and nothing runs (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  const argv = ["/bin/probe", "idle"];
  const result = await exec(t, container, ["-d", "--pid-file", "/nonexistent/pid"], argv);
  assert.is(result.code, 255);
  assert.match(result.stderr, /no such file or directory/);
  assert.is(await shell(t, container, "ps | grep -c '[p]robe idle'"), "1\n");
});

test("--pidfd-socket gets a pidfd of the program (runtime.md#lifecycle)", {
  since: "1.2: --pidfd-socket",
}, async (t) => {
  const container = await idle(t);
  const receiver = await receive(t, "pidfd");
  const file = join(t.dir, "exec.pid");
  const flags = ["-d", "--pidfd-socket", receiver.path, "--pid-file", file];
  const run = t.startRuntime(["exec", ...flags, container.id, "/bin/probe", "idle"]);
  await run.sees("idle");
  assert.is((await run.exited).code, 0);
  const message = await receiver.message();
  assert.is(message.fds, 1);
  assert.match(message.file, /pidfd/);
  await receiver.call.sees("end\n");
  const pid = readFileSync(file, "utf8");
  assert.match(receiver.call.stdout(), new RegExp(`Pid:\\s*${pid}\\b`));
  process.kill(Number(pid), "SIGTERM");
  await receiver.call.sees("exited");
});

test("--preserve-fds hands descriptors on, and no others (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  writeFileSync(join(t.dir, "kept"), "kept");
  writeFileSync(join(t.dir, "secret"), "secret");
  const fds = ["kept", "secret"].map((name) => openSync(join(t.dir, name), "r"));
  const argv = ["/bin/probe", "fds", "3", "4"];
  const result = await exec(t, container, ["--preserve-fds", "1"], argv, { fds });
  assert.equal(JSON.parse(succeeded("exec", result).stdout), ["kept", null]);
  const seen = await execInfo(t, container, [], { fds });
  assert.equal(Object.keys(seen.fds), ["0", "1", "2"]);
});

test("--preserve-fds of a descriptor that is not open (runtime.md#lifecycle)", {
  deviates: "its own descriptors count",
}, async (t) => {
  const container = await idle(t);
  const result = await exec(t, container, ["--preserve-fds", "5"], ["true"]);
  assert.is(result.code, 255);
});

// --- what fails

for (const [what, argv, message] of [
  ["a name", ["no-such-program"], /exec: "no-such-program": executable file not found in \$PATH/],
  ["a path", ["/no/such"], /exec: "\/no\/such": stat \/no\/such: no such file or directory/],
  ["a directory", ["/etc"], /exec: "\/etc": (is a directory|permission denied)/],
  ["no program", [], /args .*empty/],
] as const) {
  test(`${what} that can't be executed: 255 (runtime.md#lifecycle)`, async (t) => {
    const container = await idle(t, (_config, { rootfs }) => {
      writeFileSync(join(rootfs, "not-a-program"), "");
    });
    const result = await exec(t, container, [], argv);
    assert.is(result.code, 255);
    assert.match(messageOf(result), message);
    assert.match(messageOf(result), /exec failed: /);
  });
}

test("no such container: 255 (runtime.md#lifecycle)", async (t) => {
  const result = await t.runtime(["exec", t.id(), "true"]);
  assert.is(result.code, 255);
  assert.match(messageOf(result), /container does not exist/);
});

test("a missing argument is a misuse: 1 (runtime.md#lifecycle)", async (t) => {
  const result = await t.runtime(["exec"]);
  assert.is(result.code, 1);
  assert.match(result.stdout + result.stderr, /exec\\?" requires a minimum of 1 argument/);
});

test("a stopped container: 255 (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  await container.kill("KILL");
  await container.finished();
  const result = await exec(t, container, [], ["true"]);
  assert.is(result.code, 255);
  assert.match(messageOf(result), /cannot exec in a stopped container|container not running/);
});

test("a created container (runtime.md#lifecycle)", async (t) => {
  const container = await t.create(t.bundle((config) => args(config, "idle")));
  assert.is((await shell(t, container, "echo inside")).trim(), "inside");
  assert.is((await container.state()).status, "created");
});

test("--process and --cwd that are not absolute (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  const result = await exec(t, container, ["--cwd", "tmp"], ["true"]);
  assert.is(result.code, 255);
  assert.match(messageOf(result), /must be an absolute path/);
});

test("a working directory that is not there (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  const result = await exec(t, container, ["--cwd", "/no/such"], ["true"]);
  assert.is(result.code, 255);
  assert.match(messageOf(result), /\/no\/such.*no such file or directory/);
});

for (const [flags, message] of [
  [["-d", "-t"], /cannot allocate tty if \w+ will detach without setting console socket/],
  [["--console-socket", "/x"], /cannot use console socket if \w+ will not detach or allocate tty/],
] as const) {
  test(`${flags.join(" ")} is refused (runtime.md#lifecycle)`, async (t) => {
    const container = await idle(t);
    const result = await exec(t, container, flags, ["true"]);
    assert.is(result.code, 255);
    assert.match(messageOf(result), message);
  });
}

test.run();
