// What a user of ctr is shown when a container does not start: the runtime's one line, and nothing left.

import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import { type Failure, PROGRAM_FAILURES } from "../failures.ts";
import type { Feature } from "../feature.ts";
import { mustBeGone } from "../leftovers.ts";
import type { Ctr } from "./engine.ts";

const FAILURES: readonly Omit<Failure, "code">[] = [
  ...PROGRAM_FAILURES,
  {
    what: "a missing file",
    argv: ["/no/such/program"],
    message: /\/no\/such\/program.*no such file or directory/,
  },
  {
    what: "a file as the working directory",
    flags: ["--cwd", "/etc/passwd"],
    message: /\/etc\/passwd.*not a directory/,
  },
  {
    what: "an option that the file system does not take",
    flags: ["--mount", "type=tmpfs,src=tmpfs,dst=/x,options=size=lots"],
    message: /\/x.*(invalid argument|Bad value)/,
  },
  {
    what: "a file over a directory",
    flags: ["--mount", "type=bind,src=FILE,dst=/tmp,options=rbind"],
    message: /\/tmp.*not a directory/,
  },
  {
    what: "a source that is not there",
    flags: ["--mount", "type=bind,src=/no/such/source,dst=/tmp,options=rbind"],
    message: /\/no\/such\/source.*no such file or directory/,
  },
  {
    what: "a namespace that is not there",
    flags: ["--with-ns", "network:/proc/0/ns/net"],
    message: /\/proc\/0\/ns\/net.*no such file or directory/,
  },
];

export const FAILURE_FEATURES: readonly Feature<Ctr>[] = [
  {
    name: "failures: the reason, the exit code, nothing left",
    isQuick: true,
    run: async (ctr) => {
      const file = join(ctr.directory("files"), "file");
      writeFileSync(file, "");
      for (const [index, { what, message, argv = ["true"], ...failure }] of FAILURES.entries()) {
        const flags = (failure.flags ?? []).map((word) => word.replace("FILE", file));
        const word = `failed${index}`;
        const { code, stderr } = await ctr.run(ctr.runArguments(word, ["--rm", ...flags], argv));
        assert.equal(code, 1, `${what}: ${stderr}`);
        assert.match(stderr, message, what);
        assert.match(stderr, /^(time=.*\n)*ctr: .*\n$/, what);
        assert.deepEqual((await ctr.containers()).includes(ctr.name(word)), false, what);
        await mustBeGone(ctr.name(word), ctr.engine.states(), what);
      }
    },
  },
  {
    name: "failures: a name that is taken",
    run: async (ctr) => {
      const name = await ctr.idle("taken");
      const second = await ctr.run(ctr.runArguments("taken", ["--rm"], ["true"]));
      assert.equal(second.code, 1);
      assert.match(second.stderr, /already exists/);
      assert.equal(await ctr.exec(name, "echo", "unharmed"), "unharmed");
    },
  },
  {
    name: "failures: exec",
    run: async (ctr) => {
      const name = await ctr.idle("idle");
      for (const [flags, argv, message] of [
        [["--cwd", "/etc/passwd"], ["true"], /\/etc\/passwd.*not a directory/],
        [[], ["/etc/not-executable"], /\/etc\/not-executable.*permission denied/],
        [[], ["/no/such/program"], /\/no\/such\/program.*no such file or directory/],
      ] as const) {
        const result = await ctr.run(ctr.execArguments(name, flags, argv));
        assert.match(result.stderr, message);
        assert.equal(result.code, 1);
      }
      assert.equal(await ctr.exec(name, "echo", "unharmed"), "unharmed");
    },
  },
  {
    name: "failures: a start in too little memory",
    isQuick: true,
    run: async (ctr) => {
      for (const kib of [4, 64]) {
        const word = `small${kib}`;
        const flags = ["--rm", "--memory-limit", String(kib << 10)];
        const { code, stderr } = await ctr.run(ctr.runArguments(word, flags, ["true"]));
        assert.equal(code, 1, `${kib} KiB: ${stderr}`);
        assert.match(stderr, /OCI runtime create failed: .*memory limit/, `${kib} KiB`);
        await mustBeGone(ctr.name(word), ctr.engine.states(), `${kib} KiB`);
      }
    },
  },
  {
    name: "failures: a full disk",
    isAlone: true,
    run: async (ctr) => {
      const [root] = ctr.engine.states();
      await ok(["mkdir", "-p", root]);
      await ok(["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=4", "tmpfs", root]);
      try {
        const { code, stderr } = await ctr.run(ctr.runArguments("full", ["--rm"], ["true"]));
        // runc 1.1 forgets to say why.
        assert.match(stderr, /no space left on device|unable to store init state/);
        assert.equal(code, 1);
        await mustBeGone(ctr.name("full"), ctr.engine.states(), "a full disk");
      } finally {
        await ok(["umount", root]);
      }
      assert.equal(await ctr.sh([], "echo again"), "again");
    },
  },
];
