// ps: the processes of a container, as JSON and as ps(1) shows them.
// Spec: runc's command line

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { cgroupDirectory, isPureV2 } from "../harness/cgroups.ts";
import { type Container, succeeded } from "../harness/container.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/ps");

const needs = ["ps command"];

async function three(t: Sandbox): Promise<Container> {
  const bundle = t.bundle((config) =>
    script(config, "busybox sleep 1000 & busybox sleep 1000 & echo up; wait"),
  );
  const container = await t.create(bundle);
  await container.start();
  await container.created.sees("up");
  return container;
}

async function pids(t: Sandbox, { id }: Container): Promise<number[]> {
  const { stdout } = succeeded("ps", await t.runtime(["ps", "--format", "json", id]));
  return JSON.parse(stdout);
}

function rows(stdout: string): string[] {
  return stdout.trimEnd().split("\n").slice(1);
}

test("ps --format json lists every process", async (t) => {
  const container = await three(t);
  const found = await pids(t, container);
  assert.is(found.length, 3);
  assert.ok(found.includes((await container.state()).pid));
  const short = await t.runtime(["ps", "-f", "json", container.id]);
  assert.equal(JSON.parse(short.stdout), found);
});

test("ps lists processes of cgroups below the container's", async (t) => {
  const container = await three(t);
  const found = await pids(t, container);
  const last = found.at(-1)!;
  // Each runtime has a hierarchy of its own choice to look in.
  const below = new Set<string>();
  for (const controller of ["freezer", "devices", "pids", "memory"]) {
    const directory = cgroupDirectory(controller, last);
    if (directory !== null) below.add(`${directory}/below`);
  }
  const v2 = isPureV2() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified";
  for (const line of readFileSync(`/proc/${last}/cgroup`, "utf8").split("\n")) {
    const path = line.startsWith("0::") ? line.slice(3) : "";
    if (path.includes(t.token)) below.add(`${v2}${path}/below`);
  }
  assert.ok(below.size > 0);
  for (const directory of below) {
    mkdirSync(directory);
    writeFileSync(`${directory}/cgroup.procs`, String(last));
  }
  assert.equal((await pids(t, container)).sort(), found.sort());
});

test("ps prints ps -ef of the container", { needs }, async (t) => {
  const container = await three(t);
  const { stdout } = succeeded("ps", await t.runtime(["ps", container.id]));
  assert.match(stdout, /^UID +PID +PPID /);
  assert.is(rows(stdout).length, 3);
  assert.is(rows(stdout).filter((row) => row.includes("sleep 1000")).length, 3);
});

test("ps passes what follows the id on to ps", { needs }, async (t) => {
  const container = await three(t);
  const found = await pids(t, container);
  for (const words of [
    ["-e", "-o", "pid"],
    ["-eo", "pid,args"],
    ["ax"],
    ["-e", "--format", "pid,ppid"],
  ]) {
    const { stdout } = succeeded("ps", await t.runtime(["ps", container.id, ...words]));
    const listed = rows(stdout).map((row) => Number(row.trim().split(" ")[0]));
    assert.equal(listed.sort(), [...found].sort(), words.join(" "));
  }
});

test("ps says what is wrong", { needs }, async (t) => {
  const container = await three(t);
  const cases: [words: string[], message: RegExp][] = [
    [["--format", "xml", container.id], /invalid format option/],
    [[container.id, "-e", "-o", "args"], /couldn't find PID field in ps output/],
    [[container.id, "--no-such-option"], /exit status 1/],
    [["nobody"], /container does not exist/],
    [[], /requires a minimum of 1 argument/],
  ];
  for (const [words, message] of cases) {
    const { code, stderr } = await t.runtime(["ps", ...words]);
    assert.is(code, 1, words.join(" "));
    assert.match(stderr, message);
  }
});

test("ps without ps(1) says so, JSON does without", async (t) => {
  const container = await three(t);
  const { code, stderr } = await t.runtime(["ps", container.id], { env: { PATH: t.dir } });
  assert.is(code, 1);
  assert.match(stderr, /\bps\\?": executable file not found in \$PATH/);
  const json = await t.runtime(["ps", "-f", "json", container.id], { env: { PATH: t.dir } });
  assert.is(JSON.parse(json.stdout).length, 3);
});

test("ps of a stopped container lists nothing", { needs }, async (t) => {
  const container = await t.create(t.bundle((config) => script(config, "true")));
  await container.output();
  const json = succeeded("ps", await t.runtime(["ps", "-f", "json", container.id]));
  assert.ok(["null\n", "[]\n"].includes(json.stdout), json.stdout);
  const { stdout } = succeeded("ps", await t.runtime(["ps", container.id]));
  assert.equal(rows(stdout), []);
});

test.run();
