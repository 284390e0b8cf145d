// Resources: that a limit limits, that it can be changed, what is told of what is used.

import * as assert from "node:assert/strict";
import { until } from "../command.ts";
import { cgroupFile } from "../docker/limits.ts";
import type { Feature } from "../feature.ts";
import type { Resources } from "./messages.ts";
import type { Cri } from "./session.ts";

const MIB = 1 << 20;
const MEMORY = cgroupFile("memory/memory.limit_in_bytes", "memory.max");
const QUOTA = cgroupFile("cpu/cpu.cfs_quota_us", "cpu.max");
const CPUS = cgroupFile("cpuset/cpuset.cpus", "cpuset.cpus");
const CPU_STAT = cgroupFile("cpu/cpu.stat", "cpu.stat");

export const LIMITS_FEATURES: readonly Feature<Cri>[] = [
  {
    name: "limits: a real OOM kill, OOMKilled",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const resources = { memoryLimitInBytes: 32 * MIB, memorySwapLimitInBytes: 32 * MIB };
      const linux = { resources };
      const whole = await cri.start(pod, { command: ["tail", "/dev/zero"], linux });
      assert.equal((await cri.ended(whole)).exitCode, 137);
      // The engine hears of it by an event of its own: here the victim is a child, so that there is somebody to hear of.
      const command = ["sh", "-c", "tail /dev/zero; sleep 2; exit 9"];
      const id = await cri.start(pod, { command, linux });
      assert.equal((await cri.ended(id)).exitCode, 9);
      await until("the reason OOMKilled", async () =>
        (await cri.status(id)).reason === "OOMKilled" ? true : null,
      );
    },
  },
  {
    name: "limits: real throttling",
    isQuick: true,
    run: async (cri) => {
      // On a busy machine it takes a while until there is more than its share to take away.
      const script = `( while :; do :; done ) & until ${CPU_STAT} | grep 'nr_throttled [1-9]'; do sleep 0.1; done; kill $!`;
      const linux = { resources: { cpuPeriod: 100_000, cpuQuota: 20_000 } };
      assert.match(await cri.sh(await cri.pod(), script, { linux }), /^nr_throttled [1-9]/m);
    },
  },
  {
    name: "limits: CPUs, shares, OOM score",
    isQuick: true,
    run: async (cri) => {
      const resources = { cpusetCpus: "0", cpuShares: 512, oomScoreAdj: 500 };
      const shares = cgroupFile("cpu/cpu.shares", "cpu.weight");
      const script = `nproc; cat /proc/self/oom_score_adj; ${shares}`;
      const printed = await cri.sh(await cri.pod(), script, { linux: { resources } });
      // v2's weight is what runc makes of it, by one formula or another.
      assert.match(printed, /^1\n500\n(512|\d\d)$/);
    },
  },
  {
    name: "update: memory, CPU, CPUs",
    isQuick: true,
    run: async (cri) => {
      const resources = { memoryLimitInBytes: 64 * MIB, cpuPeriod: 100_000, cpuQuota: 20_000 };
      const id = await cri.idle(await cri.pod(), { linux: { resources } });
      const file = (text: string) => cri.exec(id, "sh", "-c", text);
      const update = (linux: Resources) =>
        cri.call("UpdateContainerResources", { containerId: id, linux });
      await update({ memoryLimitInBytes: 96 * MIB });
      await update({ cpuPeriod: 100_000, cpuQuota: 50_000 });
      await update({ cpusetCpus: "0" });
      assert.equal(await file(MEMORY), String(96 * MIB));
      assert.match(await file(QUOTA), /^50000/);
      assert.equal(await file(CPUS), "0");
      await assert.rejects(update({ cpusetCpus: "999" }), /cpuset/);
      assert.equal(await file(CPUS), "0");
    },
  },
  {
    name: "statistics: of a container, of a pod",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const script = "i=0; while [ $i -lt 50000 ]; do i=$((i + 1)); done; echo ready; sleep 1000";
      const id = await cri.start(pod, { command: ["sh", "-c", script] });
      await cri.says(id, "ready");
      const { stats } = await cri.call("ContainerStats", { containerId: id });
      assert.equal(stats.attributes.id, id);
      assert.ok(stats.cpu!.usageCoreNanoSeconds.value > 1e6);
      assert.ok(stats.memory!.workingSetBytes.value > 0);
      const filter = { podSandboxId: pod.id };
      const all = await cri.call("ListContainerStats", { filter });
      assert.deepEqual(
        all.stats.map(({ attributes }) => attributes.id),
        [id],
      );
      const [whole] = (await cri.call("ListPodSandboxStats", { filter: { id: pod.id } })).stats;
      assert.equal(whole!.attributes.id, pod.id);
      assert.deepEqual(
        whole!.linux!.containers.map(({ attributes }) => attributes.id),
        [id],
      );
      assert.ok(whole!.linux!.memory!.workingSetBytes.value > 0);
      assert.ok(whole!.linux!.process!.processCount.value >= 1);
    },
  },
];
