import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseGlobals, parseVerb } from "./dispatch.ts";
import { VERBS } from "./verbs.ts";

const test = suite("cli/dispatch");

test("parseGlobals() reads what containerd passes before the command", () => {
  const { globals, rest } = parseGlobals(
    "--root /run/containerd/runc/default --log /b/log.json --log-format json create --bundle /b id".split(
      " ",
    ),
  );
  assert.equal(globals, {
    isDebug: false,
    root: "/run/containerd/runc/default",
    log: "/b/log.json",
    logFormat: "json",
    cgroupManager: "cgroupfs",
    rootless: "auto",
  });
  assert.equal(rest, ["create", "--bundle", "/b", "id"]);
});

test("parseGlobals() knows --version, -v, --help, -h and --rootless", () => {
  assert.ok(parseGlobals(["-v"]).isVersion);
  assert.ok(parseGlobals(["--version"]).isVersion);
  assert.ok(parseGlobals(["-h"]).isHelp);
  assert.is(parseGlobals(["--rootless=true"]).globals.rootless, "true");
  assert.is(parseGlobals(["--rootless", "f"]).globals.rootless, "false");
  assert.is(parseGlobals(["--systemd-cgroup", "--debug"]).globals.isDebug, true);
});

test("parseGlobals() knows who makes the cgroups", () => {
  const managerOf = (...args: string[]) => parseGlobals(args).globals.cgroupManager;
  assert.is(managerOf(), "cgroupfs");
  assert.is(managerOf("--systemd-cgroup"), "systemd");
  assert.is(managerOf("--cgroup-manager", "systemd", "--systemd-cgroup"), "systemd");
  assert.is(managerOf("--cgroup-manager=disabled"), "disabled");
});

const MISUSES: [args: string[], message: string][] = [
  [
    ["--cgroup-manager", "none"],
    "unknown cgroup manager specified: none: it is cgroupfs, systemd or disabled",
  ],
  [
    ["--systemd-cgroup", "--cgroup-manager", "disabled"],
    "--systemd-cgroup and --cgroup-manager disabled exclude each other",
  ],
  [["--log-format", "xml"], "invalid log-format: xml"],
  [["--rootless=maybe"], 'invalid value "maybe" for flag -rootless'],
  [["--criu"], "flag provided but not defined: -criu"],
];
for (const [args, message] of MISUSES) {
  test(`parseGlobals() refuses [${args}]`, () => {
    assert.throws(
      () => parseGlobals(args),
      (error: Error) => error.message === message,
    );
  });
}

/** Lines of engines, and the few that only people write. */
const LINES: [line: string, verb: string, values: Record<string, unknown>, args: string[]][] = [
  [
    "create --bundle /b --pid-file /b/init.pid --console-socket /s id",
    "create",
    { bundle: "/b", "pid-file": "/b/init.pid", "console-socket": "/s" },
    ["id"],
  ],
  ["start id", "start", {}, ["id"]],
  ["delete --force id", "delete", { force: true }, ["id"]],
  ["delete id -f", "delete", { force: true }, ["id"]],
  ["kill id 15", "kill", {}, ["id", "15"]],
  ["kill --all id 9", "kill", { all: true }, ["id", "9"]],
  ["kill id -9", "kill", {}, ["id", "-9"]],
  ["state id", "state", {}, ["id"]],
  [
    "run -d --no-pivot -no-subreaper --keep id",
    "run",
    { detach: true, "no-pivot": true, "no-subreaper": true, keep: true },
    ["id"],
  ],
  ["list -q -f json", "list", { quiet: true, format: "json" }, []],
  ["spec --rootless", "spec", { rootless: true }, []],
  ["features", "features", {}, []],
  ["explain", "explain", {}, []],
];
for (const [line, name, values, args] of LINES) {
  test(`parseVerb() reads "${line}"`, () => {
    const request = parseVerb(line.split(" "));
    if (request.kind !== "verb") throw new Error(request.kind);
    assert.is(request.verb.name, name);
    assert.equal(Object.fromEntries(request.values), values);
    assert.equal(request.args, args);
  });
}

test("parseVerb() gives help", () => {
  assert.equal(parseVerb([]), { kind: "help" });
  assert.equal(parseVerb(["help"]), { kind: "help" });
  assert.equal(parseVerb(["h"]), { kind: "help" });
  for (const line of [
    ["help", "kill"],
    ["kill", "--help"],
    ["kill", "-h", "id"],
  ]) {
    const request = parseVerb(line);
    assert.is(request.kind === "help" && request.verb?.name, "kill");
  }
});

test("parseVerb() does not know other commands", () => {
  assert.equal(parseVerb(["frobnicate"]), { kind: "unknown", name: "frobnicate" });
  assert.equal(parseVerb(["toString"]), { kind: "unknown", name: "toString" });
  assert.equal(parseVerb(["help", "nope"]), { kind: "unknown", name: "nope" });
});

const COUNTS: [line: string, message: string][] = [
  ["create", '"create" requires exactly 1 argument(s), not 0'],
  ["state a b", '"state" requires exactly 1 argument(s), not 2'],
  ["list x", '"list" requires exactly 0 argument(s), not 1'],
  ["kill", '"kill" requires a minimum of 1 argument(s)'],
  ["kill a b c", '"kill" requires a maximum of 2 argument(s), not 3'],
];
for (const [line, message] of COUNTS) {
  test(`parseVerb() counts the arguments of "${line}"`, () => {
    assert.throws(
      () => parseVerb(line.split(" ")),
      (error: Error) => error.message === message,
    );
  });
}

test("every command has a chunk with run()", async () => {
  for (const verb of VERBS) {
    const chunk = await verb.load();
    assert.type(chunk.run, "function", verb.name);
  }
});

test.run();
