// What is worth a line in the log but no error: values that the spec tells runtimes to pass over. Pure.
// Spec: config.md#linux-process (capabilities), config.md#mounts (destination)

import { CAPABILITY_NAMES } from "../../schemas/capability-names.ts";
import type { Problem } from "../errors.ts";
import { show } from "./problems.ts";
import { hasSpareMappings } from "./rules/mounts.ts";
import type { Config, Process } from "./types.ts";

const SETS = ["bounding", "effective", "inheritable", "permitted", "ambient"] as const;

export function configWarnings(config: Config): Problem[] {
  const { mounts = [], process, linux } = config;
  const relative = mounts.flatMap(({ destination }, index) =>
    destination.startsWith("/")
      ? []
      : [
          {
            at: `/mounts/${index}/destination`,
            message: `${show(destination)} is relative, which is deprecated`,
          },
        ],
  );
  return [
    ...processWarnings(process, "/process"),
    ...relative,
    ...(linux !== undefined && hasSpareMappings(linux)
      ? [
          {
            at: "/linux/uidMappings",
            message: "the user namespace that is joined has its own mappings",
          },
        ]
      : []),
  ];
}

/** "Any value which cannot be mapped to a relevant kernel interface [...] MUST be logged as a warning" */
export function processWarnings({ capabilities = {} }: Process, at = ""): Problem[] {
  const known = new Set<string>(CAPABILITY_NAMES);
  return SETS.flatMap((set) =>
    (capabilities[set] ?? []).flatMap((name, index) =>
      known.has(name)
        ? []
        : [
            {
              at: `${at}/capabilities/${set}/${index}`,
              message: `ignored: ${show(name)} is not a capability`,
            },
          ],
    ),
  );
}
