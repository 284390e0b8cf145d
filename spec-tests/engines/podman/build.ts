// podman build: buildah within podman, each RUN a container of the same runtime.

import { buildSteps } from "../build.ts";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

export const BUILDS: readonly Feature<Podman>[] = [
  {
    name: "build: each RUN is a container",
    isQuick: true,
    run: (podman) => buildSteps(podman, /RUN exit 7.*exit status 7/),
  },
];
