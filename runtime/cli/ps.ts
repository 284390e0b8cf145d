// `trunc ps`: the processes of a container, as JSON or as ps(1) shows them.

import { RuntimeError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { processesOf } from "../lifecycle/processes.ts";
import { attempt, isSyscallError } from "../lifecycle/syscall.ts";
import { formatOf } from "./args.ts";
import type { Context, Outcome } from "./context.ts";
import { searchPath } from "./search-path.ts";
import { storeOf } from "./store.ts";

export function run(context: Context): Outcome {
  const [id, ...psArgs] = context.args;
  const format = formatOf(context.values);
  const pids = processesOf(storeOf(context), id!);
  if (format === "json") {
    // Go's encoder writes a list that was never made so.
    return { exitCode: 0, output: `${pids.length === 0 ? "null" : JSON.stringify(pids)}\n` };
  }
  const text = psText(context, psArgs.length === 0 ? ["-ef"] : psArgs);
  return { exitCode: 0, output: rowsOf(text, new Set(pids)) };
}

function psText({ host, env }: Context, args: readonly string[]): string {
  const directories = searchPath(env)
    .split(":")
    .filter((path) => path !== "");
  const program = directories.map((path) => `${path}/ps`).find((path) => isThere(host, path));
  if (program === undefined) {
    throw new RuntimeError("ERR_STATE", 'exec: "ps": executable file not found in $PATH', {
      hint: "install procps, or use --format json",
    });
  }
  const { exitCode, signal, output } = attempt(`run ${program}`, () =>
    host.capture(program, ["ps", ...args]),
  );
  if (exitCode === 0 && signal === 0) return output;
  const how = signal === 0 ? `exit status ${exitCode}` : `signal ${signal}`;
  throw new RuntimeError("ERR_STATE", `ps: ${how}: ${output.trimEnd()}`);
}

/** As a shell looks: a directory that is closed to this user is none. */
function isThere(host: Host, path: string): boolean {
  try {
    return host.exists(path);
  } catch (error) {
    if (isSyscallError(error)) return false;
    throw error;
  }
}

/** The title, and the rows whose process is one of these. */
export function rowsOf(text: string, pids: ReadonlySet<number>): string {
  const [title = "", ...rows] = text.split("\n");
  const column = fieldsOf(title).indexOf("PID");
  if (column < 0) throw new RuntimeError("ERR_USAGE", "couldn't find PID field in ps output");
  const kept = rows.filter((row) => {
    if (row === "") return false;
    const pid = fieldsOf(row)[column] ?? "";
    if (/^\d+$/.test(pid)) return pids.has(Number(pid));
    throw new RuntimeError("ERR_USAGE", `unable to parse pid: ${JSON.stringify(pid)}`, {
      hint: "columns before PID must not hold spaces",
    });
  });
  return [title, ...kept].map((row) => `${row}\n`).join("");
}

function fieldsOf(row: string): string[] {
  return row.split(/\s+/).filter((field) => field !== "");
}
