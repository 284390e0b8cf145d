// Schema of `linux.resources`; also that of the input of `update --resources`.
// Spec: config-linux.md#control-groups

import Type from "typebox";
import { DEVICE_RULE_TYPES } from "./names.ts";
import {
  anyDeviceNumber,
  flag,
  int64,
  integer,
  limit,
  text,
  textMap,
  uint16,
  uint32,
  uint64,
} from "./scalars.ts";

export const DeviceRule = Type.Object({
  allow: flag,
  type: Type.Optional(Type.Enum([...DEVICE_RULE_TYPES])),
  major: Type.Optional(anyDeviceNumber),
  minor: Type.Optional(anyDeviceNumber),
  access: Type.Optional(Type.String({ pattern: "^[rwm]*$" })),
});

export const Memory = Type.Object({
  limit: Type.Optional(limit),
  reservation: Type.Optional(limit),
  swap: Type.Optional(limit),
  kernel: Type.Optional(limit),
  kernelTCP: Type.Optional(limit),
  swappiness: Type.Optional(uint64),
  disableOOMKiller: Type.Optional(flag),
  useHierarchy: Type.Optional(flag),
  checkBeforeUpdate: Type.Optional(flag),
});

export const Cpu = Type.Object({
  shares: Type.Optional(uint64),
  quota: Type.Optional(int64),
  burst: Type.Optional(uint64),
  period: Type.Optional(uint64),
  realtimeRuntime: Type.Optional(int64),
  realtimePeriod: Type.Optional(uint64),
  cpus: Type.Optional(text),
  mems: Type.Optional(text),
  idle: Type.Optional(integer(0, 1)),
});

export const WeightDevice = Type.Object({
  major: uint32,
  minor: uint32,
  weight: Type.Optional(uint16),
  leafWeight: Type.Optional(uint16),
});

export const ThrottleDevice = Type.Object({ major: uint32, minor: uint32, rate: uint64 });
const throttles = Type.Optional(Type.Array(ThrottleDevice));

export const BlockIo = Type.Object({
  weight: Type.Optional(uint16),
  leafWeight: Type.Optional(uint16),
  weightDevice: Type.Optional(Type.Array(WeightDevice)),
  throttleReadBpsDevice: throttles,
  throttleWriteBpsDevice: throttles,
  throttleReadIOPSDevice: throttles,
  throttleWriteIOPSDevice: throttles,
});

export const HugepageLimit = Type.Object({
  pageSize: Type.String({ pattern: "^[1-9][0-9]*[KMG]B$" }),
  limit: uint64,
});

export const Network = Type.Object({
  classID: Type.Optional(uint32),
  priorities: Type.Optional(Type.Array(Type.Object({ name: text, priority: uint32 }))),
});

export const Rdma = Type.Object({
  hcaHandles: Type.Optional(uint32),
  hcaObjects: Type.Optional(uint32),
});

export const Resources = Type.Object({
  devices: Type.Optional(Type.Array(DeviceRule)),
  memory: Type.Optional(Memory),
  cpu: Type.Optional(Cpu),
  pids: Type.Optional(Type.Object({ limit: Type.Optional(int64) })),
  blockIO: Type.Optional(BlockIo),
  hugepageLimits: Type.Optional(Type.Array(HugepageLimit)),
  network: Type.Optional(Network),
  rdma: Type.Optional(Type.Record(Type.String(), Rdma)),
  unified: Type.Optional(textMap),
});
