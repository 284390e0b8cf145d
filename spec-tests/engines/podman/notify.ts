// A container that tells its manager that it is ready, as services of systemd do: the runtime passes on what it says.

import * as assert from "node:assert/strict";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { start, until } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

/** Prints what comes, until one is ready. perl is on every Debian; node has no datagram sockets of files. */
const LISTEN = [
  "use Socket; $| = 1; socket(S, AF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])) or die;",
  'while (defined recv(S, $b, 1000, 0)) { print "$b\\n"; last if $b =~ /READY/ }',
].join(" ");
const TELL =
  'use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0); send(S, "READY=1", 0, sockaddr_un($ENV{NOTIFY_SOCKET})) or die $!; sleep 1000';

export const NOTIFY: readonly Feature<Podman>[] = [
  {
    name: "run: --sdnotify container",
    run: async (podman) => {
      const socket = join(podman.directory("socket"), "notify");
      const listener = start(["perl", "-e", LISTEN, socket]);
      let told = "";
      listener.stdout!.setEncoding("utf8").on("data", (text: string) => {
        told += text;
      });
      try {
        await until("the listener", () => (existsSync(socket) ? true : null));
        // An ordinary user's as well.
        chmodSync(socket, 0o777);
        const flags = [
          "--detach",
          "--init",
          "--sdnotify",
          "container",
          "--name",
          podman.name("service"),
        ];
        const env = { NOTIFY_SOCKET: socket };
        const result = await podman.run(["run", ...flags, "debian", "perl", "-e", TELL], { env });
        assert.equal(result.code, 0, result.stderr);
        await until("READY=1", () => (told.includes("READY=1") ? true : null));
        assert.match(told, /^MAINPID=\d+$/m);
      } finally {
        listener.kill("SIGKILL");
      }
    },
  },
];
