// The options of `trunc events`: names are runc's. Data only.

import type { OptionSpec } from "./args.ts";

export const OPTIONS: readonly OptionSpec[] = [
  {
    name: "interval",
    kind: "text",
    value: "DURATION",
    help: "time between statistics, as 500ms or 1m (default: 5s)",
  },
  { name: "stats", kind: "flag", help: "print the statistics once" },
];
