// Namespaces: own, the host's, another container's; and what is set in them.

import * as assert from "node:assert/strict";
import { readFileSync, readlinkSync } from "node:fs";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";

const inside = (kind: string) => `readlink /proc/self/ns/${kind}`;
/** This process is in the box as dockerd is: that is the containers' host. */
const host = (kind: string) => readlinkSync(`/proc/self/ns/${kind}`);

export const NAMESPACES: readonly Feature<CommandLine>[] = [
  {
    name: "--pid, --ipc, --uts, --network: own and host",
    isQuick: true,
    run: async (docker) => {
      const flags = ["--pid", "host", "--ipc", "host", "--uts", "host", "--network", "host"];
      const script = ["pid", "ipc", "uts", "net"].map(inside).join("; ");
      const theirs = (await docker.sh(flags, script)).split("\n");
      assert.deepEqual(theirs, ["pid", "ipc", "uts", "net"].map(host));
      for (const line of (await docker.sh([], script)).split("\n"))
        assert.ok(!theirs.includes(line), line);
    },
  },
  {
    name: "--pid, --ipc, --network: another container's",
    isQuick: true,
    run: async (docker) => {
      const name = await docker.idle("first", ["--ipc", "shareable"]);
      const kinds = ["pid", "ipc", "net"];
      const script = kinds.map(inside).join("; ");
      const flags = ["--pid", "--ipc", "--network"].flatMap((flag) => [flag, `container:${name}`]);
      assert.equal(
        await docker.sh(flags, script),
        await docker.ok("exec", name, "sh", "-c", script),
      );
    },
  },
  {
    name: "--init",
    isQuick: true,
    run: async (docker) => {
      assert.match(await docker.sh(["--init"], "cat /proc/1/comm"), /^docker-init|^tini/);
    },
  },
  {
    name: "--sysctl",
    isQuick: true,
    run: async (docker) => {
      const flags = ["--sysctl", "net.ipv4.ip_forward=0", "--sysctl", "kernel.shm_rmid_forced=1"];
      const script = "cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shm_rmid_forced";
      assert.equal(await docker.sh(flags, script), "0\n1");
      const before = readFileSync("/proc/sys/kernel/pid_max", "utf8");
      const refused = await docker.run([
        "run",
        "--rm",
        "--sysctl",
        "kernel.pid_max=999",
        "busybox",
        "true",
      ]);
      assert.notEqual(refused.code, 0);
      assert.equal(readFileSync("/proc/sys/kernel/pid_max", "utf8"), before);
    },
  },
  {
    name: "--hostname, --domainname, --dns, --add-host",
    isQuick: true,
    run: async (docker) => {
      const flags = [
        ...["--hostname", "mine", "--domainname", "example.org", "--dns", "192.0.2.1"],
        ...["--add-host", "other:192.0.2.2"],
      ];
      const script =
        "hostname; cat /proc/sys/kernel/domainname; grep -h 192.0.2 /etc/resolv.conf /etc/hosts";
      const output = await docker.sh(flags, script);
      assert.equal(output, "mine\nexample.org\nnameserver 192.0.2.1\n192.0.2.2\tother");
    },
  },
  {
    name: "--cgroup-parent",
    run: async (docker) => {
      const name = await docker.idle("idle", ["--cgroup-parent", "/above/it"]);
      const pid = await docker.inspect(name, "{{.State.Pid}}");
      const id = await docker.inspect(name, "{{.Id}}");
      assert.match(
        readFileSync(`/proc/${pid}/cgroup`, "utf8"),
        new RegExp(`:/above/it/${id}$`, "m"),
      );
    },
  },
  {
    name: "--cgroupns",
    run: async (docker) => {
      assert.equal(await docker.sh(["--cgroupns", "host"], inside("cgroup")), host("cgroup"));
      const own = await docker.sh(
        ["--cgroupns", "private"],
        `${inside("cgroup")}; grep memory /proc/self/cgroup`,
      );
      assert.notEqual(own.split("\n")[0], host("cgroup"));
      assert.match(own, /:memory:\/$/);
    },
  },
];
