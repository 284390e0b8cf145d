// Runs hooks of the runtime namespace: exact environment, the state on standard input, a timeout. Effects through the host.
// Spec: config.md#posix-platform-hooks

import { RuntimeError } from "../errors.ts";
import type { HookResult, Host, Launch } from "../host/host.ts";
import type { OciState } from "../lifecycle/state.ts";
import { callPhrase, isSyscallError } from "../lifecycle/syscall.ts";
import type { NamedHook } from "./order.ts";

type Init = Pick<Launch, "pidfd" | "receive">;

/**
 * Runs one hook after the other; the first failure ends it. `cwd` must not be in the container's control. `init`: the
 * container in the making, whose end is the hooks' too.
 */
export function runHooks(
  host: Host,
  hooks: readonly NamedHook[],
  state: OciState,
  cwd: string,
  init?: Init,
): void {
  if (hooks.length === 0) return;
  const stdin = JSON.stringify(state);
  for (const hook of hooks) runHook(host, hook, stdin, cwd, init);
}

function runHook(
  host: Host,
  { title, hook }: NamedHook,
  stdin: string,
  cwd: string,
  init?: Init,
): void {
  const timeoutMs = (hook.timeout ?? 0) * 1000;
  let result: HookResult;
  try {
    result = host.runHook({
      path: hook.path,
      args: [...(hook.args ?? [hook.path])],
      env: [...(hook.env ?? [])],
      stdin,
      cwd,
      timeoutMs,
      ...(init !== undefined && { until: init.pidfd() }),
    });
  } catch (error) {
    if (!isSyscallError(error)) throw error;
    throw new RuntimeError("ERR_HOOK", `${title}: ${callPhrase(error)}`, { cause: error });
  }
  const problem = problemOf(result, timeoutMs);
  if (problem === undefined) return;
  const why = result.orphaned && init !== undefined ? whyEnded(init) : undefined;
  const words = why === undefined ? problem : `${problem}: ${why}`;
  throw new RuntimeError("ERR_HOOK", `${title}: ${words}`);
}

/** The init's own words are the cause; the hook that was killed is only the place. */
function whyEnded(init: Init): string | undefined {
  try {
    init.receive(1000);
    return undefined;
  } catch (error) {
    return isSyscallError(error) ? callPhrase(error) : (error as Error).message;
  }
}

/** What went wrong, with the last thing that the hook said; undefined when nothing did. */
export function problemOf(result: HookResult, timeoutMs: number): string | undefined {
  const end = endOf(result, timeoutMs);
  if (end === undefined) return undefined;
  const words = result.stderr.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return words === "" ? end : `${end}: ${words}`;
}

function endOf(result: HookResult, timeoutMs: number): string | undefined {
  if (result.orphaned) return "killed, for the container's first process has ended meanwhile";
  if (result.timedOut) return `still running after ${timeoutMs / 1000} s, killed`;
  if (result.signal !== 0) return `killed by signal ${result.signal}`;
  return result.exitCode === 0 ? undefined : `exit ${result.exitCode}`;
}
