// Whether a new memory limit leaves room for what is in use, and how much that is. Effects through the host.

import type { Resources } from "../config/types.ts";
import { RuntimeError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { CgroupLayout } from "../plan/cgroup/path.ts";
import type { HostOp } from "../plan/ops.ts";
import { failedWith } from "./syscall.ts";

/**
 * v2 kills for a limit below the usage where v1 refuses: `checkBeforeUpdate` asks to refuse.
 * Spec: config-linux.md#memory
 */
export function checkRoom(host: Host, { targets }: CgroupLayout, { memory }: Resources): void {
  const v2 = targets.find(
    ({ version, controllers }) => version === 2 && controllers.includes("memory"),
  );
  if (memory?.checkBeforeUpdate !== true || v2 === undefined) return;
  const text = host.readCgroup(v2.root, v2.path, "memory.current");
  if (text === null) return;
  const usage = BigInt(text.trim());
  for (const [limit, name] of [
    [memory.swap, "memory+swap limit"],
    [memory.limit, "memory limit"],
  ] as const) {
    if (limit === undefined || limit <= 0 || limit > usage) continue;
    throw new RuntimeError("ERR_STATE", `rejecting ${name} ${limit} <= usage ${usage}`, {
      at: "/linux/resources/memory",
    });
  }
}

/** v1 says EBUSY and no more when a limit is below what is in use. */
export function withUsage(host: Host, op: HostOp | undefined, error: unknown): unknown {
  if (!(error instanceof RuntimeError) || !failedWith(error.cause, "EBUSY")) return error;
  if (op?.op !== "writeCgroup" || !/^memory\.(memsw\.)?limit_in_bytes$/.test(op.file)) return error;
  const prefix = op.file.replace("limit_in_bytes", "");
  const [usage, peak] = ["usage_in_bytes", "max_usage_in_bytes"].map((name) =>
    host.readCgroup(op.root, op.path, `${prefix}${name}`)?.trim(),
  );
  return new RuntimeError(
    "ERR_SYSCALL",
    `unable to set memory limit to ${op.text} (current usage: ${usage}, peak usage: ${peak}): ${error.message}`,
    { at: op.at, cause: error },
  );
}
