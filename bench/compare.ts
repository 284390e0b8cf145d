// Compares trunc with its peers and with the floor in interleaved rounds; see README.md for how and why.
// Use: tsx bench/compare.ts [--rounds N] [--quick] [--runtime NAME=/path]... [--case NAME]... and more, below.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildTools } from "./build.ts";
import { CASES } from "./bundle.ts";
import { compareCase, type Setup } from "./compare-case.ts";
import { cgroupMounts, describeMachine } from "./machine.ts";
import { formatResults, type Results } from "./report.ts";
import { candidates, identify } from "./runtimes.ts";
import { drawResults } from "./svg.ts";
import { hasStrace } from "./syscalls.ts";
import { makeWorkspace, removeWorkspace } from "./workspace.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const OPTIONS = {
  rounds: { type: "string", default: "50" },
  warmup: { type: "string", default: "3" },
  /** Two rounds: only to see that everything runs. */
  quick: { type: "boolean", default: false },
  /** A further runtime, NAME=/path; may be repeated. */
  runtime: { type: "string", multiple: true, default: [] as string[] },
  trunc: { type: "string", default: join(ROOT, "dist/bin/trunc") },
  /** default, docker-old or docker-new; may be repeated; all if not given. */
  case: { type: "string", multiple: true, default: [...CASES] as string[] },
  rootfs: { type: "string", default: "tmpfs" }, // or disk
  /** "v2": a cgroup2 of its own in a mount namespace; "host": as it is; "auto": v2 on hybrid machines, which crun refuses. */
  cgroups: { type: "string", default: "auto" },
  out: { type: "string", default: join(ROOT, "dist/bench") },
  svg: { type: "string" }, // default: bench.svg in `out`
} as const;

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const V2_VIEW = 'umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$@"';

const { values } = parseArgs({ options: OPTIONS });
if (process.getuid?.() !== 0) fail("bench: must be root");
const unknown = values.case.find((name) => !CASES.some((known) => known === name));
if (unknown !== undefined) fail(`bench: --case ${unknown}: expected one of ${CASES.join(", ")}`);
process.exitCode = await (wantsV2View() ? rerunInV2View() : compare());

async function compare(): Promise<number> {
  const rounds = values.quick ? 2 : Number(values.rounds);
  const stop = new AbortController();
  for (const signal of STOP_SIGNALS)
    process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));

  const machine = describeMachine();
  const workspace = makeWorkspace(values.rootfs === "tmpfs");
  const known = candidates(values.runtime, values.trunc);
  const runtimes = known.flatMap(({ name, path }) =>
    path === undefined ? [] : [identify(name, path)],
  );
  const missing = known.filter(({ path }) => path === undefined).map(({ name }) => name);
  try {
    const setup: Setup = {
      workspace,
      tools: buildTools(workspace),
      runtimes,
      missing,
      rounds,
      warmup: values.quick ? 0 : Number(values.warmup),
      hasStrace: hasStrace(),
      out: values.out,
      signal: stop.signal,
    };
    mkdirSync(values.out, { recursive: true });
    const cases = [];
    for (const name of CASES)
      if (values.case.includes(name)) cases.push(await compareCase(setup, name));
    const notes = setup.hasStrace
      ? []
      : ["strace is not installed: no system calls counted, filters of floor from libseccomp"];
    const results: Results = {
      date: new Date().toISOString(),
      commit: commit(),
      machine,
      rootfs: workspace.medium,
      rounds,
      notes: [...notes, ...cases.flatMap(({ notes }) => notes)],
      cases: cases.map(({ result }) => result),
    };
    save(results);
    return cases.every(({ isWhole }) => isWhole) ? 0 : 1;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}`);
    return 1;
  } finally {
    removeWorkspace(workspace, runtimes);
  }
}

function save(results: Results): void {
  const report = formatResults(results);
  console.log(report);
  const svg = values.svg ?? join(values.out, "bench.svg");
  mkdirSync(dirname(svg), { recursive: true });
  writeFileSync(join(values.out, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(values.out, "results.md"), report);
  writeFileSync(svg, drawResults(results));
}

function wantsV2View(): boolean {
  const { v1, v2 } = cgroupMounts();
  return (
    values.cgroups === "v2" || (values.cgroups === "auto" && v1.length > 0 && v2 !== undefined)
  );
}

async function rerunInV2View(): Promise<number> {
  const again = [
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1),
    "--cgroups",
    "host",
  ];
  const args = ["-m", "--propagation", "private", "sh", "-c", V2_VIEW, "sh", ...again];
  const child = spawn("unshare", args, { stdio: "inherit" });
  // A terminal signals both, `timeout` only this one; the child cleans up and takes a second signal well.
  for (const signal of STOP_SIGNALS) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, "exit");
  return code ?? 1;
}

function commit(): string {
  try {
    return execFileSync("git", ["-C", ROOT, "describe", "--always", "--dirty"], {
      encoding: "utf8",
    }).trim();
  } catch {
    return "unknown";
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
