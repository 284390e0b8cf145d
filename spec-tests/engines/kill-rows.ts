// SIGKILL in the middle of create, start, exec and delete, for the runtime and for the engine's own programs: the same rows for every
// engine. Afterwards everything can be removed, and nothing is left.

import type { Feature, Session } from "./feature.ts";
import { ONLY_CGROUPS_LEFT } from "./leftovers.ts";
import type { Limit } from "./report.ts";

const VERBS = ["create", "start", "exec", "delete"] as const;

/** A command of the runtime. */
export type Verb = (typeof VERBS)[number];

const DEVIATES: Limit = {
  pattern: ONLY_CGROUPS_LEFT,
  reason: "the cgroups that it made before its state was written stay",
};

/** How an engine is made to call the runtime, and what is killed meanwhile. Each throws when something is left. */
export interface Kills<S extends Session> {
  /** The engine's programs, as their rows name them. */
  readonly victims: readonly string[];
  /** The command whose row for the runtime is part of `make test`. */
  readonly quick?: Verb;
  killRuntime(session: S, verb: Verb): Promise<void>;
  killEngine(session: S, victim: string, verb: Verb): Promise<void>;
}

export function killRows<S extends Session>(kills: Kills<S>): readonly Feature<S>[] {
  return [
    ...VERBS.map((verb): Feature<S> => {
      return {
        name: `SIGKILL for the runtime in ${verb}`,
        ...(verb === "create" ? { deviates: DEVIATES } : {}),
        isQuick: verb === kills.quick,
        isAlone: true,
        timeoutMs: 300_000,
        run: (session) => kills.killRuntime(session, verb),
      };
    }),
    ...kills.victims.map((victim): Feature<S> => {
      return {
        name: `SIGKILL for ${victim} in create, start, exec, delete`,
        deviates: DEVIATES,
        isAlone: true,
        timeoutMs: 600_000,
        run: async (session) => {
          for (const verb of VERBS) await kills.killEngine(session, victim, verb);
        },
      };
    }),
  ];
}
