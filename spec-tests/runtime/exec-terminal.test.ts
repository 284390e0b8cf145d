// exec with a terminal: from the container's devpts, to a socket or relayed with its size.
// Spec: config.md#process (exec is runc's)

import * as assert from "uvu/assert";
import { succeeded } from "../harness/container.ts";
import { exec, idle, processFile } from "../harness/exec.ts";
import { receive } from "../harness/helpers.ts";
import { type Info, parse } from "../harness/probe.ts";
import { runtimePath } from "../harness/runtime.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/exec-terminal");

test("the console socket gets the master; the program has the terminal (config.md#process)", async (t) => {
  const container = await idle(t);
  const receiver = await receive(t, "console");
  const flags = ["-d", "-t", "--console-socket", receiver.path];
  succeeded("exec", await exec(t, container, flags, ["/bin/probe", "info"]));
  const message = await receiver.message();
  assert.is(message.fds, 1);
  assert.match(message.file, /ptmx/);
  assert.match(message.data, /^\/dev\//);
  const { stdout } = await receiver.call.closed;
  const { terminal, sid, pid, fds } = parse<Info>(stdout.split("\n").slice(2).join("\n"));
  assert.is(terminal.name, "/dev/pts/0");
  assert.is(terminal.controlling, 1);
  assert.is(terminal.foreground, pid);
  assert.is(sid, pid);
  assert.equal(Object.keys(fds), ["0", "1", "2"]);
});

test("it belongs to the user and has the size asked for (config.md#process)", async (t) => {
  const container = await idle(t);
  const receiver = await receive(t, "console");
  const file = processFile(t, {
    terminal: true,
    consoleSize: { height: 33, width: 111 },
    user: { uid: 1000, gid: 1000 },
  });
  const flags = ["-d", "--process", file, "--console-socket", receiver.path];
  succeeded("exec", await exec(t, container, flags, []));
  const { stdout } = await receiver.call.closed;
  const { terminal } = parse<Info>(stdout.split("\n").slice(2).join("\n"));
  assert.equal([terminal.height, terminal.width, terminal.uid], [33, 111, 1000]);
});

test("it does not become the container's /dev/console (config-linux.md#default-devices)", async (t) => {
  const container = await idle(t);
  const receiver = await receive(t, "console");
  const argv = ["/bin/sh", "-c", "test -e /dev/console; echo there $?"];
  const flags = ["-d", "-t", "--console-socket", receiver.path];
  succeeded("exec", await exec(t, container, flags, argv));
  assert.match((await receiver.call.closed).stdout, /there 1/);
});

test("a terminal that the container has is not given on (config.md#process)", async (t) => {
  const container = await idle(t);
  const { stdout } = succeeded("exec", await exec(t, container, [], ["/bin/probe", "info"]));
  assert.is(parse<Info>(stdout).terminal.stdin, 0);
});

/** `exec -t` on a terminal of its own; what is written goes to it. */
const onTerminal = (command: string) => ["-qec", command, "/dev/null"];

test("in the foreground the caller's terminal is relayed (config.md#process)", {
  needs: ["script command"],
}, async (t) => {
  const container = await idle(t);
  const inside = "test -t 0 && echo is-a-terminal; read line; echo got $line; exit 7";
  const command = `${runtimePath()} --root ${t.stateRoot} exec -t ${container.id} /bin/sh -c '${inside}'`;
  const env = { PATH: "/usr/bin:/bin", SPEC_TOKEN: t.token };
  const helper = t.startHelper("script", onTerminal(command), { env, stdin: "open" });
  await helper.sees("is-a-terminal");
  helper.write("some input\n");
  await helper.sees("got some input");
  assert.is((await helper.closed).code, 7);
});

test("its size is the program's, also when it changes (config.md#process)", {
  needs: ["script command"],
  deviates: "its program may look before the terminal has its size",
}, async (t) => {
  const container = await idle(t);
  const inside =
    'trap "echo now \\$(busybox stty size)" WINCH; echo first $(busybox stty size);' +
    " while :; do busybox sleep 0.1; done";
  const run = `${runtimePath()} --root ${t.stateRoot} exec -t ${container.id} /bin/sh -c '${inside}'`;
  const command = `stty rows 20 cols 60; (sleep 2; stty rows 31 cols 77 < /dev/tty) & ${run}`;
  const env = { PATH: "/usr/bin:/bin", SPEC_TOKEN: t.token };
  const helper = t.startHelper("script", onTerminal(command), { env, stdin: "open" });
  await helper.sees("first 20 60");
  await helper.sees("now 31 77");
  await container.kill("KILL");
  await helper.closed;
});

test.run();
