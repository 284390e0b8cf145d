// buildah, Debian's, as a column of the table.

import { join } from "node:path";
import type { EngineKind } from "../feature.ts";
import { ENGINES } from "../images.ts";
import { BUILD_FEATURES } from "./build.ts";
import { type Buildah, Buildahs } from "./engine.ts";
import { RUN } from "./run.ts";

export const BUILDAH: EngineKind<Buildah> = {
  name: "buildah",
  set: "debian",
  packages: [
    ...["buildah", "netavark", "aardvark-dns"],
    ...["golang-github-containers-common", "golang-github-containers-image"],
  ],
  path: [join(ENGINES, "debian", "usr", "bin")],
  features: [...RUN, ...BUILD_FEATURES],
  start: async (place) => {
    const engine = new Buildahs(place);
    await engine.start(["busybox"]);
    return engine;
  },
};
