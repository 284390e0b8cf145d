// One bundle: the floor with its filters and every runtime that takes the bundle, measured together, then traced.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildFloor, type Tools } from "./build.ts";
import { type Bundle, type Case, makeBundle } from "./bundle.ts";
import { capturedFilter, type Filter, libseccompFilter } from "./filters.ts";
import { ID, type Measured, measure, type Subject } from "./measure.ts";
import { type CaseResult, LIFECYCLE, type Row, STEPS } from "./report.ts";
import { BASE_ENV, commandOf, type Runtime, tryBundle } from "./runtimes.ts";
import { countOf, countSyscalls } from "./syscalls.ts";
import type { Workspace } from "./workspace.ts";

export interface Setup {
  readonly workspace: Workspace;
  readonly tools: Tools;
  readonly runtimes: readonly Runtime[];
  /** Runtimes that are not there, for a row that says so. */
  readonly missing: readonly string[];
  readonly rounds: number;
  readonly warmup: number;
  readonly hasStrace: boolean;
  readonly out: string;
  readonly signal: AbortSignal;
}

interface Floor {
  readonly subject: Subject;
  readonly instructions: number | undefined;
}

export interface ComparedCase {
  readonly result: CaseResult;
  readonly notes: readonly string[];
  /** False if trunc could not do it, or anyone failed half way. */
  readonly isWhole: boolean;
}

export async function compareCase(setup: Setup, name: Case): Promise<ComparedCase> {
  const { workspace, tools } = setup;
  const bundle = makeBundle(workspace, name);
  const tried = setup.runtimes.map((runtime) =>
    tryBundle(workspace, runtime, bundle, tools.memlock),
  );
  const taking = tried.filter((result) => typeof result !== "string");
  const floors = floorsOf(setup, bundle, taking);

  console.error(
    `bench: ${name}: ${setup.rounds} rounds of ${[...floors, ...taking].length} subjects`,
  );
  const subjects = [
    ...floors.map(({ subject }) => subject),
    ...taking.map((runtime) => subjectOf(setup, runtime, bundle)),
  ];
  const measured = await measure(tools.measure, subjects, { ...setup, prefix: workspace.prefix });
  writeFileSync(join(setup.out, `samples-${name}.jsonl`), measured.raw);

  const rows: Row[] = [];
  for (const { subject, instructions } of floors) {
    const calls = setup.hasStrace
      ? await countOf(workspace, floorCommand(subject, setup), BASE_ENV)
      : undefined;
    const filter = instructions === undefined ? {} : { filterInstructions: instructions };
    const counts = new Map(calls === undefined ? [] : [["run", calls]]);
    rows.push({
      kind: "floor",
      version: "",
      ...filter,
      ...numbersOf(measured, subject.name, counts),
    });
  }
  for (const absent of setup.missing) {
    const why = absent === "trunc" ? "not built" : "not installed";
    rows.push({ name: absent, kind: absent, version: "", absent: why, steps: {} });
  }
  for (const [index, result] of tried.entries()) {
    const runtime = setup.runtimes[index];
    if (!runtime) continue;
    const { name, kind, version } = runtime;
    if (typeof result === "string") {
      rows.push({ name, kind, version, absent: `does not take this bundle: ${result}`, steps: {} });
      continue;
    }
    setup.signal.throwIfAborted();
    const counts = setup.hasStrace
      ? await countSyscalls(workspace, result, bundle, STEPS)
      : new Map<string, number>();
    rows.push({ kind, version, env: result.env, ...numbersOf(measured, name, counts) });
  }
  const refused = rows.some(
    ({ kind, absent }) => kind === "trunc" && absent !== undefined && absent !== "not built",
  );
  return {
    result: { name, rows },
    notes: notesOf(name, taking),
    isWhole: !refused && measured.failures.length === 0,
  };
}

/** The first has the filter that trunc loads (libseccomp's tree as long as trunc is not there), the second libseccomp's linear one. */
function floorsOf(setup: Setup, bundle: Bundle, taking: readonly Runtime[]): Floor[] {
  const { workspace, tools } = setup;
  const program = buildFloor(workspace, bundle);
  const make = (name: string, filter?: Filter): Floor => {
    const cgroup = bundle.config.linux.cgroupsPath ?? `/${ID}`;
    const argv = [program, bundle.rootfs, cgroup, filter?.path ?? "-"];
    const subject = { name, env: BASE_ENV, steps: [{ name: "run", argv }], cleanup: [] };
    return { subject, instructions: filter?.instructions };
  };
  if (!bundle.config.linux.seccomp) return [make("floor")];

  const trunc = taking.find(({ kind }) => kind === "trunc");
  const own =
    trunc && setup.hasStrace ? capturedFilter(workspace, trunc, bundle) : "trunc is not built";
  const tree =
    typeof own === "string" ? libseccompFilter(workspace, tools.filter, bundle, "tree") : own;
  const linear = libseccompFilter(workspace, tools.filter, bundle, "linear");
  return [
    make(typeof own === "string" ? "floor-tree" : "floor", tree),
    make("floor-linear", linear),
  ];
}

function subjectOf({ workspace }: Setup, runtime: Runtime, bundle: Bundle): Subject {
  const step = (name: string) => ({ name, argv: commandOf(workspace, runtime, bundle, name, ID) });
  // `kill` returns before the init is gone, and its parent has to reap it before `delete` may find it stopped.
  const lifecycle = LIFECYCLE.flatMap((name) =>
    name === "kill" ? [step(name), "reap" as const] : [step(name)],
  );
  const cleanup = commandOf(workspace, runtime, bundle, "cleanup", ID);
  return {
    name: runtime.name,
    env: runtime.env,
    steps: [step("run"), "reap", ...lifecycle],
    cleanup,
  };
}

function floorCommand({ steps }: Subject, { workspace }: Setup): string[] {
  const [step] = steps;
  if (step === undefined || step === "reap") throw new Error("the floor has one step");
  return step.argv.map((argument) => argument.replace(ID, `${workspace.prefix}-strace`));
}

function numbersOf(
  measured: Measured,
  name: string,
  counts: ReadonlyMap<string, number>,
): Pick<Row, "name" | "steps" | "absent"> {
  const failure = measured.failures.find(({ subject }) => subject === name);
  if (failure) return { name, absent: `failed in ${failure.step}: ${failure.message}`, steps: {} };
  const steps: Row["steps"] = {};
  for (const step of STEPS) {
    const summary = measured.summaries.get(`${name}/${step}`);
    const syscalls = counts.get(step);
    if (summary) steps[step] = syscalls === undefined ? summary : { ...summary, syscalls };
  }
  return { name, steps };
}

function notesOf(name: Case, taking: readonly Runtime[]): string[] {
  const helped = taking.filter(({ env }) => env.some((pair) => pair.startsWith("LD_PRELOAD")));
  return helped.map(
    (runtime) =>
      `${name}: ${runtime.name} runs with bench/memlock.c preloaded (no CAP_SYS_RESOURCE here)`,
  );
}
