// Volumes that only podman has.

import * as assert from "node:assert/strict";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

export const MOUNTS: readonly Feature<Podman>[] = [
  {
    name: "volumes: :O, a layer over it",
    isQuick: true,
    run: async (podman) => {
      const directory = podman.directory("under");
      writeFileSync(join(directory, "file"), "text\n");
      const script = "cat /data/file; : >/data/made; ls /data";
      const output = await podman.sh(["--volume", `${directory}:/data:O`], script);
      assert.equal(output, "text\nfile\nmade");
      assert.ok(!existsSync(join(directory, "made")));
    },
  },
  {
    name: "volumes: :U, given to the container's user",
    run: async (podman) => {
      const directory = podman.directory("given");
      const flags = ["--volume", `${directory}:/data:U`, "--user", "1000:1000"];
      await podman.sh(flags, ": >/data/made");
      assert.equal(statSync(join(directory, "made")).uid, 1000);
    },
  },
  {
    name: "--mount: type=image, devpts, tmpfs with tmpcopyup",
    run: async (podman) => {
      const flags = [
        ...["--mount", "type=image,source=debian,destination=/image"],
        ...["--mount", "type=devpts,destination=/pts"],
        ...["--mount", "type=tmpfs,destination=/etc,tmpfs-size=1m"],
      ];
      const script = "ls /image/bin/bash /pts/ptmx; grep -c worker /etc/passwd; : >/etc/made";
      assert.equal(await podman.sh(flags, script), "/image/bin/bash\n/pts/ptmx\n1");
    },
  },
  {
    name: "--secret",
    run: async (podman) => {
      const file = join(podman.directory("secret"), "file");
      writeFileSync(file, "hidden");
      const secret = podman.name("one");
      await podman.ok("secret", "create", secret, file);
      try {
        const flags = ["--secret", `${secret},uid=1000,mode=0400`];
        const script = `cat /run/secrets/${secret}; stat -c ' %u %a' /run/secrets/${secret}`;
        assert.equal(await podman.sh(flags, script), "hidden 1000 400");
      } finally {
        await podman.ok("secret", "rm", secret);
      }
    },
  },
  {
    name: "--security-opt mask, unmask, proc-opts",
    run: async (podman) => {
      const masked = ["--security-opt", "mask=/proc/cpuinfo"];
      assert.equal(await podman.sh(masked, "wc -c </proc/cpuinfo"), "0");
      const open = ["--security-opt", "unmask=ALL"];
      assert.notEqual(await podman.sh(open, "ls /sys/firmware; wc -c </proc/keys"), "0");
      const options = ["--security-opt", "proc-opts=nosuid,exec"];
      assert.doesNotMatch(await podman.sh(options, "grep ' /proc proc' /proc/mounts"), /noexec/);
    },
  },
  {
    name: "--systemd always",
    run: async (podman) => {
      const flags = ["--systemd", "always"];
      const script =
        'for d in /run /run/lock /tmp /var/log/journal; do grep -c " $d tmpfs" /proc/mounts; done; : >/sys/fs/cgroup/systemd/cgroup.procs; mkdir /sys/fs/cgroup/systemd/own && rmdir /sys/fs/cgroup/systemd/own && echo made';
      const output = await podman.sh(flags, script);
      assert.equal(output, "1\n1\n1\n1\nmade");
    },
  },
];
