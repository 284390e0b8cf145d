// The security context: of containers, and of the pod they are in.

import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Cri } from "./session.ts";

const status = (field: string) => `sed -n 's/^${field}:[[:space:]]*//p' /proc/self/status`;
const bit = (mask: string, capability: number) => (BigInt(`0x${mask}`) >> BigInt(capability)) & 1n;
const [CHOWN, NET_ADMIN] = [0, 12] as const;
const REFUSED = "|| echo refused";

export const SECURITY: readonly Feature<Cri>[] = [
  {
    name: "users, groups, supplemental groups",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const ids = "echo $(id -u) $(id -g) $(id -G)";
      const groups = { supplementalGroups: [3000] };
      const user = { runAsUser: { value: 1234 }, runAsGroup: { value: 2345 } };
      assert.equal(await cri.secured(pod, ids, { ...user, ...groups }), "1234 2345 2345 3000");
      // Its groups in the image's files as well.
      const named = { runAsUsername: "worker" };
      assert.equal(await cri.secured(pod, ids, named), "1000 1000 1000 2000");
      await assert.rejects(
        cri.secured(pod, ids, { runAsUsername: "nobody-here" }),
        /no users found/,
      );
    },
  },
  {
    name: "capabilities: add, drop",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const add = { capabilities: { addCapabilities: ["NET_ADMIN"] } };
      const drop = { capabilities: { dropCapabilities: ["CHOWN"] } };
      const none = { capabilities: { dropCapabilities: ["ALL"] } };
      assert.equal(bit(await cri.secured(pod, status("CapEff"), add), NET_ADMIN), 1n);
      assert.equal(bit(await cri.secured(pod, status("CapEff"), {}), NET_ADMIN), 0n);
      assert.equal(bit(await cri.secured(pod, status("CapBnd"), drop), CHOWN), 0n);
      assert.equal(BigInt(`0x${await cri.secured(pod, status("CapBnd"), none)}`), 0n);
      await cri.secured(pod, "ip link add dummy type bridge", add);
    },
  },
  {
    name: "a read-only root",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod({ linux: { securityContext: { readonlyRootfs: true } } });
      const script = `( : >/x ) 2>/dev/null ${REFUSED}; : >/dev/shm/x && echo written`;
      assert.equal(await cri.secured(pod, script, { readonlyRootfs: true }), "refused\nwritten");
    },
  },
  {
    name: "seccomp: the engine's profile, one's own, none",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const script = `${status("Seccomp")}; mkdir /made 2>/dev/null ${REFUSED}`;
      const file = join(cri.directory("profiles"), "no-mkdir.json");
      const rule = { names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO" };
      writeFileSync(file, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [rule] }));
      for (const [want, seccomp] of [
        ["2", { profileType: "RuntimeDefault" }],
        ["2\nrefused", { profileType: "Localhost", localhostRef: `localhost/${file}` }],
        ["0", { profileType: "Unconfined" }],
      ] as const)
        assert.equal(await cri.secured(pod, script, { seccomp }), want, seccomp.profileType);
    },
  },
  {
    name: "no new privileges",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const flag = (noNewPrivs: boolean) => cri.secured(pod, status("NoNewPrivs"), { noNewPrivs });
      assert.deepEqual([await flag(true), await flag(false)], ["1", "0"]);
    },
  },
  {
    name: "masked and read-only paths",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const script = `cat /proc/version; ls /proc/fs; echo 1 2>/dev/null >/proc/sys/vm/drop_caches ${REFUSED}`;
      const paths = {
        maskedPaths: ["/proc/version", "/proc/fs", "/proc/no-such"],
        readonlyPaths: ["/proc/sys"],
      };
      assert.equal(await cri.secured(pod, script, paths), "refused");
      assert.match(await cri.secured(pod, "cat /proc/version", {}), /Linux/);
    },
  },
  {
    name: "privileged",
    run: async (cri) => {
      const pod = await cri.pod({ linux: { securityContext: { privileged: true } } });
      const script = "mount -t tmpfs tmpfs /tmp && ls /dev/kmsg";
      assert.equal(await cri.secured(pod, script, { privileged: true }), "/dev/kmsg");
    },
  },
  {
    name: "a pod's own user and filter",
    run: async (cri) => {
      const pod = await cri.pod({
        linux: {
          securityContext: {
            runAsUser: { value: 1234 },
            seccomp: { profileType: "RuntimeDefault" },
          },
        },
      });
      const { pid } = JSON.parse(await cri.engine.runtime("state", pod.id)) as { pid: number };
      const text = await ok(["grep", "-E", "^(Uid|Seccomp):", `/proc/${pid}/status`]);
      assert.match(text, /^Uid:\t1234.*\nSeccomp:\t2$/);
    },
  },
  {
    name: "devices",
    run: async (cri) => {
      const pod = await cri.pod();
      const device = { containerPath: "/dev/mine", hostPath: "/dev/zero", permissions: "rw" };
      const script = "head -c 3 /dev/mine | wc -c; stat -c '%t %T' /dev/mine";
      assert.equal(await cri.sh(pod, script, { devices: [device] }), "3\n1 5");
      const missing = { ...device, hostPath: "/dev/no-such" };
      await assert.rejects(cri.sh(pod, script, { devices: [missing] }), /no-such/);
    },
  },
];
