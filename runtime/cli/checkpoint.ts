// `trunc checkpoint`: a container as files, by CRIU.

import { checkpointContainer } from "../lifecycle/checkpoint.ts";
import { callPhrase, isSyscallError } from "../lifecycle/syscall.ts";
import { usageError } from "./args.ts";
import { dumpWishes, isWritable } from "./checkpoint-options.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { criuPaths } from "./criu-options.ts";
import { factsOf, isRootless } from "./facts.ts";
import { searchPath } from "./search-path.ts";
import { storeOf } from "./store.ts";

export function run(context: Context): Outcome {
  const { host, values, env, args, warn, debug } = context;
  const facts = factsOf(host);
  if (isRootless(context, facts)) warn("checkpoint is untested with rootless containers");
  const wishes = dumpWishes(values);
  const paths = criuPaths(values, () => host.realPath("."));
  if (wishes.parentPath !== undefined) checkParent(context, paths.images, wishes.parentPath);
  const statusFile = wishes.lazyPages ? statusFileOf(context) : undefined;
  const { warnings } = checkpointContainer(storeOf(context), {
    id: args[0]!,
    wishes,
    ...paths,
    search: searchPath(env),
    facts,
    ...(statusFile !== undefined && { statusFile }),
    onStep: debug,
  });
  for (const warning of warnings) warn(warning);
  return DONE;
}

/** It is relative to a directory that must be there for that. */
function checkParent({ host }: Context, images: string, parent: string): void {
  const path = `${images}/${parent}`;
  try {
    host.makeDirs(images, 0o700);
    host.listDir(path);
  } catch (error) {
    if (!isSyscallError(error)) throw error;
    throw usageError(`invalid --parent-path: ${path}: ${callPhrase(error, "")}`);
  }
}

/** A path that leads to the caller's descriptor. */
function statusFileOf({ host, values }: Context): string | undefined {
  const fd = values.get("status-fd");
  if (typeof fd !== "number" || fd === -1) return undefined;
  const path = `/proc/self/fdinfo/${fd}`;
  if (fd < 0 || !host.exists(path)) throw usageError(`invalid --status-fd argument ${fd}`);
  if (!isWritable(host.readText(path, 4096).text)) {
    throw usageError(`invalid --status-fd argument ${fd}: not writable`);
  }
  return `/proc/self/fd/${fd}`;
}
