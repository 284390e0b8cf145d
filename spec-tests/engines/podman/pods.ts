// Pods, and what makes them of files: kube play, systemd units.

import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

const NAMESPACES = "for n in net ipc uts; do readlink /proc/self/ns/$n; done";

/** Two containers that talk by 127.0.0.1; one reads a file in `directory`. */
export function kubeYaml(pod: string, directory: string): string {
  return `
apiVersion: v1
kind: Pod
metadata:
  name: ${pod}
spec:
  restartPolicy: Never
  containers:
    - name: server
      image: docker.io/library/busybox:latest
      imagePullPolicy: Never
      command: [sh, -c, "mkdir /tmp/www; echo played >/tmp/www/index.html; httpd -f -h /tmp/www"]
      resources: { limits: { memory: 64Mi } }
      securityContext: { capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] } }
    - name: client
      image: docker.io/library/busybox:latest
      imagePullPolicy: Never
      command: [sh, -c, "until wget -q -O - http://127.0.0.1/; do sleep 0.1; done; cat /data/file; sleep 1000"]
      volumeMounts: [{ name: data, mountPath: /data }]
  volumes:
    - name: data
      hostPath: { path: ${directory}, type: Directory }
`;
}

export const PODS: readonly Feature<Podman>[] = [
  {
    name: "pods: shared namespaces, stop, start, kill, pause",
    isQuick: true,
    timeoutMs: 300_000,
    run: async (podman) => {
      const pod = podman.name("pod");
      await podman.ok("pod", "create", "--name", pod, "--hostname", "together");
      const names = await Promise.all(
        ["one", "two"].map((word) => podman.idle(word, ["--pod", pod])),
      );
      const [one, two] = await Promise.all(
        names.map((name) => podman.ok("exec", name, "sh", "-c", `${NAMESPACES}; hostname`)),
      );
      assert.equal(one, two);
      assert.match(one!, /together$/);
      const state = () => podman.ok("pod", "inspect", "--format", "{{.State}}", pod);
      for (const [verb, want] of [
        ["pause", "Paused"],
        ["unpause", "Running"],
        ["stop", "Exited"],
        ["start", "Running"],
        ["kill", "Exited"],
      ] as const) {
        await podman.ok("pod", verb, ...(verb === "stop" ? ["--time", "1"] : []), pod);
        await until(`${pod} to be ${want} after ${verb}`, async () =>
          (await state()) === want ? true : null,
        );
      }
      await podman.ok("pod", "rm", "--force", pod);
    },
  },
  {
    name: "pods: kube play, kube generate",
    timeoutMs: 300_000,
    run: async (podman) => {
      const pod = podman.name("played");
      const directory = podman.directory("kube");
      writeFileSync(join(directory, "file"), "from the host\n");
      const file = join(directory, "pod.yaml");
      writeFileSync(file, kubeYaml(pod, directory));
      await podman.ok("kube", "play", file);
      await until("both to say it", async () => {
        const { stdout } = await podman.run(["logs", `${pod}-client`]);
        return stdout === "played\nfrom the host\n" ? true : null;
      });
      assert.match(await podman.ok("kube", "generate", pod), new RegExp(`name: ${pod}`));
      await podman.ok("kube", "down", file);
    },
  },
  {
    name: "generate systemd",
    run: async (podman) => {
      const name = await podman.idle("idle");
      const unit = await podman.ok("generate", "systemd", "--new", "--name", name);
      assert.match(unit, /^ExecStart=[^=]* run [^=]*--cidfile=/m);
      // As the unit does it: conmon's pid is the service's.
      const directory = podman.directory("unit");
      const flags = [
        "--conmon-pidfile",
        join(directory, "pid"),
        "--cidfile",
        join(directory, "id"),
      ];
      const argv = ["run", ...flags, "--cgroups", "no-conmon", "--rm", "--sdnotify", "conmon"];
      await podman.ok(
        ...argv,
        "--detach",
        "--name",
        podman.name("service"),
        "busybox",
        "sleep",
        "1000",
      );
      await podman.ok("stop", "--time", "1", "--cidfile", join(directory, "id"));
    },
  },
  {
    name: "checkpoint and restore",
    isAlone: true,
    run: async (podman) => {
      const name = await podman.background("counts", ["busybox", "sleep", "1000"]);
      await podman.ok("container", "checkpoint", name);
      await podman.ok("container", "restore", name);
      assert.equal(await podman.inspect(name, "{{.State.Status}}"), "running");
    },
  },
];
