// tsx spec-tests/conformance/compare.ts [--vm] [--world WORLD] [--write]: the validation suite on trunc and its peers, on this
// machine's hierarchies, in a view with cgroup2 alone, and with --vm in the machine of spec-tests/vm; with --world in one of
// these, the others as they are recorded. Prints one table; --write keeps the outcomes in
// spec-tests/fixtures/conformance.json, from which `make generate` makes docs/conformance.md.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY } from "../harness/build.ts";
import type { World } from "./expected.ts";
import type { Outcome } from "./runner.ts";
import { type Column, renderTable } from "./table.ts";

const HERE = import.meta.dirname;
const DIST = join(REPOSITORY, "dist");
const RECORD = join(REPOSITORY, "spec-tests/fixtures/conformance.json");
/** Beside the suite, so that the virtual machine has it too. */
const MEMLOCK = join(DIST, "conformance", "memlock.so");

/** What is mounted in there, by whichever runtime, ends with it. */
const PRIVATE = ["unshare", "--mount", "--propagation", "private"];
const V2 = 'umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$@"';
const WORLDS: ReadonlyMap<World, readonly string[]> = new Map([
  ["hybrid", PRIVATE],
  ["v2", [...PRIVATE, "sh", "-c", V2, "sh"]],
  ["vm", [join(REPOSITORY, "spec-tests/vm/run"), "--timeout", "3600"]],
]);

execFileSync(join(HERE, "install.sh"), { stdio: "inherit" });
execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", MEMLOCK, join(REPOSITORY, "bench/memlock.c")]);

const { values } = parseArgs({
  options: {
    vm: { type: "boolean", default: false },
    world: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
if (values.world !== undefined && !WORLDS.has(values.world as World))
  throw new Error(`no such world: ${values.world}`);
const recorded = JSON.parse(readFileSync(RECORD, "utf8")) as Column[];
const columns = [...WORLDS.keys()].flatMap(columnsOf);
console.log(renderTable(columns));
if (values.write) writeFileSync(RECORD, `${JSON.stringify(columns, null, 1)}\n`);

function columnsOf(world: World): Column[] {
  const isRun = values.world === undefined ? world !== "vm" || values.vm : world === values.world;
  if (isRun) return runtimes().map(([name, path]) => run(world, name, path));
  return values.world === undefined ? [] : recorded.filter((column) => column.world === world);
}

function runtimes(): (readonly [name: string, path: string])[] {
  const peers: (readonly [string, string])[] = [
    ["trunc", join(DIST, "bin/trunc")],
    ["runc", inPath("runc")],
    ["runc-new", join(DIST, "peers/runc")],
    ["crun", inPath("crun")],
    ["crun-new", join(DIST, "peers/crun")],
  ];
  return peers.filter(([, path]) => existsSync(path));
}

function run(world: World, name: string, path: string): Column {
  const version = execFileSync(path, ["--version"], { encoding: "utf8" }).split("\n")[0]!;
  process.stderr.write(`${world}: ${version}\n`);
  const [program = "", ...args] = WORLDS.get(world)!;
  const one = [
    "flock",
    "/run/lock/trunc-conformance",
    join(REPOSITORY, "node_modules/.bin/tsx"),
    join(HERE, "one.ts"),
    `${name}=${path}`,
  ];
  const preload = name.startsWith("crun") && world !== "vm" ? [`LD_PRELOAD=${MEMLOCK}`] : [];
  const ran = spawnSync(program, [...args, ...one, ...preload], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 26,
  });
  const outcomes = ran.stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Outcome)
    .sort((a, b) => (a.test < b.test ? -1 : 1));
  return { world, name, version, outcomes };
}

function inPath(name: string): string {
  return spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
}
