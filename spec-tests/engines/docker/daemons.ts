// What is about dockerd itself: live restore, and other ways to run it, beside the one that all other features use.

import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ok, until } from "../command.ts";
import type { Feature } from "../feature.ts";
import { type Docker, Dockerd, type DockerdOptions } from "./engine.ts";
import { says } from "./lifecycle.ts";

/** The first one has docker0, which `--bridge none` would remove, and the rules. */
const BRIDGE = "beside0";
const BESIDE = ["--bridge", BRIDGE, "--iptables=false", "--ip6tables=false"];

export const DAEMONS: readonly Feature<Docker>[] = [
  {
    name: "the engine restarts, containers run on",
    isQuick: true,
    isAlone: true,
    run: async (docker) => {
      const { daemon } = docker.engine;
      const script = "i=0; while :; do i=$((i + 1)); echo line $i; sleep 0.2; done";
      const name = await docker.background("talks", ["--init", "busybox", "sh", "-c", script]);
      const state = "{{.State.Status}} {{.State.Pid}}";
      const before = await docker.inspect(name, state);
      for (const [signal, line] of [
        ["SIGTERM", "line 1"],
        ["SIGKILL", "line 5"],
      ] as const) {
        await says(docker, name, line);
        await daemon.kill(signal);
        await daemon.start();
        assert.equal(await docker.inspect(name, state), before);
        assert.equal(await docker.ok("exec", name, "echo", "still"), "still");
      }
      const lines = (await docker.ok("logs", name)).split("\n");
      await says(docker, name, `line ${lines.length + 3}`);
      await docker.ok("stop", name);
    },
  },
  {
    name: "--userns-remap",
    isQuick: true,
    isAlone: true,
    run: (docker) =>
      withDockerd(
        docker,
        { name: "remapped", args: [...BESIDE, "--userns-remap", "default"] },
        async (remapped) => {
          const [, outside] = /^dockremap:(\d+):/m.exec(readFileSync("/etc/subuid", "utf8"))!;
          const flags = ["--network", "none"];
          const map = await remapped.sh(flags, "tr -s ' ' </proc/self/uid_map");
          assert.match(map, new RegExp(`^ 0 ${outside} `));
          const script =
            "touch /made && stat -c '%u %g' /made /etc/passwd && mount -t tmpfs none /tmp 2>&1";
          const { stdout } = await remapped.run([
            "run",
            "--rm",
            ...flags,
            "busybox",
            "sh",
            "-c",
            script,
          ]);
          assert.match(stdout, /^0 0\n0 0\n.*(permission denied|not permitted)/i);
          const name = await remapped.idle("idle", flags);
          assert.equal(await remapped.ok("exec", name, "id", "-u"), "0");
        },
      ),
  },
  {
    name: "swarm: a service, its scale, a rolling update",
    isAlone: true,
    timeoutMs: 300_000,
    run: (docker) =>
      withDockerd(docker, { name: "swarm", args: BESIDE, isLiveRestore: false }, async (node) => {
        await node.ok(
          "swarm",
          "init",
          "--advertise-addr",
          "127.0.0.1",
          "--listen-addr",
          "127.0.0.1",
        );
        const service = node.name("sleepers");
        const create = ["--detach", "--name", service, "--network", "host", "--replicas", "2"];
        await node.ok("service", "create", ...create, "busybox", "sleep", "1000");
        const running = (count: number, what: string) =>
          until(`${count} with ${what}`, async () => {
            const filter = ["--filter", `label=com.docker.swarm.service.name=${service}`];
            const ids = (await node.ok("ps", "--quiet", ...filter)).split("\n").filter(Boolean);
            const commands = await Promise.all(
              ids.map((id) => node.inspect(id, "{{.Config.Cmd}}")),
            );
            return commands.filter((command) => command === what).length === count ? true : null;
          });
        await running(2, "[sleep 1000]");
        await node.ok("service", "scale", "--detach", `${service}=3`);
        await running(3, "[sleep 1000]");
        const update = [
          "--detach",
          "--update-parallelism",
          "1",
          "--update-delay",
          "1s",
          "--stop-grace-period",
          "0s",
        ];
        await node.ok("service", "update", ...update, "--args", "sleep 2000", service);
        await running(3, "[sleep 2000]");
        await node.ok("service", "rm", service);
        await running(0, "[sleep 2000]");
        await node.ok("swarm", "leave", "--force");
      }),
  },
  {
    name: "checkpoint and restore",
    isAlone: true,
    run: async (docker) => {
      const name = await docker.background("counts", ["busybox", "sleep", "1000"]);
      await docker.ok("checkpoint", "create", name, "one");
      await docker.ok("start", "--checkpoint", "one", name);
      assert.equal(await docker.inspect(name, "{{.State.Status}}"), "running");
    },
  },
];

async function withDockerd(
  docker: Docker,
  options: DockerdOptions,
  body: (docker: Docker) => Promise<void>,
): Promise<void> {
  await ok(["ip", "link", "add", BRIDGE, "type", "bridge"]);
  await ok(["ip", "address", "add", "10.99.0.1/24", "dev", BRIDGE]);
  await ok(["ip", "link", "set", BRIDGE, "up"]);
  const engine = new Dockerd(docker.engine.place, options);
  try {
    await engine.start(["busybox"]);
    const session = await engine.open("it");
    try {
      await body(session);
    } finally {
      await session.close();
    }
  } catch (error) {
    await engine.daemon.kill();
    await ok(["ip", "link", "delete", BRIDGE]);
    throw error;
  }
  assert.deepEqual(await engine.stop(), []);
  await ok(["ip", "link", "delete", BRIDGE]);
}
