// `trunc explain`: what creating a container from a bundle would do, without doing it.

import { compilePlan } from "../plan/compile.ts";
import { explainJson, explainText } from "../plan/explain.ts";
import { textOf, usageError } from "./args.ts";
import { readBundle } from "./bundle.ts";
import { cgroupDriver } from "./cgroup-driver.ts";
import type { Context, Outcome } from "./context.ts";
import { cgroupRights, factsOf } from "./facts.ts";

export async function run(context: Context): Promise<Outcome> {
  const format = textOf(context.values, "format") ?? "text";
  if (format !== "text" && format !== "json") throw usageError(`invalid format option: ${format}`);
  const bundle = readBundle(context, context.args[0] ?? ".");
  const driver = await cgroupDriver(context);
  const facts = factsOf(context.host);
  const { plan, warnings } = compilePlan(
    bundle.config,
    facts,
    {
      ...cgroupRights(context, facts),
      id: "ID",
      bundle: bundle.path,
      fifoDirectory: "/run/trunc/ID",
    },
    driver,
  );
  for (const warning of warnings) context.warn(warning);
  return { exitCode: 0, output: format === "json" ? explainJson(plan) : explainText(plan) };
}
