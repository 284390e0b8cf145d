// `trunc list`: all containers of a state root, as a table, as JSON, or by id.

import type { Host } from "../host/host.ts";
import { observe } from "../lifecycle/observe.ts";
import { type StateReport, stateReport } from "../lifecycle/state.ts";
import { ids, load, type Store } from "../store/store.ts";
import { flagOf, formatOf } from "./args.ts";
import type { Context, Outcome } from "./context.ts";
import { storeOf } from "./store.ts";
import { table } from "./table.ts";

export function run(context: Context): Outcome {
  const format = formatOf(context.values);
  const reports = collect(context, storeOf(context));
  return { exitCode: 0, output: render(reports, format, flagOf(context.values, "quiet")) };
}

/** What can't be read is told and passed over: one damaged state must not hide the others. */
function collect(context: Context, store: Store): StateReport[] {
  const ownerOf = ownerNames(context.host);
  return ids(store).flatMap((id) => {
    try {
      const state = load(store, id);
      return [stateReport(state, observe(store, state), ownerOf(state.owner))];
    } catch (error) {
      context.warn(`load container ${id}: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  });
}

export function render(
  reports: readonly StateReport[],
  format: "table" | "json",
  isQuiet: boolean,
): string {
  if (isQuiet) return reports.map(({ id }) => `${id}\n`).join("");
  // Go's encoder writes an empty list that was never made as null; scripts know runc's output so.
  if (format === "json") return `${reports.length === 0 ? "null" : JSON.stringify(reports)}\n`;
  return table([
    ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"],
    ...reports.map((report) => [
      report.id,
      String(report.pid),
      report.status,
      report.bundle,
      report.created,
      report.owner,
    ]),
  ]);
}

/** User id -> name by /etc/passwd alone (a static program has no other source), read when first asked. */
function ownerNames(host: Host): (uid: number) => string {
  let names: Map<number, string> | undefined;
  return (uid) => {
    names ??= parsePasswd(
      host.exists("/etc/passwd") ? host.readText("/etc/passwd", 1 << 20).text : "",
    );
    return names.get(uid) ?? `#${uid}`;
  };
}

export function parsePasswd(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name, , uid] = line.split(":");
    if (name && uid !== undefined && /^\d+$/.test(uid) && !names.has(Number(uid))) {
      names.set(Number(uid), name);
    }
  }
  return names;
}
