// `trunc spec`: writes a config.json to start from.

import { RuntimeError } from "../errors.ts";
import { attempt } from "../lifecycle/syscall.ts";
import { flagOf, textOf } from "./args.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { defaultSpec } from "./default-spec.ts";

export function run({ host, values }: Context): Outcome {
  const bundle = textOf(values, "bundle") ?? ".";
  const path = `${bundle}/config.json`;
  if (host.exists(path)) {
    throw new RuntimeError("ERR_STATE", "File config.json exists. Remove it first", {
      hint: `it is in ${attempt(`find ${bundle}`, () => host.realPath(bundle))}`,
    });
  }
  const { euid, egid, cgroup } = host.facts();
  const owner = flagOf(values, "rootless") ? { euid, egid } : undefined;
  const spec = defaultSpec({ hasUnifiedCgroups: cgroup.mode === "v2", ...(owner && { owner }) });
  attempt(`write ${path}`, () =>
    host.writeText(path, JSON.stringify(spec, undefined, "\t"), 0o644),
  );
  return DONE;
}
