// Mounts of the host into containers, and where they go on to.

import * as assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok, run } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Mount } from "./messages.ts";
import type { Cri } from "./session.ts";

const REFUSED = "|| echo refused";

export const MOUNTS: readonly Feature<Cri>[] = [
  {
    name: "mounts: directories, files, read-only",
    isQuick: true,
    run: async (cri) => {
      const directory = cri.directory("bind");
      mkdirSync(join(directory, "inner"));
      writeFileSync(join(directory, "file"), "text\n");
      const mounts: Mount[] = [
        { containerPath: "/outer", hostPath: directory },
        { containerPath: "/kept", hostPath: directory, readonly: true },
        { containerPath: "/etc/one", hostPath: join(directory, "file"), readonly: true },
      ];
      const script = `cat /etc/one; echo new >/outer/inner/new; cat /kept/inner/new
        for f in /kept/new /etc/one; do ( : >$f ) 2>/dev/null ${REFUSED}; done`;
      const pod = await cri.pod();
      assert.equal(await cri.sh(pod, script, { mounts }), "text\nnew\nrefused\nrefused");
      // What is not there is made, as a directory.
      const made = { containerPath: "/made", hostPath: join(directory, "not", "there") };
      assert.equal(await cri.sh(pod, "ls -A /made", { mounts: [made] }), "");
    },
  },
  {
    name: "mounts: propagation",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      for (const [propagation, into, outOf] of [
        ["PROPAGATION_PRIVATE", "", ""],
        ["PROPAGATION_HOST_TO_CONTAINER", "file", ""],
        ["PROPAGATION_BIDIRECTIONAL", "file", "file"],
      ] as const) {
        const directory = cri.directory(propagation);
        for (const name of ["host", "container"]) mkdirSync(join(directory, name));
        const mounts = [{ containerPath: "/outer", hostPath: directory, propagation }];
        const capabilities = { addCapabilities: ["SYS_ADMIN"] };
        const linux = { securityContext: { capabilities } };
        const id = await cri.idle(pod, { mounts, linux });
        const mount = (at: string) => `mount -t tmpfs tmpfs ${at} && : >${at}/file`;
        try {
          await ok(["sh", "-c", mount(join(directory, "host"))]);
          assert.equal(await cri.exec(id, "ls", "/outer/host"), into, propagation);
          await cri.exec(id, "sh", "-c", mount("/outer/container"));
          assert.equal(await ok(["ls", join(directory, "container")]), outOf, propagation);
        } finally {
          for (const name of ["host", "container"]) await run(["umount", join(directory, name)]);
        }
      }
    },
  },
  {
    name: "mounts: over what is there, and where nothing is",
    run: async (cri) => {
      const directory = cri.directory("bind");
      writeFileSync(join(directory, "passwd"), "nobody\n");
      const pod = await cri.pod();
      const over = { containerPath: "/etc/passwd", hostPath: join(directory, "passwd") };
      assert.equal(await cri.sh(pod, "cat /etc/passwd", { mounts: [over] }), "nobody");
      const inside = { containerPath: "/var/../etc/deep/er", hostPath: directory };
      assert.equal(await cri.sh(pod, "cat /etc/deep/er/passwd", { mounts: [inside] }), "nobody");
    },
  },
];
