// Runs the hooks that follow a container's end. Their failures are told, and nothing else. Effects through the host.
// Spec: runtime.md#lifecycle: "the remaining hooks and lifecycle continue as if the hook had succeeded"

import { hooksAt } from "../hooks/order.ts";
import { runHooks } from "../hooks/run.ts";
import type { Host } from "../host/host.ts";
import { ociState, type State } from "./state.ts";

/** What failed, one message a hook. */
export function runPoststop(host: Host, state: State): string[] {
  if (state.poststop === undefined) return [];
  const failures: string[] = [];
  for (const hook of hooksAt("after delete", { poststop: state.poststop })) {
    try {
      runHooks(host, [hook], ociState(state, "stopped"), state.bundle);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  return failures;
}
