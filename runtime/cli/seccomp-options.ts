// The options of `trunc seccomp`. Data only.

import type { OptionSpec } from "./args.ts";

export const OPTIONS: readonly OptionSpec[] = [
  {
    name: "arch",
    kind: "text",
    value: "ARCH",
    help: "test: the call's architecture, as x86 or SCMP_ARCH_X86 (default: this machine's)",
  },
  {
    name: "format",
    short: "f",
    kind: "text",
    value: "FORMAT",
    help: "text or json (default: text)",
  },
];
