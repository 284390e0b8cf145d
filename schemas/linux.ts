// Schema of `linux`, without its resources and seccomp.
// Spec: config-linux.md

import Type from "typebox";
import {
  DEVICE_TYPES,
  MEMORY_POLICY_FLAGS,
  MEMORY_POLICY_MODES,
  NAMESPACE_TYPES,
  PERSONALITY_DOMAINS,
  PERSONALITY_FLAGS,
  ROOTFS_PROPAGATIONS,
} from "./names.ts";
import { Resources } from "./resources.ts";
import { flag, id, int64, integer, text, textMap, texts, uint32 } from "./scalars.ts";
import { Seccomp } from "./seccomp.ts";

export const Namespace = Type.Object({
  type: Type.Enum([...NAMESPACE_TYPES]),
  path: Type.Optional(text),
});

/** The kernel refuses an empty range. */
export const IdMapping = Type.Object({
  containerID: id,
  hostID: id,
  size: integer(1, 2 ** 32 - 1),
});
export const idMappings = Type.Optional(Type.Array(IdMapping));

export const TimeOffset = Type.Object({
  secs: Type.Optional(int64),
  nanosecs: Type.Optional(integer(0, 999_999_999)),
});

export const Device = Type.Object({
  type: Type.Enum([...DEVICE_TYPES]),
  path: text,
  major: Type.Optional(int64),
  minor: Type.Optional(int64),
  fileMode: Type.Optional(uint32),
  uid: Type.Optional(id),
  gid: Type.Optional(id),
});

export const NetDevice = Type.Object({ name: Type.Optional(text) });

export const IntelRdt = Type.Object({
  closID: Type.Optional(text),
  schemata: Type.Optional(texts),
  l3CacheSchema: Type.Optional(text),
  memBwSchema: Type.Optional(text),
  enableMonitoring: Type.Optional(flag),
});

export const MemoryPolicy = Type.Object({
  mode: Type.Enum([...MEMORY_POLICY_MODES]),
  nodes: Type.Optional(text),
  flags: Type.Optional(Type.Array(Type.Enum([...MEMORY_POLICY_FLAGS]))),
});

export const Personality = Type.Object({
  domain: Type.Enum([...PERSONALITY_DOMAINS]),
  flags: Type.Optional(Type.Array(Type.Enum([...PERSONALITY_FLAGS]))),
});

export const Linux = Type.Object({
  namespaces: Type.Optional(Type.Array(Namespace)),
  uidMappings: idMappings,
  gidMappings: idMappings,
  timeOffsets: Type.Optional(Type.Record(Type.String(), TimeOffset)),
  devices: Type.Optional(Type.Array(Device)),
  netDevices: Type.Optional(Type.Record(Type.String(), NetDevice)),
  cgroupsPath: Type.Optional(text),
  resources: Type.Optional(Resources),
  intelRdt: Type.Optional(IntelRdt),
  memoryPolicy: Type.Optional(MemoryPolicy),
  sysctl: Type.Optional(textMap),
  seccomp: Type.Optional(Seccomp),
  rootfsPropagation: Type.Optional(Type.Enum([...ROOTFS_PROPAGATIONS])),
  maskedPaths: Type.Optional(texts),
  readonlyPaths: Type.Optional(texts),
  mountLabel: Type.Optional(text),
  personality: Type.Optional(Personality),
});
