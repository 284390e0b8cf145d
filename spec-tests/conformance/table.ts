// Outcomes of runtimes in worlds -> one table in Markdown: a row for each test. Pure.

import type { World } from "./expected.ts";
import type { Outcome } from "./runner.ts";

export interface Column {
  readonly world: World;
  readonly name: string;
  readonly version: string;
  readonly outcomes: readonly Outcome[];
}

/** A test's cell: passed, or how many of its assertions failed of how many; `-` when it was not run. */
function cell(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "-";
  const { passed, failures } = outcome;
  if (failures.length === 0) return "ok";
  return passed === 0 ? "**fails**" : `**${failures.length}** of ${passed + failures.length}`;
}

/** A runtime that can't even run the default config there has a line instead of a column. */
export function refusal({ outcomes }: Column): string | null {
  const outcome = outcomes.find(({ test }) => test === "default");
  return outcome === undefined ? "did not run" : (outcome.failures[0] ?? null);
}

export function renderTable(all: readonly Column[]): string {
  const columns = all.filter((column) => refusal(column) === null);
  const tests = [...new Set(columns.flatMap(({ outcomes }) => outcomes.map(({ test }) => test)))];
  const head = ["test", ...columns.map(({ world, name }) => `${world}: ${name}`)];
  const rows = tests.sort().map((test) => {
    const cells = columns.map(({ outcomes }) => cell(outcomes.find((one) => one.test === test)));
    return [`\`${test}\``, ...cells];
  });
  const sums = columns.map(({ outcomes }) => {
    const passed = outcomes.filter(({ failures }) => failures.length === 0).length;
    return `${passed} of ${outcomes.length}`;
  });
  const lines = [head, head.map(() => "---"), ...rows, ["**pass**", ...sums]];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
