// What podman does for an ordinary user: ids of his own, no cgroups of his own on v1, a network by slirp4netns.

import * as assert from "node:assert/strict";
import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok, until } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";
import { kubeYaml } from "./pods.ts";
import { SUBIDS, UID } from "./rootless.ts";

const MAPS = "cat /proc/self/uid_map | tr -s ' '";
const NAMESPACES = "for n in user net ipc uts; do readlink /proc/self/ns/$n; done";

export const ROOTLESS: readonly Feature<Podman>[] = [
  {
    name: "run: root of the container is the user",
    isQuick: true,
    run: async (podman) => {
      const name = await podman.idle("idle");
      const map = await podman.ok("exec", name, "sh", "-c", MAPS);
      assert.equal(map, ` 0 ${UID} 1\n 1 ${SUBIDS} 65536`);
      const pid = await podman.inspect(name, "{{.State.Pid}}");
      assert.match(readFileSync(`/proc/${pid}/status`, "utf8"), new RegExp(`^Uid:\t${UID}\t`, "m"));
      const worker = await podman.idle("worker", ["--user", "worker"]);
      const other = await podman.inspect(worker, "{{.State.Pid}}");
      const status = readFileSync(`/proc/${other}/status`, "utf8");
      assert.match(status, new RegExp(`^Uid:\t${SUBIDS + 999}\t`, "m"));
    },
  },
  {
    name: "--userns keep-id",
    isQuick: true,
    run: async (podman) => {
      const directory = podman.directory("bind");
      const flags = ["--userns", "keep-id", "--volume", `${directory}:/data`];
      const script = ": >/data/made; id -u; id -g; cat /data/made; stat -c %u /data /etc/passwd";
      assert.equal(await podman.sh(flags, script), `${UID}\n${UID}\n${UID}\n0`);
      assert.equal(statSync(join(directory, "made")).uid, UID);
      const name = await podman.idle("idle", ["--userns", "keep-id"]);
      assert.equal(await podman.ok("exec", name, "id", "-u"), String(UID));
      assert.equal(await podman.ok("exec", "--user", "0", name, "id", "-u"), "0");
    },
  },
  {
    name: "--userns nomap",
    run: async (podman) => {
      assert.equal(await hostMap(podman, ["--userns", "nomap"]), ` 0 ${SUBIDS} 65536`);
    },
  },
  {
    name: "--uidmap, --gidmap",
    run: async (podman) => {
      const flags = ["--uidmap", "0:1:5000", "--gidmap", "0:1:5000"];
      assert.equal(await hostMap(podman, flags), ` 0 ${SUBIDS} 5000`);
    },
  },
  {
    name: "volumes: binds, read-only, of a file, nested",
    isQuick: true,
    run: async (podman) => {
      const directory = podman.directory("bind");
      mkdirSync(join(directory, "inner"));
      chownSync(join(directory, "inner"), UID, UID);
      writeFileSync(join(directory, "file"), "text\n");
      const flags = [
        ...["--volume", `${directory}:/outer:ro`, "--volume", `${directory}/inner:/outer/inner`],
        ...["--volume", `${directory}/file:/single:ro`],
      ];
      const script = `cat /single /outer/file; echo x >/outer/inner/made
        ( : >/outer/new ) 2>/dev/null || echo refused; ( : >/single ) 2>/dev/null || echo refused`;
      assert.equal(await podman.sh(flags, script), "text\ntext\nrefused\nrefused");
      assert.equal(statSync(join(directory, "inner", "made")).uid, UID);
    },
  },
  {
    name: "volumes: :U, given to the container's user",
    run: async (podman) => {
      const directory = podman.directory("given");
      const flags = ["--volume", `${directory}:/data:U`, "--user", "1000:1000"];
      await podman.sh(flags, ": >/data/made");
      assert.equal(statSync(join(directory, "made")).uid, SUBIDS + 999);
    },
  },
  {
    name: "--device: bound from the host",
    run: async (podman) => {
      const script = "head -c 4 /dev/mine | wc -c; ls -l /dev/mine | cut -c 1";
      assert.equal(await podman.sh(["--device", "/dev/zero:/dev/mine"], script), "4\nc");
    },
  },
  {
    name: "pods: shared namespaces, stop, start, kill",
    isQuick: true,
    timeoutMs: 300_000,
    run: async (podman) => {
      const pod = podman.name("pod");
      await podman.ok("pod", "create", "--name", pod);
      const names = await Promise.all(
        ["one", "two"].map((word) => podman.idle(word, ["--pod", pod])),
      );
      const [one, two] = await Promise.all(
        names.map((name) => podman.ok("exec", name, "sh", "-c", NAMESPACES)),
      );
      assert.equal(one, two);
      for (const [verb, want] of [
        ["stop", "Exited"],
        ["start", "Running"],
        ["kill", "Exited"],
      ] as const) {
        await podman.ok("pod", verb, ...(verb === "stop" ? ["--time", "1"] : []), pod);
        await until(`${pod} to be ${want} after ${verb}`, async () =>
          (await podman.ok("pod", "inspect", "--format", "{{.State}}", pod)) === want ? true : null,
        );
      }
    },
  },
  {
    name: "pods: kube play",
    timeoutMs: 300_000,
    run: async (podman) => {
      const pod = podman.name("played");
      const directory = podman.directory("kube");
      writeFileSync(join(directory, "file"), "from the host\n");
      const file = join(directory, "pod.yaml");
      writeFileSync(file, kubeYaml(pod, directory).replace(/^.*limits:.*\n/m, ""));
      await podman.ok("kube", "play", file);
      await until("both to say it", async () => {
        const { stdout } = await podman.run(["logs", `${pod}-client`]);
        return stdout === "played\nfrom the host\n" ? true : null;
      });
      await podman.ok("kube", "down", file);
    },
  },
  {
    name: "the runtime's own commands on podman's containers",
    isQuick: true,
    run: async (podman) => {
      const name = await podman.idle("idle");
      const id = await podman.inspect(name, "{{.Id}}");
      const { path } = podman.engine.place.runtime;
      const asUser = podman.argv([]).slice(0, podman.argv([]).indexOf("podman"));
      const state = JSON.parse(
        await ok([...asUser, path, "state", id], { env: podman.engine.env }),
      );
      assert.deepEqual([state.id, state.status], [id, "running"]);
    },
  },
];

/** The map of a container with these flags, as the host sees it. */
async function hostMap(podman: Podman, flags: readonly string[]): Promise<string> {
  const pid = await podman.inspect(await podman.idle("mapped", flags), "{{.State.Pid}}");
  return readFileSync(`/proc/${pid}/uid_map`, "utf8").trimEnd().replaceAll(/ +/g, " ");
}
