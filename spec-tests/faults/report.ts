// Entries -> a table of commands and faults, the failures, and the closing lines. Prints.

import { KINDS } from "./faults.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Entry } from "./sweep.ts";

const BAD = new Set(["leaked", "hung", "unclear"]);

export function describe({ scenario, process, call, name, kind, verdict, why }: Entry): string {
  const who = process === 0 ? "the command" : `process ${process}`;
  return `${verdict}: ${scenario}: ${kind} at ${name}, call ${call} of ${who}: ${why}`;
}

/** True when nothing was lost. */
export function report(entries: readonly Entry[]): boolean {
  const row = (cells: readonly string[]) =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(22) : cell.padStart(11))).join(""));
  row(["recovered/injected", ...KINDS.map(({ name }) => name)]);
  for (const { name } of SCENARIOS) {
    const own = entries.filter((entry) => entry.scenario === name && isInjected(entry));
    if (own.length === 0) continue;
    row([name, ...KINDS.map((kind) => ratio(own.filter((entry) => entry.kind === kind.name)))]);
  }
  const count = (verdict: string) => entries.filter((entry) => entry.verdict === verdict).length;
  const injected = entries.filter(isInjected).length;
  const counts = ["leaked", "hung", "unclear"].map((verdict) => `${count(verdict)} ${verdict}`);
  console.log(`not reached, for the calls differ from run to run: ${count("not reached")}`);
  console.log(
    `faults: ${injected} injected, ${count("recovered")} recovered, ${counts.join(", ")}`,
  );
  const bad = injected - count("recovered");
  console.log(`${count("recovered")} passed, ${bad} failed, 0 skipped`);
  return injected > 0 && bad === 0;
}

function isInjected({ verdict }: Entry): boolean {
  return verdict === "recovered" || BAD.has(verdict);
}

function ratio(entries: readonly Entry[]): string {
  const recovered = entries.filter(({ verdict }) => verdict === "recovered").length;
  return entries.length === 0 ? "-" : `${recovered}/${entries.length}`;
}
