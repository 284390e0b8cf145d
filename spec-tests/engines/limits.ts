// What machines may lack, as it shows. A feature that fails so on trunc "cannot here" if runc fails so as well.

import type { Limit } from "./report.ts";

export const LIMITS: readonly Limit[] = [
  {
    pattern: /rlimit.*(EPERM|operation not permitted)|setrlimit.*(EPERM|operation not permitted)/i,
    reason: "no CAP_SYS_RESOURCE: rlimits cannot be raised",
  },
  {
    pattern: /does not support Block I\/O weight/,
    reason: "no weights of I/O that Docker knows",
  },
  { pattern: /^no block device$/, reason: "no block device" },
  {
    pattern: /criu failed|criu\\S*: (executable file not found|not installed)|CRIU/,
    reason: "CRIU does not run on this kernel",
  },
];

/** Of runc: trunc leaves out what it has not got to give. */
export const WITHHELD: Limit = {
  pattern: /unable to apply caps: operation not permitted/,
  reason: "no CAP_SYS_RESOURCE, without which it starts no such container",
};
