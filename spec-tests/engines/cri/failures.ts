// What kubelet is told when a container does not start: the runtime's one line; and nothing is left.

import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Feature } from "../feature.ts";
import { tracesOf } from "../leftovers.ts";
import type { Container, Cri } from "./session.ts";

interface Failure {
  readonly what: string;
  readonly message: RegExp;
  readonly container: Container;
}

const FAILURES: readonly Failure[] = [
  {
    what: "a missing command",
    container: { command: ["no-such-program"] },
    message: /exec: "no-such-program": executable file not found in \$PATH/,
  },
  {
    what: "a missing file",
    container: { command: ["/no/such/program"] },
    message: /\/no\/such\/program.*no such file or directory/,
  },
  {
    what: "a file that can't be executed",
    container: { command: ["/etc/not-executable"] },
    message: /\/etc\/not-executable.*permission denied/,
  },
  {
    what: "a file as the working directory",
    container: { workingDir: "/etc/passwd" },
    message: /\/etc\/passwd.*not a directory/,
  },
  {
    what: "a file over a directory",
    container: { mounts: [{ containerPath: "/tmp", hostPath: "FILE" }] },
    message: /\/tmp.*not a directory/,
  },
  {
    what: "a CPU that is not there",
    container: { linux: { resources: { cpusetCpus: "999" } } },
    message: /cpuset/,
  },
];

export const FAILURE_FEATURES: readonly Feature<Cri>[] = [
  {
    name: "failures: the reason, the exit code, nothing left",
    isQuick: true,
    run: async (cri) => {
      const file = join(cri.directory("files"), "file");
      writeFileSync(file, "");
      const pod = await cri.pod();
      for (const { what, message, container } of FAILURES) {
        const mounts = (container.mounts ?? []).map((mount) => ({ ...mount, hostPath: file }));
        const id = await cri.create(pod, { command: ["true"], ...container, mounts });
        const start = cri.call("StartContainer", { containerId: id });
        // One line, ours the end of it.
        await assert.rejects(start, (error: Error) => {
          assert.match(error.message, message, what);
          assert.doesNotMatch(error.message.trimEnd(), /\n/, what);
          return true;
        });
        const { state, reason, exitCode, message: told } = await cri.status(id);
        assert.deepEqual([state, reason, exitCode], ["CONTAINER_EXITED", "StartError", 128], what);
        assert.match(told, message, what);
        await cri.call("RemoveContainer", { containerId: id });
        assert.deepEqual(await tracesOf(id, cri.engine.states), [], what);
      }
      assert.equal(await cri.sh(pod, "echo unharmed"), "unharmed");
    },
  },
  {
    name: "failures: a pod that does not start",
    isQuick: true,
    run: async (cri) => {
      const sysctls = { "net.ipv4.ip_default_ttl": "many" };
      const config = cri.podConfig({ linux: { sysctls } });
      const pod = cri.call("RunPodSandbox", { config });
      await assert.rejects(pod, /ip_default_ttl.*invalid argument/);
      const filter = { labelSelector: { feature: cri.prefix } };
      assert.deepEqual((await cri.call("ListPodSandbox", { filter })).items, []);
      assert.deepEqual(await tracesOf(config.metadata.name, cri.engine.states), []);
    },
  },
  {
    name: "failures: a start in too little memory",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const resources = { memoryLimitInBytes: 64 << 10, memorySwapLimitInBytes: 64 << 10 };
      const id = await cri.create(pod, { command: ["true"], linux: { resources } });
      await assert.rejects(cri.call("StartContainer", { containerId: id }), /memory limit/);
      await cri.call("RemoveContainer", { containerId: id });
      assert.deepEqual(await tracesOf(id, cri.engine.states), []);
    },
  },
];
