// Volumes, binds, read-only roots.

import * as assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";

export const MOUNTS: readonly Feature<CommandLine>[] = [
  {
    name: "volumes: named, shared by two containers",
    isQuick: true,
    run: async (docker) => {
      const volume = docker.name("data");
      await docker.sh(["--volume", `${volume}:/data`], "echo kept >/data/file");
      assert.equal(await docker.sh(["--volume", `${volume}:/data:ro`], "cat /data/file"), "kept");
    },
  },
  {
    name: "volumes: binds, read-only, of a file, nested",
    isQuick: true,
    run: async (docker) => {
      const directory = docker.directory("bind");
      mkdirSync(join(directory, "inner"));
      writeFileSync(join(directory, "file"), "text\n");
      const flags = [
        ...["--volume", `${directory}:/outer:ro`, "--volume", `${directory}/inner:/outer/inner`],
        ...["--volume", `${directory}/file:/single:ro`],
      ];
      const script = `cat /single /outer/file; echo x >/outer/inner/made
        ( : >/outer/new ) 2>/dev/null || echo refused; ( : >/single ) 2>/dev/null || echo refused`;
      assert.equal(await docker.sh(flags, script), "text\ntext\nrefused\nrefused");
      assert.equal(readFileSync(join(directory, "inner", "made"), "utf8"), "x\n");
    },
  },
  {
    name: "volumes: rslave and rshared",
    run: async (docker) => {
      const directory = docker.directory("bind");
      const inside = (word: string) => [
        "--volume",
        `${directory}:/shared:${word}`,
        "--cap-add",
        "SYS_ADMIN",
      ];
      const slave = await docker.idle("slave", inside("rslave"));
      const both = await docker.idle("both", [
        ...inside("rshared"),
        "--security-opt",
        "apparmor=unconfined",
      ]);
      mkdirSync(join(directory, "late"));
      await ok(["mount", "-t", "tmpfs", "tmpfs", join(directory, "late")]);
      try {
        for (const name of [slave, both])
          assert.match(
            await docker.ok("exec", name, "cat", "/proc/mounts"),
            / \/shared\/late tmpfs/,
          );
        await docker.ok(
          "exec",
          both,
          "sh",
          "-c",
          "mkdir /shared/back; mount -t tmpfs tmpfs /shared/back",
        );
        assert.match(readFileSync("/proc/mounts", "utf8"), new RegExp(`${directory}/back tmpfs`));
        await docker.ok("exec", both, "umount", "/shared/back");
        assert.doesNotMatch(readFileSync("/proc/mounts", "utf8"), new RegExp(`${directory}/back`));
      } finally {
        await ok(["umount", join(directory, "late")]);
      }
    },
  },
  {
    name: "--mount: type=tmpfs, type=bind with propagation",
    run: async (docker) => {
      const directory = docker.directory("bind");
      const flags = [
        ...["--mount", "type=tmpfs,destination=/t,tmpfs-size=2m,tmpfs-mode=0700"],
        ...[
          "--mount",
          `type=bind,source=${directory},destination=/b,readonly,bind-propagation=private`,
        ],
      ];
      const script =
        "grep -c -E ' (/t|/b) ' /proc/self/mounts; ( : >/b/x ) 2>/dev/null || echo refused";
      assert.equal(await docker.sh(flags, script), "2\nrefused");
    },
  },
  {
    name: "--read-only",
    isQuick: true,
    run: async (docker) => {
      const script = "( : >/x ) 2>/dev/null || echo refused; : >/run/x && echo written";
      const flags = ["--read-only", "--tmpfs", "/run"];
      assert.equal(await docker.sh(flags, script), "refused\nwritten");
    },
  },
  {
    name: "--volumes-from",
    run: async (docker) => {
      const name = await docker.idle("owner", ["--volume", "/data"]);
      await docker.ok("exec", name, "sh", "-c", "echo theirs >/data/file");
      assert.equal(await docker.sh(["--volumes-from", name], "cat /data/file"), "theirs");
    },
  },
];
