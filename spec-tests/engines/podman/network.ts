// Networks of podman's: netavark's bridge, slirp4netns.

import * as assert from "node:assert/strict";
import { ok } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

export const NETWORK: readonly Feature<Podman>[] = [
  {
    name: "networks: a container reaches its host by the bridge",
    run: async (podman) => {
      const name = await podman.idle("idle");
      const find = "ip route | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p'";
      const gateway = await podman.ok("exec", name, "sh", "-c", find);
      const bridge = await ok(["ip", "address", "show", "podman0"]);
      assert.match(bridge, new RegExp(`inet ${gateway}/`));
      const ping = ["ping", "-c", "1", "-W", "5", gateway];
      assert.match(await podman.ok("exec", "--privileged", name, ...ping), /1 packets received/);
    },
  },
  {
    name: "--network slirp4netns",
    run: async (podman) => {
      const script = "ip address show tap0";
      assert.match(await podman.sh(["--network", "slirp4netns"], script), /inet 10\.0\.2\.100/);
    },
  },
];
