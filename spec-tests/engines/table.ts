// Verdicts as one table: a row for each feature, a column for each engine and runtime; below it what failed and why. Pure.

import type { Verdict } from "./report.ts";

export interface Cell {
  readonly feature: string;
  readonly column: string;
  readonly verdict: Verdict;
}

export function formatTable(cells: readonly Cell[]): string {
  const columns = unique(cells.map(({ column }) => column));
  const rows = unique(cells.map(({ feature }) => feature));
  const at = new Map(cells.map((cell) => [`${cell.feature}\0${cell.column}`, cell.verdict]));
  const lines = [
    ["feature", ...columns],
    ...rows.map((row) => [row, ...columns.map((column) => word(at.get(`${row}\0${column}`)))]),
  ];
  const widths = ["feature", ...columns].map((_, index) =>
    Math.max(...lines.map((line) => line[index]!.length)),
  );
  const text = lines.map(
    (line) => `| ${line.map((cell, index) => cell.padEnd(widths[index]!)).join(" | ")} |`,
  );
  text.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return [...text, "", ...notes(cells)].join("\n").trimEnd();
}

function word(verdict: Verdict | undefined): string {
  if (verdict === undefined) return "";
  return "reason" in verdict ? `${verdict.kind}: ${verdict.reason}` : verdict.kind;
}

function notes(cells: readonly Cell[]): string[] {
  return cells.flatMap(({ feature, column, verdict }) =>
    verdict.kind === "FAIL" ? [`FAIL ${column}: ${feature}: ${verdict.error}`] : [],
  );
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)];
}
