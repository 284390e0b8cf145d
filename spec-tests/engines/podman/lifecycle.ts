// What is done to a container of podman's from outside, and what is told about it.

import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run, until } from "../command.ts";
import { says } from "../docker/lifecycle.ts";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

export const LIFECYCLE: readonly Feature<Podman>[] = [
  {
    name: "rename, wait, top, stats",
    isQuick: true,
    run: async (podman) => {
      const first = await podman.idle("first");
      const name = podman.name("second");
      await podman.ok("rename", first, name);
      assert.match(await podman.ok("top", name), /sleep 1000/);
      const format = ["--no-stream", "--format", "{{.MemUsage}} {{.PIDs}}"];
      assert.match(await podman.ok("stats", ...format, name), /[1-9.]+[kM]B \/ .*B [1-9]\d*$/);
      const waiting = podman.ok("wait", name);
      await podman.ok("kill", "--signal", "KILL", name);
      assert.equal(await waiting, "137");
    },
  },
  {
    name: "events",
    run: async (podman) => {
      const name = podman.name("short");
      const since = String(Math.floor(Date.now() / 1000) - 1);
      await podman.run(["run", "--rm", "--name", name, "busybox", "sh", "-c", "exit 4"]);
      const filter = ["--stream=false", "--since", since, "--filter", `container=${name}`];
      const format = ["--format", "{{.Status}} {{.ContainerExitCode}}"];
      const events = await until("the last of them", async () => {
        const output = await podman.ok("events", ...filter, ...format);
        return output.includes("remove") ? output.split("\n") : null;
      });
      const words = events.map((line) => line.replace(/ 0$/, ""));
      assert.deepEqual(words, ["create", "init", "start", "attach", "died 4", "remove"]);
    },
  },
  {
    name: "health checks",
    isQuick: true,
    run: async (podman) => {
      const flags = ["--health-cmd", "test -e /tmp/well", "--health-interval", "disable"];
      const name = await podman.idle("idle", [...flags, "--health-retries", "1"]);
      // Without systemd nobody else does it.
      assert.equal((await podman.run(["healthcheck", "run", name])).code, 1);
      assert.equal(await podman.inspect(name, "{{.State.Health.Status}}"), "unhealthy");
      await podman.ok("exec", name, "touch", "/tmp/well");
      assert.equal((await podman.run(["healthcheck", "run", name])).code, 0);
      assert.equal(await podman.inspect(name, "{{.State.Health.Status}}"), "healthy");
    },
  },
  {
    name: "init, start, mount, unmount",
    isQuick: true,
    run: async (podman) => {
      const name = podman.name("made");
      await podman.ok("create", "--name", name, "busybox", "sh", "-c", "cat /note; sleep 1000");
      await podman.ok("init", name);
      assert.equal(await podman.inspect(name, "{{.State.Status}}"), "initialized");
      const root = await podman.ok("mount", name);
      await run(["sh", "-c", `echo from outside >${join(root, "note")}`]);
      await podman.ok("unmount", name);
      await podman.ok("start", name);
      await says(podman, name, "from outside");
      await podman.ok("kill", name);
    },
  },
  {
    name: "the runtime's own commands on podman's containers",
    isQuick: true,
    run: async (podman) => {
      const name = await podman.idle("idle");
      const id = await podman.inspect(name, "{{.Id}}");
      const { path } = podman.engine.place.runtime;
      const { stdout } = await run([path, "state", id]);
      const state = JSON.parse(stdout);
      assert.deepEqual([state.id, state.status], [id, "running"]);
      assert.equal(state.pid, Number(await podman.inspect(name, "{{.State.Pid}}")));
      await podman.ok("pause", name);
      assert.match((await run([path, "list"])).stdout, new RegExp(`${id} .*paused`));
      await podman.ok("unpause", name);
    },
  },
  {
    name: "what conmon leaves of an exec and of an end",
    run: async (podman) => {
      const name = await podman.idle("idle");
      const pidFile = await podman.inspect(name, "{{.PidFile}}");
      const pid = await podman.inspect(name, "{{.State.Pid}}");
      assert.equal(readFileSync(pidFile, "utf8").trim(), pid);
      assert.equal((await podman.run(["exec", name, "sh", "-c", "exit 3"])).code, 3);
      const execs = await podman.inspect(name, "{{len .ExecIDs}}");
      assert.equal(execs, "0");
    },
  },
];
