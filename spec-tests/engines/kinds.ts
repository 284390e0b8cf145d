// The engines there are: one column of the table each.

import { CONTAINERD } from "./containerd/kind.ts";
import { DOCKER } from "./docker/kind.ts";
import type { EngineKind, Session } from "./feature.ts";

export type AnyKind = EngineKind<Session>;

export const KINDS: readonly AnyKind[] = [DOCKER, CONTAINERD];
