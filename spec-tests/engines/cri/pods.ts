// Pods: their life, the namespaces that their containers share, their network.

import * as assert from "node:assert/strict";
import { readlinkSync } from "node:fs";
import { until } from "../command.ts";
import type { Feature } from "../feature.ts";
import { takeInventory, tracesOf } from "../leftovers.ts";
import type { NamespaceOptions } from "./messages.ts";
import type { Cri } from "./session.ts";

const namespace = (kind: string) => `readlink /proc/self/ns/${kind}`;
/** What an idle container runs, seen by another. */
const SEES = "ps -o args | grep -x 'sleep 1000'";

export const PODS_FEATURES: readonly Feature<Cri>[] = [
  {
    name: "pod: run, status, stop, remove",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod({ hostname: "podhost" });
      const ready = await cri.podStatus(pod);
      assert.equal(ready.state, "SANDBOX_READY");
      assert.match(ready.network!.ip, /^10\.88\./);
      const id = await cri.idle(pod);
      assert.equal(await cri.exec(id, "hostname"), "podhost");
      await cri.call("StopPodSandbox", { podSandboxId: pod.id });
      assert.equal((await cri.podStatus(pod)).state, "SANDBOX_NOTREADY");
      assert.equal((await cri.status(id)).state, "CONTAINER_EXITED");
      await cri.engine.remove(pod.id);
      // For who asks twice.
      await cri.call("RemovePodSandbox", { podSandboxId: pod.id });
      await assert.rejects(cri.podStatus(pod), /not found/);
      assert.deepEqual(await tracesOf(pod.id, cri.engine.states), []);
      assert.deepEqual(await tracesOf(id, cri.engine.states), []);
    },
  },
  {
    name: "pod: the handler trunc",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod({ runtimeHandler: "trunc" });
      assert.equal((await cri.podStatus(pod)).runtimeHandler, "trunc");
      assert.equal(await cri.sh(pod, "echo hello"), "hello");
      await assert.rejects(cri.pod({ runtimeHandler: "none-such" }), /none-such/);
    },
  },
  {
    name: "pod: namespaces shared and apart",
    isQuick: true,
    run: async (cri) => {
      const shared = await cri.pod();
      const [first, second] = [await cri.idle(shared), await cri.idle(shared)];
      const of = (id: string, kind: string) => cri.exec(id, "readlink", `/proc/self/ns/${kind}`);
      for (const kind of ["net", "ipc", "uts"]) {
        assert.equal(await of(first, kind), await of(second, kind), kind);
        assert.notEqual(await of(first, kind), readlinkSync(`/proc/self/ns/${kind}`), kind);
      }
      assert.notEqual(await of(first, "mnt"), await of(second, "mnt"));
    },
  },
  {
    name: "pod: one pid namespace",
    isQuick: true,
    run: async (cri) => {
      const options: NamespaceOptions = { pid: "POD" };
      const linux = { securityContext: { namespaceOptions: options } };
      const pod = await cri.pod({ linux });
      const id = await cri.idle(pod, { linux });
      // pause is the first process, and the other container's are there to be seen.
      assert.match(await cri.exec(id, "cat", "/proc/1/cmdline"), /pause/);
      assert.equal(await cri.sh(pod, SEES, { linux }), "sleep 1000");
      const alone = { securityContext: { namespaceOptions: { pid: "CONTAINER" as const } } };
      assert.equal(await cri.sh(pod, "echo $$", { linux: alone }), "1");
      const target = { namespaceOptions: { pid: "TARGET" as const, targetId: id } };
      assert.equal(await cri.secured(pod, SEES, target), "sleep 1000");
    },
  },
  {
    name: "pod: the pid namespace of a container",
    run: async (cri) => {
      const apart = { namespaceOptions: { pid: "CONTAINER" as const } };
      const pod = await cri.pod({ linux: { securityContext: apart } });
      const id = await cri.idle(pod, { linux: { securityContext: apart } });
      const target = { namespaceOptions: { pid: "TARGET" as const, targetId: id } };
      assert.equal(await cri.secured(pod, "tr '\\0' ' ' </proc/1/cmdline", target), "sleep 1000 ");
    },
  },
  {
    name: "pod: the host's namespaces",
    isQuick: true,
    run: async (cri) => {
      const options: NamespaceOptions = { network: "NODE", pid: "NODE", ipc: "NODE" };
      const linux = { securityContext: { namespaceOptions: options } };
      const pod = await cri.pod({ linux });
      for (const kind of ["net", "pid", "ipc"])
        assert.equal(
          await cri.sh(pod, namespace(kind), { linux }),
          readlinkSync(`/proc/self/ns/${kind}`),
        );
      // Without a pid namespace to end with, all are killed one by one.
      const id = await cri.start(pod, { command: ["sh", "-c", "sleep 1234 & sleep 1235"], linux });
      await cri.call("StopContainer", { containerId: id, timeout: 0 });
      assert.equal((await cri.ended(id)).exitCode, 137);
      const isLeft = () =>
        [...takeInventory().processes.values()].some((what) => /^sleep 123[45]/.test(what));
      await until("all to be gone", () => (isLeft() ? null : true));
    },
  },
  {
    name: "pod: network by CNI",
    isQuick: true,
    run: async (cri) => {
      const pods = await Promise.all([cri.pod(), cri.pod()]);
      const [server, client] = pods;
      const { network } = await cri.podStatus(server);
      const script = "while :; do echo served | nc -l -p 80; done";
      await cri.start(server, { command: ["sh", "-c", script] });
      const ask = `until nc ${network!.ip} 80 </dev/null 2>/dev/null; do sleep 0.1; done`;
      assert.equal(await cri.sh(client, ask), "served");
      assert.equal(await cri.sh(server, "until nc 127.0.0.1 80; do sleep 0.1; done"), "served");
      assert.match(await cri.sh(server, "ip address show eth0"), new RegExp(network!.ip));
    },
  },
  {
    name: "pod: sysctls, DNS, /dev/shm",
    run: async (cri) => {
      const dnsConfig = { servers: ["10.0.0.10"], searches: ["pods.local"], options: ["ndots:2"] };
      const sysctls = { "net.ipv4.ip_default_ttl": "77", "kernel.shm_rmid_forced": "1" };
      const pod = await cri.pod({ dnsConfig, linux: { sysctls } });
      const files = "/proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/shm_rmid_forced";
      assert.equal(await cri.sh(pod, `cat ${files}`), "77\n1");
      const resolv = await cri.sh(pod, "cat /etc/resolv.conf");
      assert.equal(resolv, "search pods.local\nnameserver 10.0.0.10\noptions ndots:2");
      const id = await cri.idle(pod);
      await cri.exec(id, "sh", "-c", "echo kept >/dev/shm/file");
      assert.equal(await cri.sh(pod, "cat /dev/shm/file"), "kept");
    },
  },
];
