// `trunc check`: everything that is wrong with a bundle, as far as it can be seen without creating a container.

import type { Finding } from "../check/finding.ts";
import { findings } from "../check/findings.ts";
import type { CgroupWrite } from "../check/resources.ts";
import { parseConfig } from "../config/parse.ts";
import type { Config } from "../config/types.ts";
import { configWarnings } from "../config/warnings.ts";
import { describeProblem, type Problem, RuntimeError } from "../errors.ts";
import { attempt } from "../lifecycle/syscall.ts";
import { compilePlan } from "../plan/compile.ts";
import type { Plan } from "../plan/ops.ts";
import { textOf, usageError } from "./args.ts";
import { readConfig } from "./bundle.ts";
import { lookOf } from "./check-look.ts";
import type { Context, Outcome } from "./context.ts";
import { cgroupRights, factsOf } from "./facts.ts";

/** For CI: the bundle has errors. Warnings alone are none. */
const HAS_ERRORS = 1;

export function run(context: Context): Outcome {
  const format = textOf(context.values, "format") ?? "text";
  if (format !== "text" && format !== "json") throw usageError(`invalid format option: ${format}`);
  const given = context.args[0] ?? ".";
  const bundle = attempt(`use the bundle ${given}`, () => context.host.realPath(given));
  const found = check(context, bundle);
  const output = format === "json" ? jsonOf(found) : textOfAll(found);
  return { exitCode: found.some(({ level }) => level === "error") ? HAS_ERRORS : 0, output };
}

function check(context: Context, bundle: string): Finding[] {
  const { text, hasBigIntegers } = readConfig(context, bundle);
  let config: Config;
  try {
    config = parseConfig(text, { hasBigIntegers });
  } catch (error) {
    // what is no config can't be looked at any further
    return errorsOf(error);
  }
  const warnings = configWarnings(config).map((problem) => ({
    level: "warning" as const,
    ...problem,
  }));
  const planned = planFindings(context, bundle, config);
  return [
    ...warnings,
    ...planned.found,
    ...findings(config, planned.writes, lookOf(context.host, bundle, config)),
  ];
}

interface Planned {
  readonly found: readonly Finding[];
  /** What would be written to cgroups; nothing where there is no plan. */
  readonly writes: readonly CgroupWrite[];
}

/** What this host can't do: the plan of `create` says so. */
function planFindings(context: Context, bundle: string, config: Config): Planned {
  const facts = factsOf(context.host);
  try {
    const options = {
      ...cgroupRights(context, facts),
      id: "ID",
      bundle,
      fifoDirectory: "/run/trunc/ID",
    };
    const { warnings, plan } = compilePlan(config, facts, options);
    const found = warnings.map((message) => ({ level: "warning" as const, at: "", message }));
    return { found, writes: cgroupWrites(plan) };
  } catch (error) {
    return { found: errorsOf(error), writes: [] };
  }
}

/** Writes that must succeed. */
function cgroupWrites({ before, after, meanwhile = [] }: Plan): CgroupWrite[] {
  return [...before, ...after, ...meanwhile].flatMap((op): CgroupWrite[] => {
    if (op.op === "writeCgroup" && op.ignore.length === 0) return [{ ...op, files: [op.file] }];
    return op.op === "writeFirstCgroup" ? [{ ...op, text: op.texts[0] ?? "" }] : [];
  });
}

function errorsOf(error: unknown): Finding[] {
  if (!(error instanceof RuntimeError) || error.code === "ERR_SYSCALL") throw error;
  const { at = "", message, hint, problems = [] } = error;
  const found: readonly Problem[] =
    problems.length > 0 ? problems : [{ at, message, ...(hint !== undefined && { hint }) }];
  return found.map((problem) => ({ level: "error", ...problem }));
}

function textOfAll(found: readonly Finding[]): string {
  const lines = found.map((finding) => `${finding.level}: ${describeProblem(finding)}\n`);
  const counts = (["error", "warning"] as const).map((level) => {
    const count = found.filter((finding) => finding.level === level).length;
    return `${count} ${level}${count === 1 ? "" : "s"}`;
  });
  return `${lines.join("")}${counts.join(", ")}\n`;
}

function jsonOf(found: readonly Finding[]): string {
  return `${JSON.stringify(
    found.map(({ level, at, message, hint }) => ({ level, at, message, hint })),
    null,
    2,
  )}\n`;
}
