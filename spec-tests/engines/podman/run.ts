// How a container of podman's starts, what it is given, what it leaves in logs.

import * as assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

const DETACH = "\x18";

export const RUN: readonly Feature<Podman>[] = [
  {
    name: "run: environment, working directory, entry point",
    run: async (podman) => {
      const flags = ["--env", "A=b c", "--workdir", "/tmp", "--umask", "0027"];
      assert.equal(await podman.sh(flags, 'echo "$A" "$PWD" $(umask)'), "b c /tmp 0027");
      const other = await podman.ok("run", "--rm", "--entrypoint", "echo", "busybox", "hello");
      assert.equal(other, "hello");
      const absent = await podman.run(["run", "--rm", "--workdir", "/none", "busybox", "true"]);
      assert.deepEqual([absent.code, /"\/none" does not exist/.test(absent.stderr)], [126, true]);
    },
  },
  {
    name: "run: the runtime by its path",
    isQuick: true,
    run: async (podman) => {
      const { path } = podman.engine.place.runtime;
      const output = await podman.ok("--runtime", path, "run", "--rm", "busybox", "echo", "hello");
      assert.equal(output, "hello");
    },
  },
  {
    name: "run: --log-driver none, passthrough",
    run: async (podman) => {
      for (const driver of ["none", "passthrough"])
        assert.equal(await podman.sh(["--log-driver", driver], "echo shown"), "shown");
      const name = await podman.background("quiet", [
        ...["--log-driver", "none", "busybox", "echo", "x"],
      ]);
      await podman.ok("wait", name);
      assert.notEqual((await podman.run(["logs", name])).code, 0);
    },
  },
  {
    name: "run and exec: --preserve-fds",
    isQuick: true,
    run: async (podman) => {
      const file = join(podman.directory("input"), "file");
      writeFileSync(file, "handed down\n");
      const name = await podman.idle("idle");
      const env = podman.engine.env;
      for (const command of [
        ["run", "--rm", "--preserve-fds", "1", "busybox"],
        ["exec", "--preserve-fds", "1", name],
      ]) {
        const line = `exec 3<${file}; exec ${podman.argv(command).join(" ")} sh -c 'cat <&3'`;
        assert.equal(await ok(["sh", "-c", line], { env }), "handed down");
      }
    },
  },
  {
    name: "run: no descriptor of the caller's gets in",
    run: async (podman) => {
      const command = podman.argv(["run", "--rm", "busybox", "ls", "/proc/self/fd"]).join(" ");
      const line = `exec 7</etc/passwd 9>/dev/null; ${command}`;
      // The last is that of the directory.
      assert.equal(await ok(["bash", "-c", line], { env: podman.engine.env }), "0\n1\n2\n3");
    },
  },
  {
    name: "run: LISTEN_FDS",
    run: async (podman) => {
      const script = 'echo "$LISTEN_FDS" "$LISTEN_PID"; cat <&3';
      const command = [...podman.argv(["run", "--rm", "busybox", "sh", "-c"]), `'${script}'`];
      const line = `exec 3</etc/hostname; export LISTEN_FDS=1 LISTEN_PID=$$; exec ${command.join(" ")}`;
      const output = await ok(["sh", "-c", line], { env: podman.engine.env });
      assert.match(output, /^1 1\n./);
    },
  },
  {
    name: "run: --rootfs instead of an image",
    isQuick: true,
    run: async (podman) => {
      const root = podman.directory("rootfs");
      for (const name of ["bin", "proc", "sys", "dev", "etc", "run", "tmp"])
        mkdirSync(join(root, name));
      await ok(["cp", "/bin/busybox", join(root, "bin", "sh")]);
      const argv = ["run", "--rm", "--rootfs", root, "/bin/sh", "-c", "echo inside; : >/made"];
      assert.equal(await podman.ok(...argv), "inside");
      await ok(["rm", join(root, "made")]);
      const layer = ["run", "--rm", "--rootfs", `${root}:O`, "/bin/sh", "-c", ": >/made"];
      await podman.ok(...layer);
      assert.doesNotMatch(await ok(["ls", root]), /made/);
    },
  },
  {
    name: "terminal: detach and attach",
    isQuick: true,
    run: async (podman) => {
      const name = podman.name("shell");
      const script = "echo ready; read line; echo got $line; exit 6";
      const run = ["run", "-it", "--detach-keys", "ctrl-x", "--name", name];
      const first = podman.terminal([...run, "busybox", "sh", "-c", script]);
      await first.shows(/^ready/m);
      first.type(DETACH);
      assert.equal(await first.ended(), 0);
      assert.equal(await podman.inspect(name, "{{.State.Running}}"), "true");
      const second = podman.terminal(["attach", name]);
      second.type("word\n");
      await second.shows(/^got word/m);
      // podman 4.3 has 0 for it.
      await second.ended();
      assert.equal(await podman.inspect(name, "{{.State.ExitCode}}"), "6");
    },
  },
  {
    name: "run -i -t IMAGE /bin/bash, and again",
    isQuick: true,
    run: async (podman) => {
      const name = podman.name("example");
      const shell = podman.terminal(["run", "-i", "-t", "--name", name, "debian", "/bin/bash"]);
      await shell.shows(/root@[0-9a-f]{12}:\/#/);
      shell.type("echo mine >/note; ls /sys/class/net; exit\n");
      await shell.shows(/eth0|tap0/);
      assert.equal(await shell.ended(), 0);
      const again = podman.terminal(["start", "-a", "-i", name]);
      again.type("cat /note; exit 4\n");
      await again.shows(/^mine\r$/m);
      assert.equal(await again.ended(), 4);
    },
  },
];
