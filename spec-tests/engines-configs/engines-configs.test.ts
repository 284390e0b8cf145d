// The config.json files that Docker, containerd, podman and CRI really write: create, start, delete.
// Spec: runtime.md#lifecycle

import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { hierarchy } from "../harness/cgroups.ts";
import { receive } from "../harness/helpers.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec, type TestOptions } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";
import { place } from "./place.ts";

const test = spec("engines-configs");

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), "..", "fixtures", "engines");

const NAMES = readdirSync(FIXTURES).filter(
  (name) => name.endsWith(".json") && !name.includes("-exec-"),
);

/** What a recorded command must print; others only have to run. */
const OUTPUT = new Map<string, RegExp>([
  ["grep Seccomp: /proc/self/status", /Seccomp:\s*2/],
  ["sh -c ulimit -Sn; ulimit -Hn", /100\s+200/],
  ["cat /sys/fs/cgroup/memory/memory.soft_limit_in_bytes", /33554432/],
  ["sh -c cat /sys/fs/cgroup/cpu/cpu.shares 2>/dev/null || cat /sys/fs/cgroup/cpu.weight", /512/],
  [
    "sh -c cat /sys/fs/cgroup/cpuset/cpuset.cpus 2>/dev/null || cat /sys/fs/cgroup/cpuset.cpus",
    /^0\s*$/,
  ],
  ["nproc", /^1\s*$/],
  ["ls /sys/class/net", /lo/],
]);

/** Commands that never end by themselves. */
const ENDLESS = /while|nginx/;

function parse(name: string): Config {
  return JSON.parse(readFileSync(join(FIXTURES, name), "utf8")) as Config;
}

function optionsFor({ linux, mounts }: Config): TestOptions {
  const needs = ["cgroup v1", "memory controller", "cpuset controller", "pids controller"];
  if (linux.devices?.some(({ path }) => path === "/dev/fuse")) needs.push("/dev/fuse");
  if (mounts.some(({ type }) => type === "mqueue")) needs.push("mqueue");
  const hasTime = linux.namespaces.some(({ type }) => type === "time");
  return hasTime
    ? { needs: [...needs, "time namespace"], since: "1.2: time namespaces" }
    : { needs };
}

for (const name of NAMES) {
  const recorded = parse(name);
  test(`${name} runs (runtime.md#lifecycle)`, optionsFor(recorded), async (t) => {
    const bundle = t.bundle();
    const { config, host, cgroup } = await place(t, recorded, bundle);
    if (cgroup !== null) t.defer(() => removeParents(t, cgroup));
    writeFileSync(join(bundle.dir, "config.json"), JSON.stringify(config));

    const console = config.process.terminal ? await receive(t, "console") : null;
    const flags = ["--pid-file", join(t.dir, "init.pid")];
    if (console) flags.push("--console-socket", console.path);
    const container = await t.create(bundle, { flags });
    assert.is((await container.state()).status, "created");
    await container.start();

    const command = config.process.args.join(" ");
    // As containerd does it: in a joined pid namespace the others would outlive the first.
    if (ENDLESS.test(command)) await t.runtime(["kill", "--all", container.id, "9"]);
    const printed = await container.finished();
    const expected = OUTPUT.get(command);
    if (expected) assert.match(console ? console.call.stdout() : printed, expected);
    if (config.hooks?.createRuntime) assert.match(hookOutput(host), /"id":/);
    await container.delete();
  });
}

/** podman's recorded hooks copy their stdin to hook.out. */
function hookOutput(host: string): string {
  const found = readdirSync(host, { recursive: true, encoding: "utf8" }).find((path) =>
    path.endsWith("hook.out"),
  );
  return readFileSync(join(host, found!), "utf8");
}

/** The container's own cgroup goes with it; the parents were asked for by the test. */
function removeParents(t: Sandbox, cgroup: string): void {
  const mounts = new Set(readdirSync("/sys/fs/cgroup").map((name) => join("/sys/fs/cgroup", name)));
  mounts.add(hierarchy("memory")?.mount ?? "/sys/fs/cgroup");
  for (const mount of mounts) {
    for (let path = dirname(cgroup); path.startsWith(`/${t.token}`); path = dirname(path)) {
      if (existsSync(join(mount, path))) rmdirSync(join(mount, path));
    }
  }
}

test("every recording is covered (runtime.md#lifecycle)", () => {
  assert.ok(NAMES.length >= 50, `${NAMES.length}`);
});

test.run();
