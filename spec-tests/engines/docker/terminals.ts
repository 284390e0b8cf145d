// Containers on terminals: size, keys, detaching; and Docker's first example.

import * as assert from "node:assert/strict";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";

const CTRL_C = "\x03";
const DETACH = "\x10\x11";

export const TERMINALS: readonly Feature<CommandLine>[] = [
  {
    name: "terminal: size and resize",
    isQuick: true,
    run: async (docker) => {
      // The first size comes after the start.
      const script = "while :; do stty size; sleep 0.1; done";
      const argv = ["run", "--rm", "-it", "--init", "busybox", "sh", "-c", script];
      const terminal = docker.terminal(argv, { rows: 33, columns: 111 });
      await terminal.shows(/^33 111\r$/m);
      await terminal.resize(44, 122);
      await terminal.shows(/^44 122\r$/m);
      terminal.type(CTRL_C);
      assert.equal(await terminal.ended(), 130);
    },
  },
  {
    name: "terminal: Ctrl-C reaches the program",
    isQuick: true,
    run: async (docker) => {
      const script = 'trap "echo caught; exit 5" INT; echo ready; while :; do sleep 0.1; done';
      const terminal = docker.terminal(["run", "--rm", "-it", "busybox", "sh", "-c", script]);
      await terminal.shows(/ready/);
      terminal.type(CTRL_C);
      await terminal.shows(/caught/);
      assert.equal(await terminal.ended(), 5);
    },
  },
  {
    name: "terminal: detach and attach",
    isQuick: true,
    run: async (docker) => {
      const name = docker.name("shell");
      const first = docker.terminal(["run", "-it", "--name", name, "busybox", "sh"]);
      first.type("echo si''ngle\n");
      await first.shows(/^single/m);
      first.type(DETACH);
      assert.equal(await first.ended(), 0);
      assert.equal(await docker.inspect(name, "{{.State.Running}}"), "true");
      const second = docker.terminal(["attach", name]);
      second.type("echo dou''ble; exit 6\n");
      await second.shows(/^double/m);
      assert.equal(await second.ended(), 6);
    },
  },
  {
    name: "terminal: -t without -i",
    run: async (docker) => {
      assert.equal(await docker.ok("run", "--rm", "-t", "busybox", "tty"), "/dev/pts/0\r");
    },
  },
  {
    name: "docker run -i -t IMAGE /bin/bash, and again",
    isQuick: true,
    run: async (docker) => {
      const name = docker.name("example");
      const shell = docker.terminal(["run", "-i", "-t", "--name", name, "debian", "/bin/bash"]);
      await shell.shows(/root@[0-9a-f]{12}:\/#/);
      shell.type("echo mine >/note; ls /sys/class/net; exit\n");
      await shell.shows(/eth0/);
      assert.equal(await shell.ended(), 0);
      assert.equal(await docker.inspect(name, "{{.State.Status}}"), "exited");
      assert.equal(await docker.sh([], "ls /note || true"), "");
      const again = docker.terminal(["start", "-a", "-i", name]);
      again.type("cat /note; exit 4\n");
      await again.shows(/^mine\r$/m);
      assert.equal(await again.ended(), 4);
    },
  },
];
