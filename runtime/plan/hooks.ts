// Hooks -> the ones that run inside the container, and where the init waits for those outside. Pure.
// Spec: config.md#posix-platform-hooks

import { SPEC_VERSION } from "../config/spec-version.ts";
import type { Hook } from "../config/types.ts";
import type { Context } from "./context.ts";
import type { Environment } from "./environment.ts";
import type { InitOp } from "./ops.ts";
import { planError } from "./problem.ts";

/** What a state document for hooks that run inside says. */
type HookStatus = "creating" | "created";

const LARGEST_TIMEOUT_MS = 2 ** 32 - 1;

/** prestart and createRuntime hooks run outside, once the namespaces and mounts are there and before the pivot. */
export function compileHookBarrier({ config }: Context): InitOp[] {
  const { prestart = [], createRuntime = [] } = config.hooks ?? {};
  if (prestart.length + createRuntime.length === 0) return [];
  const at = prestart.length > 0 ? "/hooks/prestart" : "/hooks/createRuntime";
  return [{ op: "barrier", at, report: true }];
}

export function compileCreateHooks(context: Context): InitOp[] {
  return compileHooks(context, "createContainer", "creating", []);
}

/** Without an environment of its own such a hook has that of the program, as in runc. */
export function compileStartHooks(context: Context, environment: Environment): InitOp[] {
  return compileHooks(context, "startContainer", "created", environment.entries);
}

function compileHooks(
  context: Context,
  name: "createContainer" | "startContainer",
  status: HookStatus,
  defaultEnv: readonly string[],
): InitOp[] {
  const hooks = context.config.hooks?.[name] ?? [];
  if (hooks.length === 0) return [];
  const [stateHead, stateTail] = stateHalves(context, status);
  return hooks.map((hook, index): InitOp => {
    const at = `/hooks/${name}/${index}`;
    const { path, args = [path], env = defaultEnv } = hook;
    return {
      op: "hook",
      at,
      path,
      args: [...args],
      env: [...env],
      stateHead,
      stateTail,
      timeoutMs: timeoutOf(hook, at),
    };
  });
}

function timeoutOf({ timeout = 0 }: Hook, at: string): number {
  const timeoutMs = timeout * 1000;
  if (timeoutMs > LARGEST_TIMEOUT_MS)
    throw planError(`${at}/timeout`, `${timeout} is more than 49 days`);
  return timeoutMs;
}

/** The state document around the pid, which only the init knows. */
function stateHalves(
  { config, options }: Context,
  status: HookStatus,
): [head: string, tail: string] {
  const { annotations } = config;
  const head = JSON.stringify({ ociVersion: SPEC_VERSION, id: options.id, status });
  const tail = JSON.stringify({
    bundle: options.bundle,
    ...(annotations !== undefined && { annotations }),
  });
  return [`${head.slice(0, -1)},"pid":`, `,${tail.slice(1)}`];
}
