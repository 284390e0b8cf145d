// containerd's CRI, Debian's and a current one, as columns of the table.

import { join } from "node:path";
import type { EngineKind } from "../feature.ts";
import { ENGINES } from "../images.ts";
import { CONTAINERS } from "./containers.ts";
import { DAEMONS } from "./daemons.ts";
import { CriServer } from "./engine.ts";
import { EXEC } from "./exec.ts";
import { FAILURE_FEATURES } from "./failures.ts";
import { KILLS } from "./kills.ts";
import { LIMITS_FEATURES } from "./limits.ts";
import { MOUNTS } from "./mounts.ts";
import { PODS_FEATURES } from "./pods.ts";
import { SECURITY } from "./security.ts";
import type { Cri } from "./session.ts";
import { STREAMS } from "./streams.ts";

export const CRI: EngineKind<Cri> = {
  name: "cri",
  set: "debian",
  packages: ["containerd", "containernetworking-plugins"],
  path: [join(ENGINES, "debian", "usr", "bin")],
  features: [
    ...PODS_FEATURES,
    ...CONTAINERS,
    ...EXEC,
    ...STREAMS,
    ...SECURITY,
    ...MOUNTS,
    ...LIMITS_FEATURES,
    ...FAILURE_FEATURES,
    ...DAEMONS,
    ...KILLS,
  ],
  start: async (place) => {
    const engine = new CriServer(place);
    await engine.start(["busybox", "pause"]);
    return engine;
  },
};

export const CRI_NEW: EngineKind<Cri> = {
  ...CRI,
  name: "cri-new",
  set: "new",
  path: [join(ENGINES, "new", "bin")],
};
