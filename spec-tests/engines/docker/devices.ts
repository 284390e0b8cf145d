// Devices and what may be done with them.

import * as assert from "node:assert/strict";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";

/** A device that containers of Docker may not open by themselves, and that every kernel has: kmsg, 1:11. */
const DEVICE = "/dev/kmsg";

const READ = "( exec 3</dev/mine ) 2>/dev/null && printf r";
const WRITE = "( exec 3>/dev/mine ) 2>/dev/null && printf w";

export const DEVICES: readonly Feature<CommandLine>[] = [
  {
    name: "--device: its rwm bits",
    isQuick: true,
    run: async (docker) => {
      for (const bits of ["r", "w", "rw"]) {
        const flags = ["--cap-add", "SYSLOG", "--device", `${DEVICE}:/dev/mine:${bits}`];
        assert.equal(await docker.sh(flags, `${READ}; ${WRITE}; true`), bits);
      }
    },
  },
  {
    name: "--device-cgroup-rule",
    isQuick: true,
    run: async (docker) => {
      const flags = ["--cap-add", "SYSLOG"];
      const script = `mknod /dev/mine c 1 11; ${READ}; ${WRITE}; true`;
      assert.equal(await docker.sh(flags, script), "");
      assert.equal(await docker.sh([...flags, "--device-cgroup-rule", "c 1:11 r"], script), "r");
    },
  },
  {
    name: "/dev as it should be",
    isQuick: true,
    run: async (docker) => {
      // runc makes no link to /proc/kcore where that is not there.
      const names = await docker.sh([], "ls /dev | grep -v '^core$'");
      const want = "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero";
      assert.equal(names.split(/\s+/).join(" "), want);
    },
  },
];
