// list, spec, --version, --help, --root: the command line around the containers.
// Spec: none; runc's interface

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { call } from "../harness/call.ts";
import { succeeded } from "../harness/container.ts";
import { runtimePath } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/cli");

test("list is a table with a line per container (runc#list)", async (t) => {
  const container = await t.create(t.bundle((config) => args(config, "idle")));
  const { pid } = await container.state();
  const lines = succeeded("list", await t.runtime(["list"]))
    .stdout.trim()
    .split("\n");
  assert.match(lines[0]!, /^ID +PID +STATUS +BUNDLE +CREATED +OWNER$/);
  assert.match(
    lines[1]!,
    new RegExp(`^${container.id} +${pid} +created +${t.dir}\\S+ +\\d{4}-\\S+ +root$`),
  );
});

for (const flags of [
  ["--format", "json"],
  ["-f", "json"],
]) {
  test(`list ${flags.join(" ")} (runc#list)`, async (t) => {
    const container = await t.create(t.bundle((config) => args(config, "idle")));
    const all = JSON.parse(succeeded("list", await t.runtime(["list", ...flags])).stdout);
    const state = await container.state();
    assert.is(all.length, 1);
    for (const key of ["id", "pid", "status", "bundle", "rootfs", "created"])
      assert.is(all[0][key], state[key], key);
    assert.is(all[0].owner, "root");
  });
}

for (const flag of ["--quiet", "-q"]) {
  test(`list ${flag} prints ids only (runc#list)`, async (t) => {
    const container = await t.create(t.bundle((config) => args(config, "idle")));
    assert.is(succeeded("list", await t.runtime(["list", flag])).stdout, `${container.id}\n`);
  });
}

test("list of an empty root (runc#list)", async (t) => {
  mkdirSync(t.stateRoot);
  assert.match(succeeded("list", await t.runtime(["list"])).stdout, /^ID /);
  const json = succeeded("list", await t.runtime(["list", "--format", "json"])).stdout;
  assert.equal(JSON.parse(json) ?? [], []);
});

test("list --format with another word is an error (runc#list)", async (t) => {
  mkdirSync(t.stateRoot);
  assert.is((await t.runtime(["list", "--format", "yaml"])).code, 1);
});

test("spec writes a config.json that runs (runc#spec)", async (t) => {
  const bundle = t.bundle();
  const path = join(t.dir, "config.json");
  succeeded("spec", await t.runtime(["spec"], { cwd: t.dir }));
  const config = JSON.parse(readFileSync(path, "utf8"));
  assert.equal(config.process.args, ["sh"]);
  assert.is(config.process.terminal, true);
  assert.is(config.root.path, "rootfs");
  config.process.terminal = false;
  config.process.args = ["echo", "from spec"];
  writeFileSync(join(bundle.dir, "config.json"), JSON.stringify(config));
  assert.is(succeeded("run", await t.run(bundle)).stdout, "from spec\n");
});

test("spec does not overwrite (runc#spec)", async (t) => {
  writeFileSync(join(t.dir, "config.json"), "mine");
  const result = await t.runtime(["spec"], { cwd: t.dir });
  assert.is(result.code, 1);
  assert.match(result.stderr, /config\.json.*exists/);
  assert.is(readFileSync(join(t.dir, "config.json"), "utf8"), "mine");
});

test("spec --bundle (runc#spec)", async (t) => {
  mkdirSync(join(t.dir, "there"));
  succeeded("spec", await t.runtime(["spec", "--bundle", join(t.dir, "there")]));
  assert.ok(existsSync(join(t.dir, "there", "config.json")));
});

test("spec --rootless has a user namespace (runc#spec)", async (t) => {
  succeeded("spec", await t.runtime(["spec", "--rootless"], { cwd: t.dir }));
  const { linux } = JSON.parse(readFileSync(join(t.dir, "config.json"), "utf8"));
  assert.ok(linux.namespaces.some(({ type }: { type: string }) => type === "user"));
  assert.is(linux.uidMappings[0].size, 1);
});

const plain = (...words: string[]) =>
  call(runtimePath(), words, { env: { PATH: "/usr/bin:/bin" } }).closed;

for (const flag of ["--version", "-v"]) {
  test(`${flag}: a version line, then the spec's (runc#version)`, async () => {
    const { stdout } = succeeded("version", await plain(flag));
    assert.match(stdout, /^\w+ version \d+\.\d+\.\d+/);
    assert.match(stdout, /^spec: \d+\.\d+\.\d+/m);
  });
}

