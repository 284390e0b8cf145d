// What runs containers by itself: health checks, hooks, builds, compose.

import * as assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSteps } from "../build.ts";
import { ok, run, until } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Docker } from "./engine.ts";

const HEALTH = [
  "--health-interval",
  "0.2s",
  "--health-retries",
  "1",
  "--health-start-period",
  "0s",
];

const COMPOSE = `
version: "3"
services:
  base:
    image: busybox
    command: sh -c 'mkdir /www; echo composed >/www/index.html; httpd -f -h /www'
  front:
    image: busybox
    depends_on: [base]
    command: sh -c 'until wget -q -O - http://base/; do sleep 0.1; done; sleep 1000'
    init: true
`;

export const SERVICES: readonly Feature<Docker>[] = [
  {
    name: "health checks",
    isQuick: true,
    run: async (docker) => {
      const flags = ["--health-cmd", "test -e /tmp/well", ...HEALTH];
      const name = await docker.idle("idle", flags);
      const becomes = (word: string) =>
        until(word, async () =>
          (await docker.inspect(name, "{{.State.Health.Status}}")) === word ? true : null,
        );
      await becomes("unhealthy");
      await docker.ok("exec", name, "touch", "/tmp/well");
      await becomes("healthy");
    },
  },
  {
    name: "hooks: as --gpus adds one",
    isQuick: true,
    run: async (docker) => {
      const name = docker.name("gpu");
      await docker.ok("run", "--gpus", "all", "--name", name, "busybox", "true");
      const id = await docker.inspect(name, "{{.Id}}");
      const state = JSON.parse(readFileSync(join(docker.engine.directory, `hook-${id}`), "utf8"));
      assert.equal(state.id, id);
      assert.ok(state.pid > 0 && state.bundle.endsWith(id), JSON.stringify(state));
    },
  },
  {
    name: "build: each RUN is a container",
    isQuick: true,
    run: (docker) => buildSteps(docker, /returned a non-zero code: 7/),
  },
  {
    name: "compose: dependencies and scale",
    isQuick: true,
    run: async (docker) => {
      const directory = docker.directory("compose");
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, "docker-compose.yml"), COMPOSE);
      const project = docker.prefix.replaceAll("-", "");
      const options = {
        cwd: directory,
        env: { ...docker.engine.env, COMPOSE_PROJECT_NAME: project },
      };
      const compose = (...argv: string[]) => ok(["docker-compose", ...argv], options);
      try {
        await compose("up", "--detach", "--scale", "front=2");
        await until("both to say it", async () => {
          const logs = await compose("logs", "--no-color", "front");
          return logs.match(/\| composed/g)?.length === 2 ? true : null;
        });
        assert.equal(await compose("exec", "-T", "--index=2", "front", "echo", "inside"), "inside");
      } finally {
        await run(["docker-compose", "down", "--timeout", "0"], options);
      }
    },
  },
];
