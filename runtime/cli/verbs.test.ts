// Whole commands through main(), against a host in memory: what is printed, logged and returned.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  event,
  fakeWorld,
  HOOK_DONE,
  PID,
  START_TIME,
  syscallError,
  type World,
} from "../host/testing.ts";
import { FACTS } from "../host/testing-facts.ts";
import { main } from "../main.ts";
import { defaultSpec } from "./default-spec.ts";
import { features } from "./features.ts";
import { parsePasswd, render } from "./list.ts";
import { messageOf } from "./report.ts";
import { withEvents } from "./tracer.ts";

const test = suite("cli/verbs");

const CONFIG = {
  ociVersion: "1.3.0",
  process: { cwd: "/", args: ["sh"], env: [], user: { uid: 0, gid: 0 } },
  root: { path: "rootfs" },
  linux: { namespaces: [{ type: "pid" }, { type: "mount" }] },
};

function worldWith(config: object = CONFIG): World {
  const world = fakeWorld();
  world.files.set("/b/config.json", JSON.stringify(config));
  world.files.set("/proc/sys/kernel/cap_last_cap", "40\n");
  world.files.set("/proc/self/uid_map", "         0          0 4294967295\n");
  world.files.set("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  return world;
}

async function trunc(
  world: World,
  line: string | readonly string[],
  vars: Record<string, string> = {},
) {
  world.output[1] = world.output[2] = "";
  const argv = typeof line === "string" ? line.split(" ") : line;
  const code = await main(world.host, argv, (name) => vars[name]);
  return { code, out: world.output[1], err: world.output[2] };
}

async function createdWorld(config?: object): Promise<World> {
  const world = worldWith(config);
  world.events.push(event("ready"));
  assert.equal(await trunc(world, "create -b /b c1"), { code: 0, out: "", err: "" });
  world.files.set("/run/trunc/c1/start", "");
  return world;
}

test("check tells what is wrong with a bundle, and exits by it", async () => {
  const process = { ...CONFIG.process, env: ["PATH=/bin"] };
  const world = worldWith({ ...CONFIG, process, mounts: [{ destination: "tmp", type: "tmpfs" }] });
  world.files.set("/b/rootfs/etc/passwd", "").set("/bin/sh", "#!/bin/zsh\n");
  const text = await trunc(world, "check /b");
  assert.is(text.code, 1);
  assert.match(text.out, /^warning: \/mounts\/0\/destination: .*\nerror: \/process\/args\/0: /);
  assert.match(text.out, /\n1 error, 1 warning\n$/);

  world.files.set("/bin/zsh", "#!/bin/sh\n");
  const json = await trunc(world, "check -f json /b");
  assert.is(json.code, 0);
  assert.equal(
    JSON.parse(json.out).map(({ level, at }: { level: string; at: string }) => [level, at]),
    [["warning", "/mounts/0/destination"]],
  );

  world.files.set("/b/config.json", "{}");
  assert.match((await trunc(world, "check /b")).out, /\n\d errors, 0 warnings\n$/);
  assert.match((await trunc(world, "check -f xml /b")).err, /invalid format option: xml/);
});

test("a mistyped flag is told which one was meant", async () => {
  const { err } = await trunc(fakeWorld(), "create --bundel x");
  assert.is(err, "trunc: flag provided but not defined: -bundel; did you mean --bundle?\n");
  const other = await trunc(fakeWorld(), "create --frobnicate x");
  assert.is(other.err, "trunc: flag provided but not defined: -frobnicate\n");
});

test("completion prints what a shell needs, of three shells", async () => {
  assert.match((await trunc(fakeWorld(), "completion fish")).out, /^# fish completion for trunc/);
  const { code, err } = await trunc(fakeWorld(), "completion tcsh");
  assert.is(code, 1);
  assert.match(err, /no completion for "tcsh", only for bash, zsh and fish/);
});

test("--version and --help print and succeed", async () => {
  const world = fakeWorld();
  assert.match((await trunc(world, "--version")).out, /^trunc version /);
  assert.match((await trunc(world, "-v")).out, /^trunc version /);
  for (const line of [[], ["--help"], ["help"], ["-h"]]) {
    const { code, out } = await trunc(world, line);
    assert.is(code, 0);
    assert.match(out, /^trunc: runs containers/);
  }
  assert.match((await trunc(world, "help create")).out, /^trunc create: /);
});

test("an unknown command is runc's error and exit code", async () => {
  const { code, err, out } = await trunc(fakeWorld(), "frobnicate");
  assert.is(code, 3);
  assert.is(err, "trunc: No help topic for 'frobnicate'; trunc --help lists the commands\n");
  assert.is(out, "");
});

test("misuse is one line and exit code 1", async () => {
  assert.equal(await trunc(fakeWorld(), "--nope"), {
    code: 1,
    out: "",
    err: "trunc: flag provided but not defined: -nope\n",
  });
  assert.equal(await trunc(fakeWorld(), "create"), {
    code: 1,
    out: "",
    err: 'trunc: "create" requires exactly 1 argument(s), not 0\n',
  });
});

test("create, state, start, kill and delete follow each other", async () => {
  const world = await createdWorld();
  const state = async () => JSON.parse((await trunc(world, "state c1")).out);
  assert.is((await state()).status, "created");
  assert.is((await trunc(world, "start c1")).code, 0);
  const { out } = await trunc(world, "state c1");
  const { created, ...rest } = JSON.parse(out);
  assert.equal(rest, {
    ociVersion: "1.3.0",
    id: "c1",
    pid: 42,
    status: "running",
    bundle: "/b",
    rootfs: "/b/rootfs",
    owner: "",
  });
  assert.match(created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(out.startsWith('{\n  "ociVersion"') && out.endsWith("}\n"));

  assert.equal(await trunc(world, "delete c1"), {
    code: 1,
    out: "",
    err: "trunc: cannot delete container c1 that is not stopped: running\n",
  });
  assert.is((await trunc(world, "kill c1 KILL")).code, 0);
  assert.is((await state()).pid, 0);
  assert.equal(await trunc(world, "kill c1"), {
    code: 1,
    out: "",
    err: "trunc: container not running\n",
  });
  assert.equal(await trunc(world, "delete c1"), { code: 0, out: "", err: "" });
  assert.equal(await trunc(world, "state c1"), {
    code: 1,
    out: "",
    err: "trunc: container does not exist\n",
  });
  assert.is((await trunc(world, "delete --force c1")).code, 0);
});

test("run ends as its program does, and deletes the container", async () => {
  const world = worldWith();
  world.events.push(event("ready"), event("exec"));
  world.end = { signal: 9 };
  assert.equal(await trunc(world, "run -b /b --no-subreaper c1"), { code: 137, out: "", err: "" });
  assert.ok(
    world.calls.includes(
      'supervise {"consoleFd":-1,"signals":true,"subreaper":false,"isLast":false}',
    ),
  );
  assert.not.ok([...world.files.keys()].some((path) => path.startsWith("/run/trunc")));
});

test("run --detach leaves the program running; --trace writes what was measured", async () => {
  const world = worldWith();
  world.events.push(event("ready"), event("exec"));
  assert.is((await trunc(world, "run -d -b /b --trace /t.json --pid-file /p c1")).code, 0);
  assert.is(world.files.get("/p"), "42");
  const { traceEvents } = JSON.parse(world.files.get("/t.json")!);
  assert.equal(
    traceEvents.map(({ name }: { name: string }) => name),
    ["clone", "read the config", "look at the host", "compile the plan"],
  );
  assert.match((await trunc(world, "state c1")).out, /"status": "running"/);
});

test("run tells of poststop hooks that failed", async () => {
  const world = worldWith({ ...CONFIG, hooks: { poststop: [{ path: "/s" }] } });
  world.events.push(event("ready"), event("exec"));
  world.hookResult = () => ({ ...HOOK_DONE, exitCode: 1 });
  assert.equal(await trunc(world, "run -b /b c1"), {
    code: 0,
    out: "",
    err: "trunc: warning: hooks.poststop[0] /s: exit 1\n",
  });
});

test("delete tells of poststop hooks that failed", async () => {
  const world = await createdWorld({ ...CONFIG, hooks: { poststop: [{ path: "/s" }] } });
  world.hookResult = () => ({ ...HOOK_DONE, exitCode: 1 });
  assert.equal(await trunc(world, "delete c1"), {
    code: 0,
    out: "",
    err: "trunc: warning: hooks.poststop[0] /s: exit 1\n",
  });
});

test("errors go to the log, complete and last, and to standard error", async () => {
  const world = worldWith();
  const error = 'process.args[0]: exec: "sh": executable file not found in $PATH';
  const fail = () => world.events.push(syscallError("access", "ENOENT", { phase: "init", op: 9 }));
  world.events.push(syscallError("openat", "ENOENT", { phase: "clone" }));
  const { code, err } = await trunc(world, "--log /log --log-format json create -b /b c1");
  assert.is(code, 1);
  const { level, msg, time } = JSON.parse(world.files.get("/log")!);
  assert.is(level, "error");
  assert.is(err, `trunc: ${msg}\n`);
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.ok(error && fail);
});

test("warnings go to the log alone where there is one", async () => {
  const world = worldWith({
    ...CONFIG,
    mounts: [{ destination: "rel", type: "tmpfs", source: "tmpfs" }],
  });
  world.events.push(event("ready"));
  assert.equal(await trunc(world, "--log /log create -b /b c1"), { code: 0, out: "", err: "" });
  assert.match(world.files.get("/log") ?? "", /^time="[^"]+" level=warning msg="config\.json: /);
});

test("--log-format json without --log writes to standard error", async () => {
  const { err } = await trunc(fakeWorld(), "--log-format json state c1");
  assert.is(JSON.parse(err).msg, "container does not exist");
});

test("a log that can't be opened ends the command", async () => {
  const world = fakeWorld();
  world.failures.set("appendText", syscallError("open", "EACCES"));
  assert.equal(await trunc(world, "--log /log list"), {
    code: 1,
    out: "",
    err: "trunc: cannot open the log /log: open: EACCES (permission denied)\n",
  });
});

test("a log that can't be written is told once, and hides nothing", async () => {
  const world = fakeWorld();
  const { appendText } = world.host;
  world.host.appendText = (path, text, mode) => {
    if (text !== "") throw syscallError("open", "EACCES");
    appendText(path, text, mode);
  };
  const { code, err } = await trunc(world, "--log /log state c1");
  assert.is(code, 1);
  assert.is(
    err,
    "trunc: container does not exist\ntrunc: warning: cannot write the log /log: open: EACCES (permission denied)\n",
  );
});

test("a closed standard error keeps nothing from the log", async () => {
  const world = fakeWorld();
  const host = {
    ...world.host,
    write: () => {
      throw new Error("write: Broken pipe");
    },
  };
  assert.is(await main(host, ["--log", "/log", "state", "c1"], () => undefined), 1);
  assert.match(world.files.get("/log")!, /msg="container does not exist"\n$/);
});

test("--debug tells the steps, and where an error came from", async () => {
  const world = worldWith();
  world.events.push(event("ready"));
  assert.match(
    (await trunc(world, "--debug create -b /b c1")).err,
    /^trunc: debug: claim the container id\n/,
  );
  const { err } = await trunc(world, "--debug create -b /b c1");
  assert.match(err, /^ +at .*:\d+:\d+\)?$/m);
  assert.match(err, /\ntrunc: container with given ID already exists: c1\n$/);
});

test("messageOf() marks defects as ours and adds hints once", () => {
  assert.is(
    messageOf(new TypeError("x is not a function")),
    "internal error: TypeError: x is not a function",
  );
  assert.match(messageOf(null), /^out of memory: /);
  const late = Object.assign(new Error("out of memory"), { name: "InternalError" });
  assert.is(messageOf(late), messageOf(null));
  assert.is(messageOf("text"), "internal error: thrown: text");
  assert.is(messageOf(syscallError("read", "EIO")), "read: EIO (eio)");
});

const BAD: [title: string, line: string, prepare: (world: World) => void, message: RegExp][] = [
  [
    "a missing bundle",
    "create -b /nope c1",
    () => {},
    /^trunc: cannot use the bundle \/nope: open: ENOENT/,
  ],
  [
    "a missing config",
    "create -b /e c1",
    (world) => world.files.set("/e/x", ""),
    /^trunc: JSON specification file config\.json not found in \/e; hint: --bundle names/,
  ],
  [
    "an unreadable config",
    "create -b /b c1",
    (world) => world.failures.set("readText /b/config.json", syscallError("open", "EACCES")),
    /^trunc: cannot read \/b\/config\.json: open: EACCES/,
  ],
  [
    "a bad config",
    "create -b /b c1",
    (world) => world.files.set("/b/config.json", '{"ociVersion":1}'),
    /^trunc: config\.json: \d+ problems: /,
  ],
  [
    "a bad id",
    "create -b /b a/b",
    () => {},
    /^trunc: invalid container ID format: "a\/b"; hint: letters/,
  ],
  [
    "the systemd driver",
    "--systemd-cgroup create -b /b c1",
    () => {},
    /^trunc: systemd cgroup flag passed, but/,
  ],
  [
    "a console socket without a terminal",
    "create -b /b --console-socket /s c1",
    () => {},
    /^trunc: cannot use console socket if trunc will not detach or allocate tty\n/,
  ],
  [
    "a negative count",
    "create -b /b --preserve-fds -1 c1",
    () => {},
    /^trunc: --preserve-fds takes a number/,
  ],
  ["an unknown signal", "kill c1 FOO", () => {}, /^trunc: unknown signal "FOO"\n/],
  ["an unknown format of list", "list -f xml", () => {}, /^trunc: invalid format option: xml\n/],
  [
    "an unknown format of explain",
    "explain -f xml /b",
    () => {},
    /^trunc: invalid format option: xml\n/,
  ],
  [
    "root / as state root",
    "--root / list",
    () => {},
    /^trunc: Option --root argument should not be set to \/\n/,
  ],
];
for (const [title, line, prepare, message] of BAD) {
  test(`${title} is refused`, async () => {
    const world = worldWith();
    prepare(world);
    const { code, err, out } = await trunc(world, line);
    assert.match(err, message);
    assert.is(err.split("\n").length, 2, "one line");
    assert.is(code, 1);
    assert.is(out, "");
    assert.not.ok([...world.files.keys()].some((path) => path.startsWith("/run/trunc")));
  });
}

test("a terminal needs a console socket when the command returns", async () => {
  const terminal = { ...CONFIG, process: { ...CONFIG.process, terminal: true } };
  for (const line of ["create -b /b c1", "run -d -b /b c1"]) {
    const { err } = await trunc(worldWith(terminal), line);
    assert.match(
      err,
      /^trunc: cannot allocate tty if trunc will detach without setting console socket; hint: /,
    );
  }
  const world = worldWith(terminal);
  world.events.push(event("console", 5), event("ready"));
  assert.is((await trunc(world, "create -b /b --console-socket /s --pidfd-socket /p c1")).code, 0);
  assert.ok(world.calls.includes("sendFds /s 5 /dev/ptmx"));
  assert.ok(world.calls.includes("sendFds /p 7 standard"));
});

test("LISTEN_FDS counts only when it is meant for us", async () => {
  const kept = async (vars: Record<string, string>) => {
    const world = worldWith();
    const { Launch } = world.host;
    let preserveFds = -1;
    const host = {
      ...world.host,
      Launch: class extends Launch {
        constructor(...[plan, options]: ConstructorParameters<typeof Launch>) {
          super(plan, options);
          preserveFds = plan.sandbox.preserveFds;
        }
      },
    };
    world.events.push(event("ready"));
    await main(host, ["create", "-b", "/b", "--preserve-fds=1", "c1"], (name) => vars[name]);
    return preserveFds;
  };
  assert.is(await kept({ LISTEN_FDS: "2", LISTEN_PID: "77" }), 3);
  assert.is(await kept({ LISTEN_FDS: "2", LISTEN_PID: "78" }), 1);
  assert.is(await kept({ LISTEN_FDS: "x" }), 1);
  assert.is(await kept({}), 1);
});

test("list prints a table, JSON or ids, and passes over what it can't read", async () => {
  const world = await createdWorld();
  world.files.set("/run/trunc/bad/state.json", "{");
  const { out, err } = await trunc(world, "list");
  const [head, row] = out.split("\n");
  assert.is(
    head,
    "ID          PID         STATUS      BUNDLE      CREATED                    OWNER",
  );
  assert.match(row ?? "", /^c1 {10}42 {10}created {5}\/b {10}\S{24} {3}root$/);
  assert.match(err, /^trunc: warning: load container bad: the state of container bad is damaged/);
  assert.is((await trunc(world, "list -q")).out, "c1\n");
  const [report] = JSON.parse((await trunc(world, "list --format json")).out);
  assert.equal([report.id, report.owner, report.status], ["c1", "root", "created"]);
});

test("list of nothing is as runc prints it", async () => {
  const world = fakeWorld();
  assert.is(
    (await trunc(world, "list")).out,
    "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n",
  );
  assert.is((await trunc(world, "list -f json")).out, "null\n");
  assert.is(render([], "table", true), "");
});

test("parsePasswd() takes the first name of an id", () => {
  const names = parsePasswd(
    "root:x:0:0::/:/bin/sh\ntoor:x:0:0\nbad\nu:x:1000:1000\n:x:5:5\nn:x:x:x\n",
  );
  assert.equal(
    [...names],
    [
      [0, "root"],
      [1000, "u"],
    ],
  );
});

test("an ordinary user's owner and state root", async () => {
  const world = worldWith({
    ...CONFIG,
    linux: {
      namespaces: [{ type: "user" }, { type: "pid" }, { type: "mount" }],
      uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
      gidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
    },
  });
  world.facts = { ...FACTS, euid: 1000, egid: 1000 };
  world.events.push(event("ready"));
  const vars = { XDG_RUNTIME_DIR: "/run/user/1000" };
  assert.equal(await trunc(world, "--rootless=true create -b /b c1", vars), {
    code: 0,
    out: "",
    err: "",
  });
  assert.ok(world.files.has("/run/user/1000/trunc/c1/state.json"));
  assert.match((await trunc(world, "list", vars)).out, /#1000\n$/);
});

test("root in a user namespace has the user's state root", async () => {
  const world = fakeWorld();
  world.files.set("/proc/self/uid_map", "         0       1000          1\n");
  world.files.set("/run/user/1000/trunc/c1/x", "");
  assert.is(
    (await trunc(world, "list -q", { XDG_RUNTIME_DIR: "/run/user/1000" })).err.includes("c1"),
    true,
  );
  world.files.set("/proc/self/uid_map", "         0          0 4294967295\n");
  assert.is((await trunc(world, "list -q", { XDG_RUNTIME_DIR: "/run/user/1000" })).err, "");
});

test("NOTIFY_SOCKET makes a directory of its own", async () => {
  const world = worldWith();
  world.events.push(event("ready"));
  await trunc(world, "create -b /b c1", { NOTIFY_SOCKET: "/run/systemd/notify" });
  assert.is(
    JSON.parse(world.files.get("/run/trunc/c1/state.json")!).notify,
    "/run/trunc/c1/notify",
  );
});

test("spec writes what runc's does, once", async () => {
  const world = fakeWorld();
  assert.equal(await trunc(world, "spec"), { code: 0, out: "", err: "" });
  const text = world.files.get("./config.json")!;
  assert.ok(text.startsWith('{\n\t"ociVersion": "1.3.0",\n\t"process": {\n\t\t"terminal": true,'));
  world.files.set("/b/config.json", "");
  assert.match(
    (await trunc(world, "spec --bundle /b")).err,
    /^trunc: File config\.json exists\. Remove it first; hint: it is in \/b\n/,
  );
});

test("defaultSpec() fits whoever runs it", () => {
  interface Spec {
    mounts: { destination: string; type: string; options: string[] }[];
    linux: { namespaces: { type: string }[]; uidMappings?: object[]; resources?: object };
  }
  const spec = (options: Parameters<typeof defaultSpec>[0]) => defaultSpec(options) as Spec;
  const kinds = (it: Spec) => it.linux.namespaces.map(({ type }) => type);
  const root = spec({ hasUnifiedCgroups: false });
  assert.equal(kinds(root), ["pid", "network", "ipc", "uts", "mount"]);
  assert.ok(root.linux.resources);
  assert.ok(kinds(spec({ hasUnifiedCgroups: true })).includes("cgroup"));
  const user = spec({ hasUnifiedCgroups: false, owner: { euid: 1000, egid: 100 } });
  assert.equal(kinds(user), ["pid", "ipc", "uts", "mount", "user"]);
  assert.equal(user.linux.uidMappings, [{ containerID: 0, hostID: 1000, size: 1 }]);
  assert.not.ok(
    user.mounts.find(({ destination }) => destination === "/dev/pts")!.options.includes("gid=5"),
  );
  assert.is(user.mounts.find(({ destination }) => destination === "/sys")!.type, "none");
});

test("spec --rootless is for the caller", async () => {
  const world = fakeWorld();
  world.facts = { ...FACTS, euid: 1000, egid: 1000 };
  await trunc(world, "spec --rootless");
  assert.match(world.files.get("./config.json")!, /"hostID": 1000/);
});

test("features has the tables of the code", async () => {
  const { out } = await trunc(worldWith(), "features");
  const document = JSON.parse(out);
  assert.is(document.ociVersionMax, "1.3.0");
  assert.equal(document.hooks.length, 6);
  assert.ok(document.mountOptions.includes("rro") && document.mountOptions.includes("tmpcopyup"));
  assert.equal(document.linux.namespaces, [
    "cgroup",
    "ipc",
    "mount",
    "network",
    "pid",
    "time",
    "user",
    "uts",
  ]);
  assert.is(document.linux.capabilities.length, 41);
  assert.is(document.linux.seccomp.actions.length, 9);
  assert.ok(
    document.linux.seccomp.supportedFlags.includes("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
  );
});

test("features() knows what older kernels lack", () => {
  const flagsOf = (kernel: string) => {
    const document = features({ ...FACTS, kernel }, 40) as {
      linux: { seccomp: { supportedFlags: string[] } };
    };
    return document.linux.seccomp.supportedFlags.includes("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");
  };
  assert.equal(["5.14.0", "5.19.0-rc1", "6.1.0"].map(flagsOf), [false, true, true]);
});

test("explain prints the plan and changes nothing", async () => {
  const world = worldWith();
  const text = await trunc(world, "explain /b");
  assert.match(text.out, /pivotRoot/);
  const json = await trunc(world, "explain --format json /b");
  assert.ok(JSON.parse(json.out).init.length > 5);
  assert.equal(world.calls, []);
});

test("withEvents() adds to a trace", () => {
  const events = [{ ph: "X", name: "p", pid: 1, tid: 1, ts: 1, dur: 2 }] as const;
  assert.equal(JSON.parse(withEvents('{"traceEvents":[]}', events)).traceEvents, [...events]);
});

test("the start time tells processes apart", async () => {
  const world = await createdWorld();
  world.processes.set(PID, START_TIME + 5n);
  assert.match(
    (await trunc(world, "start c1")).err,
    /^trunc: cannot start a container that has stopped\n/,
  );
});

test.run();
