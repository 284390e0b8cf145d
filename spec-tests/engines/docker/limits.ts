// Resources: that a limit limits, not only that it is written somewhere.

import * as assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";

/** Shell text that prints a container's own file: v1's, else v2's. */
export function cgroupFile(v1: string, v2: string): string {
  return `{ cat /sys/fs/cgroup/${v1} 2>/dev/null || cat /sys/fs/cgroup/${v2}; }`;
}

const MEMORY = cgroupFile("memory/memory.limit_in_bytes", "memory.max");
const QUOTA = cgroupFile("cpu/cpu.cfs_quota_us", "cpu.max");
const PIDS = cgroupFile("pids/pids.max", "pids.max");
const CPU_STAT = cgroupFile("cpu/cpu.stat", "cpu.stat");
const IO_WEIGHT =
  "cd /sys/fs/cgroup; for f in blkio/blkio.weight blkio/blkio.bfq.weight io.weight io.bfq.weight; do [ ! -f $f ] || head -n 1 $f; done";
/** Two lines on v1; on v2 one, and a word for it. */
const THROTTLES =
  "cd /sys/fs/cgroup; if [ -f io.max ]; then cat io.max; echo; echo v2; else cd blkio; cat blkio.throttle.read_bps_device blkio.throttle.write_iops_device; fi";

export const LIMITS_FEATURES: readonly Feature<CommandLine>[] = [
  {
    name: "-m: a real OOM kill",
    isQuick: true,
    run: async (docker) => {
      const flags = ["--memory", "32m", "--memory-swap", "32m"];
      // The engine hears of it by an event of its own, which on a busy machine comes after the end, and too late.
      for (let tries = 1; ; tries++) {
        const argv = [...flags, "busybox", "tail", "/dev/zero"];
        const name = await docker.background(`eats${tries}`, argv);
        assert.equal(await docker.ok("wait", name), "137");
        const isTold = (await docker.inspect(name, "{{.State.OOMKilled}}")) === "true";
        if (isTold) return;
        assert.ok(tries < 5, "not once was OOMKilled true");
      }
    },
  },
  {
    name: "--cpus: real throttling",
    isQuick: true,
    run: async (docker) => {
      // On a busy machine it takes a while until there is more than its share to take away.
      const script = `( while :; do :; done ) & until ${CPU_STAT} | grep 'nr_throttled [1-9]'; do sleep 0.1; done; kill $!`;
      const output = await docker.sh(["--cpus", "0.2"], script);
      assert.match(output, /^nr_throttled [1-9]/m);
    },
  },
  {
    name: "--pids-limit: a real refusal",
    isQuick: true,
    run: async (docker) => {
      const script = "for i in 1 2 3 4 5 6 7 8 9; do sleep 5 & done";
      const { stderr } = await docker.run([
        ...["run", "--rm", "--pids-limit", "5", "busybox", "sh", "-c", script],
      ]);
      assert.match(stderr, /can't fork|Resource temporarily unavailable/);
    },
  },
  {
    name: "--cpuset-cpus, --cpu-shares, --memory-reservation",
    run: async (docker) => {
      const flags = ["--cpuset-cpus", "0", "--cpu-shares", "512", "--memory-reservation", "16m"];
      const script = "grep Cpus_allowed_list /proc/self/status; nproc";
      assert.equal(await docker.sh(flags, script), "Cpus_allowed_list:\t0\n1");
    },
  },
  {
    name: "--blkio-weight",
    run: async (docker) => {
      const argv = ["run", "--rm", "--blkio-weight", "300", "busybox", "sh", "-c", IO_WEIGHT];
      const { stdout, stderr } = await docker.run(argv);
      // Docker then leaves it out, before any runtime hears of it.
      if (/does not support Block I\/O weight/.test(stderr)) throw new Error(stderr);
      // v2's own file has another scale.
      assert.match(stdout, /^((default )?(300|2930)\n)+$/, stderr);
    },
  },
  {
    name: "--device-read-bps, --device-write-iops",
    run: async (docker) => {
      const disk = readdirSync("/sys/block").find((name) => existsSync(`/dev/${name}`));
      if (disk === undefined) throw new Error("no block device");
      const number = readFileSync(`/sys/block/${disk}/dev`, "utf8").trim();
      const flags = [
        ...["--device-read-bps", `/dev/${disk}:1mb`],
        ...["--device-write-iops", `/dev/${disk}:100`],
      ];
      const [read, write, both] = (await docker.sh(flags, THROTTLES)).split("\n");
      if (both === "v2") assert.equal(read, `${number} rbps=1048576 wbps=max riops=max wiops=100`);
      else assert.deepEqual([read, write], [`${number} 1048576`, `${number} 100`]);
    },
  },
  {
    name: "--ulimit",
    isQuick: true,
    run: async (docker) => {
      const script = "ulimit -Sn; ulimit -Hn; ulimit -Sc";
      const output = await docker.sh(["--ulimit", "nofile=100:200", "--ulimit", "core=0"], script);
      assert.equal(output, "100\n200\n0");
    },
  },
  {
    name: "--ulimit: a raised one",
    run: async (docker) => {
      const output = await docker.sh(["--ulimit", "memlock=-1:-1"], "ulimit -l");
      assert.equal(output, "unlimited");
    },
  },
  {
    name: "--shm-size, --tmpfs",
    isQuick: true,
    run: async (docker) => {
      const flags = ["--shm-size", "32m", "--tmpfs", "/small:size=1m,mode=1700,noexec"];
      const script = "df -k /dev/shm /small | awk 'NR > 1 { print $2 }'; stat -c %a /small";
      assert.equal(await docker.sh(flags, script), "32768\n1024\n1700");
    },
  },
  {
    name: "update: memory, cpus, pids",
    isQuick: true,
    run: async (docker) => {
      const name = await docker.idle("idle", ["--memory", "64m", "--memory-swap", "64m"]);
      const file = (text: string) => docker.ok("exec", name, "sh", "-c", text);
      const limits = ["--memory", "96m", "--memory-swap", "128m"];
      await docker.ok("update", ...limits, name);
      await docker.ok("update", "--cpus", "0.5", name);
      await docker.ok("update", "--pids-limit", "33", name);
      assert.equal(await file(MEMORY), String(96 << 20));
      assert.match(await file(QUOTA), /^50000/);
      assert.equal(await file(PIDS), "33");
    },
  },
  {
    name: "--oom-score-adj",
    run: async (docker) => {
      assert.equal(
        await docker.sh(["--oom-score-adj", "500"], "cat /proc/self/oom_score_adj"),
        "500",
      );
    },
  },
];
