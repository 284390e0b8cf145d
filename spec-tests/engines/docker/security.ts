// Users, capabilities, filters, privileges.

import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";
import { WITHHELD } from "../limits.ts";

const status = (field: string) => `sed -n 's/^${field}:[[:space:]]*//p' /proc/self/status`;

export const SECURITY: readonly Feature<CommandLine>[] = [
  {
    name: "--cap-add, --cap-drop",
    isQuick: true,
    run: async (docker) => {
      const flags = ["--cap-drop", "ALL", "--cap-add", "NET_BIND_SERVICE"];
      const script = `${status("CapEff")}; ${status("CapBnd")}`;
      assert.equal(await docker.sh(flags, script), "0000000000000400\n0000000000000400");
      const more = await docker.sh(["--cap-add", "SYS_ADMIN"], status("CapEff"));
      assert.notEqual(BigInt(`0x${more}`) & (1n << 21n), 0n);
    },
  },
  {
    name: "--security-opt seccomp=FILE, unconfined",
    isQuick: true,
    run: async (docker) => {
      const file = join(docker.directory("seccomp"), "profile.json");
      const rule = { names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95 };
      writeFileSync(file, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [rule] }));
      const script = `mkdir /tmp/x 2>&1; ${status("Seccomp")}`;
      const filtered = await docker.sh(["--security-opt", `seccomp=${file}`], script);
      assert.match(filtered, /not supported\n2$/i);
      assert.equal(await docker.sh(["--security-opt", "seccomp=unconfined"], script), "0");
      assert.equal(await docker.sh([], script), "2");
    },
  },
  {
    name: "--security-opt no-new-privileges",
    run: async (docker) => {
      assert.equal(await docker.sh([], status("NoNewPrivs")), "0");
      const flags = ["--security-opt", "no-new-privileges"];
      assert.equal(await docker.sh(flags, status("NoNewPrivs")), "1");
    },
  },
  {
    name: "--privileged",
    deviates: WITHHELD,
    run: async (docker) => {
      const script = `mount -t tmpfs tmpfs /tmp; ${status("Seccomp")}`;
      assert.equal(await docker.sh(["--privileged"], script), "0");
    },
  },
  {
    name: "--user, --group-add",
    isQuick: true,
    run: async (docker) => {
      const cases: readonly [flags: string[], ids: string][] = [
        [["--user", "1000"], "1000 1000 1000 2000"],
        [["--user", "worker"], "1000 1000 1000 2000"],
        [["--user", "5:6"], "5 6 6"],
        [["--user", "worker:extra"], "1000 2000 2000"],
        [["--user", "1000", "--group-add", "extra", "--group-add", "77"], "1000 1000 77 1000 2000"],
      ];
      // Whether a group that is named twice is set twice differs among versions of runc.
      const script = "echo $(id -u) $(id -g) $(id -G | tr ' ' '\\n' | sort -n -u)";
      for (const [flags, ids] of cases)
        assert.equal(await docker.sh(flags, script), ids, flags.join(" "));
    },
  },
  {
    name: "masked and read-only paths",
    isQuick: true,
    run: async (docker) => {
      const script =
        "wc -c </proc/keys; ls /proc/acpi /sys/firmware | grep -v :; ( echo 1 >/proc/sys/kernel/domainname ) 2>&1";
      const { stdout } = await docker.run(["run", "--rm", "busybox", "sh", "-c", script]);
      assert.match(stdout, /^0\n\n*.*Read-only file system/);
      const unmasked = ["--security-opt", "systempaths=unconfined"];
      assert.equal(
        await docker.sh(unmasked, "echo x >/proc/sys/kernel/domainname && echo written"),
        "written",
      );
    },
  },
];
