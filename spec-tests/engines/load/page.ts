// Measurements as a page with one table for each engine. Pure.

import type { Measured, Phase } from "./measure.ts";

export function formatPage(machine: string, date: string, results: readonly Measured[]): string {
  const engines = [...new Set(results.map(({ engine }) => engine))];
  return [
    "# Load",
    "",
    "`make bench-load`: containers without a network, under Debian's dockerd (by its API) and containerd (by `ctr`), each",
    "with one runtime after the other. CPU and memory are those of all together: engine, shims, runtime, containers.",
    "On pure cgroup v1, since crun takes no hybrid host. Most of it is the engine's own; what differs between the rows is the runtime.",
    "",
    `${machine}, ${date}.`,
    ...engines.flatMap((engine) => ["", `## ${engine}`, "", ...table(engine, results)]),
    "",
  ].join("\n");
}

function table(engine: string, results: readonly Measured[]): string[] {
  const own = results.filter((result) => result.engine === engine);
  const phases = own.find(({ phases }) => phases.length > 0)?.phases ?? [];
  const head = phases.map(({ name, count }) => `${name}, ${count}`);
  return [
    `| s (CPU s; peak MB) | ${head.join(" | ")} | failed or left |`,
    `| --- | ${head.map(() => "---:").join(" | ")} | --- |`,
    ...own.map((result) => row(result, head.length)),
  ];
}

function row({ runtime, phases, failed }: Measured, columns: number): string {
  const cells = phases.map(cell);
  while (cells.length < columns) cells.push("");
  return `| ${runtime} | ${cells.join(" | ")} | ${failed.length === 0 ? "none" : failed.join("; ").slice(0, 300)} |`;
}

function cell({ seconds, cpuSeconds, peakMb }: Phase): string {
  const memory = peakMb === null ? "" : `; ${peakMb.toFixed()}`;
  return `${seconds.toFixed(1)} (${cpuSeconds.toFixed(1)}${memory})`;
}
