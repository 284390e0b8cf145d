// A container's file system from outside: cp, diff, commit, export; push and pull.

import * as assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok, run, start, until } from "../command.ts";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";

export const FILES: readonly Feature<CommandLine>[] = [
  {
    name: "cp: in and out, running and stopped",
    isQuick: true,
    run: async (docker) => {
      const directory = docker.directory("cp");
      const at = (name: string) => join(directory, name);
      writeFileSync(at("in"), "from outside\n");
      const name = await docker.idle("idle");
      await docker.ok("cp", at("in"), `${name}:/tmp/file`);
      assert.equal(await docker.ok("exec", name, "cat", "/tmp/file"), "from outside");
      await docker.ok("kill", name);
      await docker.ok("cp", `${name}:/tmp/file`, at("out"));
      assert.equal(readFileSync(at("out"), "utf8"), "from outside\n");
    },
  },
  {
    name: "diff, commit, export",
    isQuick: true,
    run: async (docker) => {
      const script = "echo kept >/tmp/kept; rm /etc/group";
      const name = await docker.background("changes", ["busybox", "sh", "-c", script]);
      await docker.ok("wait", name);
      const diff = (await docker.ok("diff", name)).split("\n").sort();
      assert.deepEqual(diff, ["A /tmp/kept", "C /etc", "C /tmp", "D /etc/group"]);
      const image = docker.name("image");
      await docker.ok("commit", name, image);
      assert.equal(await docker.ok("run", "--rm", image, "cat", "/tmp/kept"), "kept");
      const file = join(docker.directory("export"), "rootfs.tar");
      await docker.ok("export", "--output", file, name);
      assert.match(await ok(["tar", "--list", "--file", file]), /^tmp\/kept$/m);
      await docker.ok("rmi", image);
    },
  },
  {
    name: "push and pull",
    isQuick: true,
    run: async (docker) => {
      const directory = docker.directory("registry");
      const config = join(directory, "config.yml");
      writeFileSync(
        config,
        `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${directory}/data\nhttp:\n  addr: 127.0.0.1:5000\n`,
      );
      const registry = start(["docker-registry", "serve", config]);
      registry.stdout!.resume();
      registry.stderr!.resume();
      try {
        await until("the registry", async () => {
          const { code } = await run(["curl", "--silent", "--fail", "http://127.0.0.1:5000/v2/"]);
          return code === 0 ? true : null;
        });
        const image = `127.0.0.1:5000/${docker.name("pushed")}`;
        await docker.ok("tag", "busybox", image);
        await docker.ok("push", "--quiet", image);
        await docker.ok("rmi", image);
        await docker.ok("pull", "--quiet", image);
        assert.equal(await docker.ok("run", "--rm", image, "echo", "pulled"), "pulled");
        await docker.ok("rmi", image);
      } finally {
        registry.kill("SIGKILL");
      }
    },
  },
];
