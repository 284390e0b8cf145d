// Networks: none, bridges, published ports, names.

import * as assert from "node:assert/strict";
import { ok, run, until } from "../command.ts";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";

const SERVE = ["busybox", "sh", "-c", "mkdir /www; echo served >/www/index.html; httpd -f -h /www"];

export const NETWORK: readonly Feature<CommandLine>[] = [
  {
    name: "--network none",
    isQuick: true,
    run: async (docker) => {
      assert.equal(await docker.sh(["--network", "none"], "ls /sys/class/net"), "lo");
    },
  },
  {
    name: "--network bridge: a published port",
    isQuick: true,
    run: async (docker) => {
      const name = await docker.background("web", ["--publish", "127.0.0.1::80", ...SERVE]);
      const address = await docker.ok("port", name, "80");
      const answer = await until("the server", async () => {
        const { code, stdout } = await run([
          "curl",
          "--silent",
          "--max-time",
          "5",
          `http://${address}/`,
        ]);
        return code === 0 ? stdout : null;
      });
      assert.equal(answer, "served\n");
    },
  },
  {
    name: "networks: two containers talk by name",
    isQuick: true,
    run: async (docker) => {
      const network = docker.name("net");
      await docker.ok("network", "create", network);
      const server = await docker.background("server", ["--network", network, ...SERVE]);
      const script = `until wget -q -O - http://${server}/; do sleep 0.1; done`;
      assert.equal(await docker.sh(["--network", network], script), "served");
      await docker.ok("rm", "--force", server);
      await docker.ok("network", "rm", network);
    },
  },
  {
    name: "networks: connect and disconnect while it runs",
    run: async (docker) => {
      const network = docker.name("net");
      await docker.ok("network", "create", network);
      const name = await docker.idle("idle");
      await docker.ok("network", "connect", network, name);
      assert.match(await docker.ok("exec", name, "ls", "/sys/class/net"), /eth1/);
      await docker.ok("network", "disconnect", network, name);
      assert.doesNotMatch(await docker.ok("exec", name, "ls", "/sys/class/net"), /eth1/);
      await docker.ok("rm", "--force", name);
      await docker.ok("network", "rm", network);
    },
  },
  {
    name: "networks: a container reaches its host by the bridge",
    run: async (docker) => {
      const gateway = await docker.sh(
        [],
        "ip route | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p'",
      );
      assert.match(await ok(["ip", "address", "show", "docker0"]), new RegExp(`inet ${gateway}/`));
      assert.match(await docker.sh([], `ping -c 1 -W 5 ${gateway}`), /1 packets received/);
    },
  },
];
