// ctr run's flags: limits, mounts, namespaces, capabilities, filters.

import * as assert from "node:assert/strict";
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Ctr } from "./engine.ts";

const status = (field: string) => `sed -n 's/^${field}:[[:space:]]*//p' /proc/self/status`;
const CGROUPS = "type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro:nosuid:nodev:noexec";
const CPU_STAT = "{ cat /sys/fs/cgroup/cpu/cpu.stat 2>/dev/null || cat /sys/fs/cgroup/cpu.stat; }";

export const ISOLATION: readonly Feature<Ctr>[] = [
  {
    name: "-m: a real OOM kill",
    isQuick: true,
    run: async (ctr) => {
      const argv = ctr.runArguments(
        "eats",
        ["--rm", "--memory-limit", String(32 << 20)],
        ["tail", "/dev/zero"],
      );
      assert.equal((await ctr.run(argv)).code, 137);
    },
  },
  {
    name: "--cpus: real throttling",
    run: async (ctr) => {
      // On a busy machine it takes a while until there is more than its share to take away.
      const script = `( while :; do :; done ) & until ${CPU_STAT} | grep 'nr_throttled [1-9]'; do sleep 0.1; done; kill $!`;
      assert.match(
        await ctr.sh(["--cpus", "0.2", "--mount", CGROUPS], script),
        /^nr_throttled [1-9]/m,
      );
    },
  },
  {
    name: "--mount: binds, tmpfs, read-only",
    isQuick: true,
    run: async (ctr) => {
      const directory = ctr.directory("bind");
      mkdirSync(join(directory, "inner"));
      writeFileSync(join(directory, "file"), "text\n");
      const flags = [
        ...["--mount", `type=bind,src=${directory},dst=/outer,options=rbind:ro`],
        ...["--mount", "type=tmpfs,src=tmpfs,dst=/small,options=size=1m"],
      ];
      const script =
        "cat /outer/file; ( : >/outer/new ) 2>/dev/null || echo refused; df -k /small | awk 'NR > 1 { print $2 }'";
      assert.equal(await ctr.sh(flags, script), "text\nrefused\n1024");
    },
  },
  {
    name: "--read-only",
    isQuick: true,
    run: async (ctr) => {
      assert.equal(
        await ctr.sh(["--read-only"], "( : >/x ) 2>/dev/null || echo refused"),
        "refused",
      );
    },
  },
  {
    name: "--net-host, --with-ns",
    isQuick: true,
    run: async (ctr) => {
      const inside = (kind: string) => `readlink /proc/self/ns/${kind}`;
      const own = readlinkSync("/proc/self/ns/net");
      assert.equal(await ctr.sh(["--net-host"], inside("net")), own);
      assert.notEqual(await ctr.sh([], inside("net")), own);
      const name = await ctr.idle("idle");
      const { pid } = (await ctr.task(name))!;
      const theirs = readlinkSync(`/proc/${pid}/ns/ipc`);
      assert.equal(await ctr.sh(["--with-ns", `ipc:/proc/${pid}/ns/ipc`], inside("ipc")), theirs);
    },
  },
  {
    name: "--cap-add, --cap-drop",
    run: async (ctr) => {
      const more = BigInt(`0x${await ctr.sh(["--cap-add", "CAP_SYS_ADMIN"], status("CapEff"))}`);
      const less = BigInt(`0x${await ctr.sh(["--cap-drop", "CAP_CHOWN"], status("CapEff"))}`);
      assert.deepEqual([(more >> 21n) & 1n, less & 1n], [1n, 0n]);
    },
  },
  {
    name: "--seccomp",
    isQuick: true,
    run: async (ctr) => {
      assert.equal(await ctr.sh([], status("Seccomp")), "0");
      assert.equal(await ctr.sh(["--seccomp"], status("Seccomp")), "2");
    },
  },
  {
    name: "--privileged",
    run: async (ctr) => {
      assert.equal(
        await ctr.sh(["--privileged"], "mount -t tmpfs tmpfs /tmp && echo mounted"),
        "mounted",
      );
    },
  },
  {
    name: "--device",
    run: async (ctr) => {
      const flags = ["--device", "/dev/kmsg", "--cap-add", "CAP_SYSLOG"];
      assert.equal(await ctr.sh(flags, "( exec 3>/dev/kmsg ) && echo opened"), "opened");
    },
  },
  {
    name: "a user namespace: --uidmap, --gidmap",
    run: async (ctr) => {
      const flags = ["--uidmap", "0:100000:65536", "--gidmap", "0:200000:65536"];
      const script =
        "cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '; touch /made && stat -c %u /made";
      assert.equal(await ctr.sh(flags, script), " 0 100000 65536\n 0 200000 65536\n0");
    },
  },
  {
    name: "--rootfs, --config: a bundle of one's own",
    run: async (ctr) => {
      const directory = ctr.directory("bundle");
      mkdirSync(join(directory, "rootfs", "bin"), { recursive: true });
      for (const name of ["proc", "sys", "dev"]) mkdirSync(join(directory, "rootfs", name));
      await ok(["cp", "/bin/busybox", join(directory, "rootfs", "bin", "busybox")]);
      const runtime = ["--runc-binary", ctr.engine.place.runtime.path];
      const argv = [
        "run",
        "--rm",
        ...runtime,
        "--rootfs",
        join(directory, "rootfs"),
        ctr.name("own"),
      ];
      assert.equal(await ctr.printed([...argv, "/bin/busybox", "echo", "mine"]), "mine");
      await ok([ctr.engine.place.runtime.path, "spec"], { cwd: directory });
      const config = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
      config.process.terminal = false;
      config.process.args = ["/bin/busybox", "echo", "as written"];
      config.root = { path: join(directory, "rootfs"), readonly: true };
      // Raised ones are not for every machine.
      config.process.rlimits = undefined;
      writeFileSync(join(directory, "config.json"), JSON.stringify(config));
      const whole = [
        "run",
        "--rm",
        ...runtime,
        "--config",
        join(directory, "config.json"),
        ctr.name("whole"),
      ];
      assert.equal(await ctr.printed(whole), "as written");
    },
  },
  {
    name: "--cgroup-parent",
    run: async (ctr) => {
      const name = await ctr.idle("idle", ["--cgroup", "/above/it"]);
      const { pid } = (await ctr.task(name))!;
      assert.match(readFileSync(`/proc/${pid}/cgroup`, "utf8"), /:\/above\/it$/m);
    },
  },
];
