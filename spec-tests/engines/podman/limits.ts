// Resources under podman: that a limit limits, not only that it is written somewhere.

import * as assert from "node:assert/strict";
import { ok } from "../command.ts";
import { cgroupFile } from "../docker/limits.ts";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

const MEMORY = cgroupFile("memory/memory.limit_in_bytes", "memory.max");
const QUOTA = cgroupFile("cpu/cpu.cfs_quota_us", "cpu.max");
const SHARES = cgroupFile("cpu/cpu.shares", "cpu.weight");

export const LIMITS: readonly Feature<Podman>[] = [
  {
    name: "-m: a real OOM kill",
    isQuick: true,
    run: async (podman) => {
      const name = podman.name("eats");
      const flags = ["--memory", "32m", "--memory-swap", "32m"];
      // The victim is a child, so that conmon hears of it before the end.
      const script = "tail /dev/zero; sleep 0.5; exit 9";
      await podman.ok("create", "--name", name, ...flags, "busybox", "sh", "-c", script);
      // conmon 2.1.6 writes that there was one to where its caller is; podman reads it here.
      const cwd = await podman.inspect(name, "{{.StaticDir}}");
      await ok(podman.argv(["start", name]), { env: podman.engine.env, cwd });
      assert.equal(await podman.ok("wait", name), "9");
      assert.equal(await podman.inspect(name, "{{.State.OOMKilled}}"), "true");
    },
  },
  {
    name: "--ulimit",
    isQuick: true,
    run: async (podman) => {
      const flags = ["nofile=100:200", "nproc=300", "core=0"].flatMap((it) => ["--ulimit", it]);
      const script = "ulimit -Sn; ulimit -Hn; ulimit -Sc; grep processes /proc/self/limits";
      assert.match(await podman.sh(flags, script), /^100\n200\n0\nMax processes +300 +300 /);
    },
  },
  {
    name: "update: memory, cpus, shares",
    isQuick: true,
    run: async (podman) => {
      const name = await podman.idle("idle", ["--memory", "64m", "--memory-swap", "64m"]);
      const file = (text: string) => podman.ok("exec", name, "sh", "-c", text);
      await podman.ok("update", "--memory", "96m", "--memory-swap", "128m", name);
      assert.equal(await file(MEMORY), String(96 << 20));
      await podman.ok("update", "--cpus", "0.5", name);
      assert.match(await file(QUOTA), /^50000/);
      await podman.ok("update", "--cpu-shares", "512", name);
      assert.match(await file(SHARES), /^(512|20)$/);
      // What was not named stays.
      assert.equal(await file(MEMORY), String(96 << 20));
      assert.match(await file(QUOTA), /^50000/);
    },
  },
];
