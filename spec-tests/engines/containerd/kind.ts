// containerd with ctr, Debian's and a current one, as columns of the table.

import { join } from "node:path";
import type { EngineKind } from "../feature.ts";
import { ENGINES } from "../images.ts";
import { Containerd, type Ctr } from "./engine.ts";
import { FAILURE_FEATURES } from "./failures.ts";
import { ISOLATION } from "./isolation.ts";
import { KILLS } from "./kills.ts";
import { RUN } from "./run.ts";
import { TASKS } from "./tasks.ts";

export const CONTAINERD: EngineKind<Ctr> = {
  name: "containerd",
  set: "debian",
  packages: ["containerd"],
  path: [join(ENGINES, "debian", "usr", "bin")],
  features: [...RUN, ...TASKS, ...ISOLATION, ...FAILURE_FEATURES, ...KILLS],
  start: async (place) => {
    const engine = new Containerd(place);
    await engine.start(["busybox"]);
    return engine;
  },
};

export const CONTAINERD_NEW: EngineKind<Ctr> = {
  ...CONTAINERD,
  name: "containerd-new",
  set: "new",
  path: [join(ENGINES, "new", "bin")],
};
