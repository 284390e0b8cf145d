// What tests ask of CRIU where they ask for nothing. For tests only.

import { CGROUP_MODES, type DumpWishes, type Wishes } from "./wishes.ts";

export const NO_WISHES: Wishes = {
  tcpEstablished: false,
  extUnixSk: false,
  shellJob: false,
  fileLocks: false,
  autoDedup: false,
  lazyPages: false,
  cgroupsMode: CGROUP_MODES.get("")!,
};

export const NO_DUMP_WISHES: DumpWishes = {
  ...NO_WISHES,
  leaveRunning: false,
  preDump: false,
  tcpSkipInFlight: false,
  linkRemap: false,
};
