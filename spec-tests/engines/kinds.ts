// The engines there are: one column of the table each.

import { BUILDAH } from "./buildah/kind.ts";
import { CONTAINERD, CONTAINERD_NEW } from "./containerd/kind.ts";
import { CRI, CRI_NEW } from "./cri/kind.ts";
import { DOCKER, DOCKER_NEW } from "./docker/kind.ts";
import type { EngineKind, Session } from "./feature.ts";
import { PODMAN, PODMAN_ROOTLESS } from "./podman/kind.ts";

export type AnyKind = EngineKind<Session>;

export const KINDS: readonly AnyKind[] = [
  DOCKER,
  CONTAINERD,
  CRI,
  PODMAN,
  PODMAN_ROOTLESS,
  BUILDAH,
  DOCKER_NEW,
  CONTAINERD_NEW,
  CRI_NEW,
];
