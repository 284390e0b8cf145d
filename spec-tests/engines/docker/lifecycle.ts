// What is done to a container from outside, and what is told about it.

import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { until } from "../command.ts";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";

/** Those that a program can catch and that do not stop it from being asked again. */
const SIGNALS = [
  ...["HUP", "INT", "QUIT", "USR1", "USR2", "PIPE", "ALRM", "TERM", "TSTP", "TTIN", "TTOU"],
  ...["URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS", "TRAP", "ABRT", "BUS"],
];

export const LIFECYCLE: readonly Feature<CommandLine>[] = [
  {
    name: "stop: SIGTERM, then SIGKILL",
    isQuick: true,
    run: async (docker) => {
      const polite = "trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done";
      const deaf = "trap '' TERM; echo ready; while :; do sleep 0.1; done";
      const first = await docker.background("polite", ["busybox", "sh", "-c", polite]);
      const second = await docker.background("deaf", ["busybox", "sh", "-c", deaf]);
      for (const name of [first, second]) await says(docker, name, "ready");
      await docker.ok("stop", first);
      await docker.ok("stop", "--time", "1", second);
      assert.equal(await docker.inspect(first, "{{.State.ExitCode}}"), "7");
      assert.equal(await docker.inspect(second, "{{.State.ExitCode}}"), "137");
    },
  },
  {
    name: "kill: each signal",
    isQuick: true,
    run: async (docker) => {
      const script = `for s in ${SIGNALS.join(" ")}; do trap "echo got $s" $s; done; echo ready; while :; do sleep 0.02; done`;
      const name = await docker.background("ears", ["busybox", "sh", "-c", script]);
      await says(docker, name, "ready");
      for (const signal of SIGNALS) {
        await docker.ok("kill", "--signal", signal, name);
        await says(docker, name, `got ${signal}`);
      }
      await docker.ok("kill", name);
      assert.equal(await docker.ok("wait", name), "137");
    },
  },
  {
    name: "pause and unpause",
    isQuick: true,
    run: async (docker) => {
      const name = await docker.idle("idle");
      await docker.ok("pause", name);
      assert.equal(await docker.inspect(name, "{{.State.Status}}"), "paused");
      assert.notEqual((await docker.run(["exec", name, "true"])).code, 0);
      await docker.ok("unpause", name);
      await docker.ok("exec", name, "true");
      await docker.ok("pause", name);
      await docker.ok("rm", "--force", name);
    },
  },
  {
    name: "restart policies",
    run: async (docker) => {
      const failing = ["--restart", "on-failure:2", "busybox", "false"];
      const name = await docker.background("fails", failing);
      await until("two restarts", async () =>
        (await docker.inspect(name, "{{.RestartCount}} {{.State.Status}}")) === "2 exited"
          ? true
          : null,
      );
      const always = await docker.background("ends", [
        "--restart",
        "always",
        "busybox",
        "sleep",
        "1000",
      ]);
      const pid = await docker.inspect(always, "{{.State.Pid}}");
      process.kill(Number(pid), "SIGKILL");
      await until("a new process", async () => {
        const state = await docker.inspect(always, "{{.State.Status}} {{.State.Pid}}");
        return state.startsWith("running") && state !== `running ${pid}` ? true : null;
      });
    },
  },
  {
    name: "restart, start again",
    isQuick: true,
    run: async (docker) => {
      const name = await docker.background("counts", [
        "busybox",
        "sh",
        "-c",
        "echo one more; sleep 1000",
      ]);
      await docker.ok("restart", "--time", "0", name);
      await docker.ok("kill", name);
      await docker.ok("start", name);
      const count = () => docker.ok("logs", name);
      await until("three starts", async () =>
        (await count()) === "one more\none more\none more" ? true : null,
      );
    },
  },
  {
    name: "rename, wait, top, stats",
    isQuick: true,
    run: async (docker) => {
      const first = await docker.idle("first");
      const name = docker.name("second");
      await docker.ok("rename", first, name);
      assert.match(await docker.ok("top", name), /sleep 1000/);
      const stats = await docker.ok(
        "stats",
        "--no-stream",
        "--format",
        "{{.MemUsage}} {{.PIDs}}",
        name,
      );
      assert.match(stats, /iB \/ .*iB [1-9]\d*$/);
      const waiting = docker.ok("wait", name);
      await docker.ok("kill", "--signal", "KILL", name);
      assert.equal(await waiting, "137");
    },
  },
  {
    name: "inspect: State, Pid, ExitCode, OOMKilled",
    isQuick: true,
    run: async (docker) => {
      const name = await docker.background("lives", ["busybox", "sh", "-c", "read x; exit 3"]);
      const ended = "{{.State.Status}} {{.State.Pid}} {{.State.ExitCode}} {{.State.OOMKilled}}";
      await docker.ok("wait", name);
      assert.equal(await docker.inspect(name, ended), "exited 0 3 false");
      const other = await docker.idle("idle");
      const pid = Number(await docker.inspect(other, "{{.State.Pid}}"));
      assert.match(readFileSync(`/proc/${pid}/cmdline`, "utf8"), /sleep/);
    },
  },
  {
    name: "events",
    run: async (docker) => {
      const name = docker.name("short");
      const since = String(Date.now() / 1000 - 1);
      await docker.run(["run", "--rm", "--name", name, "busybox", "sh", "-c", "exit 4"]);
      const filter = ["--filter", "type=container", "--filter", `container=${name}`];
      const format = ["--format", "{{.Action}} {{.Actor.Attributes.exitCode}}"];
      const until = String(Date.now() / 1000 + 1);
      const events = await docker.ok(
        "events",
        "--since",
        since,
        "--until",
        until,
        ...filter,
        ...format,
      );
      const words = events.split("\n").map((line) => line.replace(" <no value>", "").trim());
      assert.deepEqual(words, ["create", "attach", "start", "die 4", "destroy"]);
    },
  },
];

export async function says(docker: CommandLine, name: string, line: string): Promise<void> {
  await until(`${name} to say ${line}`, async () => {
    const { stdout } = await docker.run(["logs", name]);
    return stdout.split("\n").includes(line) ? true : null;
  });
}
