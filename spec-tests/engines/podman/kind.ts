// podman, Debian's, as a column of the table.

import { join } from "node:path";
import type { EngineKind } from "../feature.ts";
import { ENGINES } from "../images.ts";
import { BUILDS } from "./build.ts";
import { type Podman, Podmans } from "./engine.ts";
import { FAILURE_FEATURES } from "./failures.ts";
import { HOOKS } from "./hooks.ts";
import { KILLS } from "./kills.ts";
import { LIFECYCLE } from "./lifecycle.ts";
import { LIMITS } from "./limits.ts";
import { MOUNTS } from "./mounts.ts";
import { NAMESPACES } from "./namespaces.ts";
import { NETWORK } from "./network.ts";
import { NOTIFY } from "./notify.ts";
import { PODS } from "./pods.ts";
import { rootless } from "./rootless.ts";
import { his } from "./rootless-shared.ts";
import { RUN } from "./run.ts";
import { SHARED } from "./shared.ts";

const UNPACKED = join(ENGINES, "debian", "usr");

/** Of podman's own, and what it runs; docker-registry is for pushing to. */
export const PACKAGES = [
  ...["podman", "conmon", "catatonit", "netavark", "aardvark-dns", "slirp4netns"],
  ...["golang-github-containers-common", "golang-github-containers-image", "docker-registry"],
];

export const PODMAN: EngineKind<Podman> = {
  name: "podman",
  set: "debian",
  packages: PACKAGES,
  path: [join(UNPACKED, "bin")],
  features: [
    ...SHARED,
    ...RUN,
    ...LIFECYCLE,
    ...LIMITS,
    ...MOUNTS,
    ...NAMESPACES,
    ...NETWORK,
    ...HOOKS,
    ...NOTIFY,
    ...PODS,
    ...BUILDS,
    ...FAILURE_FEATURES,
    ...KILLS,
  ],
  start: async (place) => {
    const engine = new Podmans(place);
    await engine.start(["busybox", "debian"]);
    return engine;
  },
};

/** Of an ordinary user. */
export const PODMAN_ROOTLESS: EngineKind<Podman> = {
  ...PODMAN,
  name: "podman-rootless",
  features: his(PODMAN.features),
  start: async (place) => {
    const engine = await rootless(place);
    await engine.start(["busybox", "debian"]);
    return engine;
  },
};