for (const words of [["--help"], ["-h"], ["help"], []]) {
  test(`"${words.join(" ")}" lists the commands (runc#help)`, async () => {
    const { stdout } = succeeded("help", await plain(...words));
    for (const name of [
      "create",
      "start",
      "run",
      "state",
      "kill",
      "delete",
      "list",
      "spec",
      "features",
    ]) {
      assert.match(stdout, new RegExp(`^\\s+${name}\\b`, "m"), name);
    }
  });
}

const COMMANDS = ["create", "start", "run", "state", "kill", "delete", "list", "spec", "features"];

for (const name of COMMANDS) {
  test(`${name} --help (runc#help)`, async () => {
    const { stdout } = succeeded("help", await plain(name, "--help"));
    assert.match(stdout, new RegExp(name));
  });
}

const FLAGS: [command: string, flags: string[]][] = [
  [
    "create",
    [
      "--bundle",
      "-b",
      "--console-socket",
      "--pid-file",
      "--no-pivot",
      "--no-new-keyring",
      "--preserve-fds",
    ],
  ],
  [
    "run",
    ["--bundle", "--detach", "-d", "--keep", "--no-subreaper", "--console-socket", "--pid-file"],
  ],
  ["delete", ["--force", "-f"]],
  ["list", ["--format", "-f", "--quiet", "-q"]],
  ["spec", ["--bundle", "-b", "--rootless"]],
];

for (const [command, flags] of FLAGS) {
  test(`${command} --help names its flags (runc#help)`, async () => {
    const { stdout } = await plain(command, "--help");
    for (const flag of flags) assert.ok(stdout.includes(flag), flag);
  });
}

test("an unknown command is an error (runc#usage)", async () => {
  const result = await plain("no-such-command");
  assert.is.not(result.code, 0);
  assert.match(result.stderr + result.stdout, /no-such-command/);
});

test("an unknown flag is an error that names it (runc#usage)", async () => {
  const result = await plain("create", "--no-such-flag", "x");
  assert.is.not(result.code, 0);
  assert.match(result.stderr + result.stdout, /no-such-flag/);
});

test("a flag without its value is an error (runc#usage)", async () => {
  assert.is.not((await plain("create", "--bundle")).code, 0);
});

test("more ids than one are an error (runc#usage)", async (t) => {
  const result = await t.runtime(["state", "one", "two"]);
  assert.is(result.code, 1);
});

test("--root may be relative (runc#root)", async (t) => {
  const bundle = t.bundle((config) => script(config, "echo ran"));
  const run = ["--root", "state", "run", "--bundle", bundle.dir, t.id()];
  const options = { cwd: t.dir, env: { PATH: "/usr/bin:/bin", SPEC_TOKEN: t.token } };
  const result = await t.startHelper(runtimePath(), run, options).closed;
  assert.is(succeeded("run", result).stdout, "ran\n");
});

test("--root / is refused (runc#root)", { since: "1.2: refuses it" }, async () => {
  const result = await plain("--root", "/", "list");
  assert.is(result.code, 1);
});

for (const value of ["true", "false", "auto"]) {
  test(`--rootless ${value} is taken (runc#rootless)`, async (t) => {
    mkdirSync(t.stateRoot);
    succeeded("list", await t.runtime(["--rootless", value, "list"]));
  });
}

/** Environments that change Node, the loader or Go; none may matter. */
const HOSTILE: Record<string, string>[] = [
  { NODE_OPTIONS: "--require=/nonexistent.js" },
  { NODE_PATH: "/nonexistent", HOME: "/nonexistent", TMPDIR: "/nonexistent" },
  { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
];

for (const env of HOSTILE) {
  test(`the caller's ${Object.keys(env).join(" and ")} does not matter (runc#usage)`, async (t) => {
    const bundle = t.bundle((config) => script(config, "echo ran"));
    assert.is(succeeded("run", await t.run(bundle, [], { env })).stdout, "ran\n");
  });
}

test("without any environment, from a directory that is gone (runc#usage)", async (t) => {
  const bundle = t.bundle((config) => script(config, "echo ran"));
  assert.is(await fromNowhere(t, bundle.dir), "ran\n");
});

async function fromNowhere(t: Sandbox, bundle: string): Promise<string> {
  const run = `mkdir ${t.dir}/gone; cd ${t.dir}/gone; rmdir ${t.dir}/gone; exec "$@"`;
  const words = [runtimePath(), "--root", t.stateRoot, "run", "--bundle", bundle, t.id()];
  const helper = t.startHelper(
    "/bin/sh",
    ["-c", run, "sh", "env", "-i", `SPEC_TOKEN=${t.token}`, ...words],
    {
      env: { PATH: "/usr/bin:/bin" },
    },
  );
  return succeeded("run", await helper.closed).stdout;
}

test.run();
