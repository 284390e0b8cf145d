// Namespaces under podman: user namespaces, cgroups and what is set in the others.

import * as assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { ok } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

const MAPS = "cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '";
const MADE = "touch /made && stat -c '%u %g' /made /etc/passwd";
/** What `--userns auto` takes ids of. */
const RANGE = "containers:2000000:1000000\n";

export const NAMESPACES: readonly Feature<Podman>[] = [
  {
    name: "--init",
    isQuick: true,
    run: async (podman) => {
      assert.equal(await podman.sh(["--init"], "cat /proc/1/comm"), "podman-init");
    },
  },
  {
    name: "--hostname, --dns, --add-host",
    isQuick: true,
    run: async (podman) => {
      const flags = ["--hostname", "mine", "--dns", "192.0.2.1", "--add-host", "other:192.0.2.2"];
      const script = "hostname; grep -h 192.0.2 /etc/resolv.conf /etc/hosts";
      const output = await podman.sh(flags, script);
      assert.equal(output, "mine\nnameserver 192.0.2.1\n192.0.2.2\tother");
    },
  },
  {
    name: "--cgroup-parent",
    run: async (podman) => {
      const name = await podman.idle("idle", ["--cgroup-parent", "/above/it"]);
      const pid = await podman.inspect(name, "{{.State.Pid}}");
      const id = await podman.inspect(name, "{{.Id}}");
      const cgroups = readFileSync(`/proc/${pid}/cgroup`, "utf8");
      assert.match(cgroups, new RegExp(`:/above/it/libpod-${id}$`, "m"));
    },
  },
  {
    name: "--cgroups no-conmon",
    run: async (podman) => {
      assert.equal(await podman.sh(["--cgroups", "no-conmon"], "echo ran"), "ran");
    },
  },
  {
    name: "--cgroups disabled",
    isQuick: true,
    deviates: {
      pattern: /not compatible with NoCgroups/,
      reason: "podman does not ask runc for it",
    },
    run: async (podman) => {
      const name = await podman.idle("idle", ["--cgroups", "disabled"]);
      const pid = await podman.inspect(name, "{{.State.Pid}}");
      assert.doesNotMatch(readFileSync(`/proc/${pid}/cgroup`, "utf8"), /libpod/);
      assert.equal(await podman.ok("exec", name, "echo", "in it"), "in it");
      await podman.ok("stop", "--time", "0", name);
    },
  },
  {
    name: "--uidmap, --gidmap",
    isQuick: true,
    run: async (podman) => {
      const flags = ["--uidmap", "0:300000:5000", "--gidmap", "0:400000:5000"];
      const output = await podman.sh(flags, `${MAPS}; ${MADE}`);
      assert.equal(output, " 0 300000 5000\n 0 400000 5000\n0 0\n0 0");
      const name = await podman.idle("idle", flags);
      const pid = await podman.inspect(name, "{{.State.Pid}}");
      assert.match(readFileSync(`/proc/${pid}/status`, "utf8"), /^Uid:\t300000\t/m);
      const who = await podman.ok("exec", "--user", "worker", name, "sh", "-c", "id -u; id -g");
      assert.equal(who, "1000\n1000");
      const all = [...flags, "--volume", "/tmp/x", "--read-only", "--tmpfs", "/run"];
      assert.equal(await podman.sh(all, ": >/run/x; echo $?"), "0");
    },
  },
  {
    name: "--userns auto",
    run: async (podman) => {
      for (const file of ["/etc/subuid", "/etc/subgid"]) appendFileSync(file, RANGE);
      const first = await podman.idle("first", ["--userns", "auto"]);
      const second = await podman.idle("second", ["--userns", "auto:size=5000"]);
      const starts = await Promise.all(
        [first, second].map(async (name) => {
          const map = await podman.ok("exec", name, "sh", "-c", MAPS);
          const [, from, size] = /^ 0 (2\d{6}) (\d+)$/m.exec(map)!;
          return { from: Number(from), size: Number(size) };
        }),
      );
      assert.equal(starts[1]!.size, 5000);
      assert.notEqual(starts[0]!.from, starts[1]!.from);
    },
  },
  {
    name: "--userns: another container's",
    run: async (podman) => {
      const first = await podman.idle("first", ["--uidmap", "0:300000:5000"]);
      const script = `readlink /proc/self/ns/user; ${MAPS}`;
      const want = await podman.ok("exec", first, "sh", "-c", script);
      assert.match(want, / 0 300000 5000\n 0 300000 5000$/);
      assert.equal(await podman.sh(["--userns", `container:${first}`], script), want);
    },
  },
  {
    name: "--network ns:PATH",
    run: async (podman) => {
      await ok(["ip", "netns", "add", podman.name("own")]);
      try {
        const path = `/run/netns/${podman.name("own")}`;
        const [, inode] = /Inode: (\d+)/.exec(await ok(["stat", "-L", path]))!;
        const link = await podman.sh(["--network", `ns:${path}`], "readlink /proc/self/ns/net");
        assert.equal(link, `net:[${inode}]`);
      } finally {
        await ok(["ip", "netns", "delete", podman.name("own")]);
      }
    },
  },
];
