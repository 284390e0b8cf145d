// process.terminal and consoleSize, with the console socket as engines use it.
// Spec: config.md#process

import * as assert from "uvu/assert";
import { args, type Edit, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { receive } from "../harness/helpers.ts";
import { type Info, parse } from "../harness/probe.ts";
import { runtimePath } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config/terminal");

/** create + start with a terminal; what the process printed on it, and the socket's message. */
async function onTerminal(t: Sandbox, edit: Edit) {
  const receiver = await receive(t, "console");
  const bundle = t.bundle((config, made) => {
    config.process.terminal = true;
    args(config, "info");
    edit(config, made);
  });
  const container = await t.create(bundle, { flags: ["--console-socket", receiver.path] });
  const message = await receiver.message();
  await container.start();
  const { stdout } = await receiver.call.closed;
  return { message, text: stdout.split("\n").slice(2).join("\n"), container };
}

test("the socket gets one pty master, named (config.md#process)", async (t) => {
  const { message } = await onTerminal(t, () => {});
  assert.is(message.fds, 1);
  assert.match(message.file, /ptmx/);
  assert.match(message.data, /^\/dev\//);
});

test("stdin, stdout and stderr are the terminal, and it controls the session (config.md#process)", async (t) => {
  const { terminal, sid, pid } = parse<Info>((await onTerminal(t, () => {})).text);
  assert.is(terminal.stdin, 1);
  assert.is(terminal.stdout, 1);
  assert.is(terminal.stderr, 1);
  assert.is(terminal.name, "/dev/pts/0");
  assert.is(terminal.controlling, 1);
  assert.is(terminal.foreground, 1);
  assert.is(sid, pid);
});

test("consoleSize is the window size (config.md#process)", async (t) => {
  const { text } = await onTerminal(t, (config) => {
    config.process.consoleSize = { height: 33, width: 111 };
  });
  const { terminal } = parse<Info>(text);
  assert.is(terminal.height, 33);
  assert.is(terminal.width, 111);
});

test("the terminal belongs to the user (config.md#process)", async (t) => {
  const { text } = await onTerminal(t, (config) => {
    config.process.user = { uid: 1000, gid: 1000 };
  });
  assert.is(parse<Info>(text).terminal.uid, 1000);
});

test("/dev/console is the terminal (config-linux.md#default-devices)", async (t) => {
  const { text } = await onTerminal(t, (config) => {
    script(config, "busybox stat -c '%F %t' /dev/console; echo to-console > /dev/console");
  });
  assert.match(text, /character special file 88/);
  assert.match(text, /to-console/);
});

test("no descriptor of the terminal's making is left open (config.md#process)", async (t) => {
  const { fds } = parse<Info>((await onTerminal(t, () => {})).text);
  assert.equal(Object.keys(fds), ["0", "1", "2"]);
});

test("input reaches the process (config.md#process)", async (t) => {
  const receiver = await receive(t, "console");
  const bundle = t.bundle((config) => {
    config.process.terminal = true;
    script(config, "read line; echo got $line");
  });
  const container = await t.create(bundle, { flags: ["--console-socket", receiver.path] });
  await container.start();
  receiver.call.write("hello\n");
  await receiver.call.sees("got hello");
});

test("without a terminal there is none (config.md#process)", async (t) => {
  const bundle = t.bundle((config) => args(config, "info", "terminal"));
  const { terminal } = parse<Info>(succeeded("run", await t.run(bundle)).stdout);
  assert.is(terminal.stdin, 0);
  assert.is(terminal.stdout, 0);
  assert.is(terminal.controlling, 0);
});

test("consoleSize without a terminal is ignored (config.md#process)", async (t) => {
  const bundle = t.bundle((config) => {
    config.process.consoleSize = { height: 1, width: 1 };
  });
  succeeded("run", await t.run(bundle));
});

test("run in the foreground relays the caller's terminal (config.md#process)", {
  needs: ["script command"],
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.process.terminal = true;
    script(config, "test -t 0 && echo is-a-terminal; exit 7");
  });
  const command = `${runtimePath()} --root ${t.stateRoot} run --bundle ${bundle.dir} ${t.id()}`;
  const env = { PATH: "/usr/bin:/bin", SPEC_TOKEN: t.token };
  const helper = t.startHelper("script", ["-qec", command, "/dev/null"], { env, stdin: "open" });
  const result = await helper.closed;
  assert.match(result.stdout, /is-a-terminal/);
  assert.is(result.code, 7);
});

test.run();
