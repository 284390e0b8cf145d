// Docker, Debian's and a current one, as columns of the table.

import { join } from "node:path";
import type { EngineKind } from "../feature.ts";
import { ENGINES } from "../images.ts";
import { DAEMONS } from "./daemons.ts";
import { DEVICES } from "./devices.ts";
import { type Docker, Dockerd } from "./engine.ts";
import { EXEC } from "./exec.ts";
import { FAILURE_FEATURES } from "./failures.ts";
import { FILES } from "./files.ts";
import { KILLS } from "./kills.ts";
import { LIFECYCLE } from "./lifecycle.ts";
import { LIMITS_FEATURES } from "./limits.ts";
import { MOUNTS } from "./mounts.ts";
import { NAMESPACES } from "./namespaces.ts";
import { NETWORK } from "./network.ts";
import { RUN } from "./run.ts";
import { SECURITY } from "./security.ts";
import { SERVICES } from "./services.ts";
import { TERMINALS } from "./terminals.ts";

const UNPACKED = join(ENGINES, "debian", "usr");

export const DOCKER: EngineKind<Docker> = {
  name: "docker",
  set: "debian",
  packages: ["docker.io", "containerd", "docker-registry"],
  path: [join(UNPACKED, "sbin"), join(UNPACKED, "bin")],
  features: [
    ...RUN,
    ...TERMINALS,
    ...EXEC,
    ...LIFECYCLE,
    ...FILES,
    ...LIMITS_FEATURES,
    ...DEVICES,
    ...MOUNTS,
    ...SECURITY,
    ...NAMESPACES,
    ...NETWORK,
    ...SERVICES,
    ...FAILURE_FEATURES,
    ...DAEMONS,
    ...KILLS,
  ],
  start: async (place) => {
    const engine = new Dockerd(place);
    await engine.start(["busybox", "debian"]);
    return engine;
  },
};

/** With Debian's command line: a newer one has no module of its own to build. */
export const DOCKER_NEW: EngineKind<Docker> = {
  ...DOCKER,
  name: "docker-new",
  set: "new",
  path: [join(ENGINES, "new", "bin"), ...DOCKER.path],
  start: async (place) => {
    const engine = new Dockerd(place, { env: { DOCKER_MIN_API_VERSION: "1.24" } });
    await engine.start(["busybox", "debian"]);
    return engine;
  },
};
