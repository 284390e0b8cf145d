// Debian's Docker, as a column of the table.

import { join } from "node:path";
import type { EngineKind } from "../feature.ts";
import { ENGINES } from "../images.ts";
import { type Docker, Dockerd } from "./engine.ts";
import { RUN } from "./run.ts";

const UNPACKED = join(ENGINES, "debian", "usr");

export const DOCKER: EngineKind<Docker> = {
  name: "docker",
  set: "debian",
  packages: ["docker.io", "containerd", "docker-registry"],
  path: [join(UNPACKED, "sbin"), join(UNPACKED, "bin")],
  features: [...RUN],
  start: async (place) => {
    const engine = new Dockerd(place);
    await engine.start(["busybox", "debian"]);
    return engine;
  },
};
