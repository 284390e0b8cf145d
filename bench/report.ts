// Results -> the printed tables. Pure.

import type { Machine } from "./machine.ts";
import type { Summary } from "./measure.ts";

export const LIFECYCLE = [
  "create",
  "start",
  "state",
  "exec",
  "exec-detached",
  "kill",
  "delete",
] as const;
export const STEPS = ["run", ...LIFECYCLE] as const;

export interface Row {
  readonly name: string;
  /** "floor", "trunc", "crun", "runc", ... */
  readonly kind: string;
  readonly version: string;
  /** Why there are no numbers: not built, refused the bundle, failed. */
  readonly absent?: string;
  readonly env?: readonly string[];
  readonly filterInstructions?: number;
  readonly steps: Partial<Record<string, Summary & { syscalls?: number }>>;
}

export interface CaseResult {
  readonly name: string;
  readonly rows: readonly Row[];
}

export interface Results {
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly rootfs: string;
  readonly rounds: number;
  readonly notes: readonly string[];
  readonly cases: readonly CaseResult[];
}

const NONE = "-";

export function formatResults(results: Results): string {
  const { machine } = results;
  const head = [
    `${machine.cpu}, ${machine.cpus} CPUs, Linux ${machine.kernel}, ${machine.distribution}, cgroup ${machine.cgroups}`,
    `rootfs on ${results.rootfs}, ${results.rounds} interleaved rounds, load before ${machine.load}, ${results.date}`,
    "Wall and CPU: median (min), ms. RSS: peak, MB. Read the ratios: of medians, to the newest of its kind.",
    ...results.notes.map((note) => `Note: ${note}`),
  ];
  return [...head, ...results.cases.flatMap(formatCase), ""].join("\n");
}

/** The newest runtime of a kind that has numbers, as a basis for ratios. */
export function newestOf(rows: readonly Row[], kind: string): Row | undefined {
  return rows
    .filter((row) => row.kind === kind && row.absent === undefined)
    .sort((a, b) => versionOf(a).localeCompare(versionOf(b), "en", { numeric: true }))
    .at(-1);
}

function versionOf({ version }: Row): string {
  return /\d[\w.]*/.exec(version)?.[0] ?? "";
}

function formatCase({ name, rows }: CaseResult): string[] {
  const floor = rows.find((row) => row.kind === "floor");
  const bases = [newestOf(rows, "crun"), newestOf(rows, "runc"), floor].filter(
    (row) => row !== undefined,
  );
  const header = [
    "",
    "wall",
    "CPU",
    "RSS",
    "faults",
    "syscalls",
    ...bases.map((basis) => `/ ${basis.name}`),
  ];
  const run = rows.map((row) => [
    label(row),
    ...(row.absent === undefined ? runCells(row, bases) : [row.absent]),
  ]);

  const measured = rows.filter((row) => row.kind !== "floor" && row.absent === undefined);
  const wall = measured.map((row) => [
    label(row),
    ...LIFECYCLE.map((step) => time(row.steps[step]?.wallMs)),
  ]);
  const basis = bases.find((row) => row !== floor);
  const ratios = measured
    .filter((row) => basis !== undefined && row !== basis)
    .map((row) => [
      `${row.name} / ${basis?.name}`,
      ...LIFECYCLE.map((step) => ratio(row.steps[step], basis?.steps[step])),
    ]);
  const cost = measured.map((row) => [
    label(row),
    ...LIFECYCLE.map((step) => costOf(row.steps[step])),
  ]);
  return [
    `\n## ${name}: run /bin/true\n`,
    ...table([header, ...run]),
    `\n## ${name}: step by step, wall\n`,
    ...table([["", ...LIFECYCLE], ...wall, ...ratios]),
    `\n## ${name}: step by step, CPU ms / RSS MB / faults / syscalls\n`,
    ...table([["", ...LIFECYCLE], ...cost]),
  ];
}

function label({ name, version, filterInstructions }: Row): string {
  const filter = filterInstructions === undefined ? "" : `, filter of ${filterInstructions}`;
  const number = /\d[\w.]*/.exec(version)?.[0];
  return `${name}${number ? ` ${number}` : ""}${filter}`;
}

function runCells(row: Row, bases: readonly Row[]): string[] {
  const { run } = row.steps;
  if (!run) return [NONE];
  return [
    time(run.wallMs),
    time(run.cpuMs),
    run.peakRssMb.toFixed(1),
    String(Math.round(run.pageFaults)),
    run.syscalls === undefined ? NONE : String(run.syscalls),
    ...bases.map((basis) => ratio(run, basis.steps.run)),
  ];
}

function costOf(step: (Summary & { syscalls?: number }) | undefined): string {
  if (!step) return NONE;
  const { cpuMs, peakRssMb, pageFaults, syscalls } = step;
  return `${cpuMs.median.toFixed(1)} / ${peakRssMb.toFixed(1)} / ${Math.round(pageFaults)} / ${syscalls ?? NONE}`;
}

function time(value: { median: number; min: number } | undefined): string {
  return value ? `${value.median.toFixed(2)} (${value.min.toFixed(2)})` : NONE;
}

function ratio(step: Summary | undefined, basis: Summary | undefined): string {
  return step && basis ? (step.wallMs.median / basis.wallMs.median).toFixed(2) : NONE;
}

/** Markdown that also reads as plain text; a row of two cells in a wider table is a name and why it has no numbers. */
function table(rows: readonly (readonly string[])[]): string[] {
  const [header = []] = rows;
  const whole = rows.filter((row) => row.length === header.length);
  const widths = header.map((_, column) =>
    Math.max(3, ...(column === 0 ? rows : whole).map((row) => (row[column] ?? "").length)),
  );
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  const lines = rows.map(
    (row) => `| ${row.map(pad).join(" | ")} ${"|".repeat(1 + header.length - row.length)}`,
  );
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [lines[0] ?? "", `| ${rule.join(" | ")} |`, ...lines.slice(1)];
}
