// What podman shows when a container does not start: the runtime's one line, the right exit code, and nothing left.

import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import { type Failure, PROGRAM_FAILURES } from "../failures.ts";
import type { Feature } from "../feature.ts";
import { tracesOf } from "../leftovers.ts";
import type { Podman } from "./engine.ts";

const FAILURES: readonly Failure[] = [
  ...PROGRAM_FAILURES,
  {
    what: "a missing file",
    argv: ["/no/such/program"],
    code: 127,
    message: /no\/such\/program.*no such file or directory/,
  },
  {
    what: "an option that the file system does not take",
    flags: ["--tmpfs", "/x:size=lots"],
    code: 126,
    message: /\/x.*(invalid argument|Bad value)/,
  },
  {
    what: "a file over a directory",
    flags: ["--volume", "FILE:/tmp"],
    code: 126,
    message: /\/tmp.*not a directory/,
  },
  {
    what: "a user that is not there",
    flags: ["--user", "nobody-here"],
    code: 126,
    message: /unable to find user nobody-here/,
  },
  {
    what: "a source that is not there",
    flags: ["--volume", "/no/such/source:/x"],
    code: 125,
    message: /\/no\/such\/source.*no such file or directory/,
  },
  {
    what: "a sysctl that is not the container's",
    flags: ["--sysctl", "kernel.shmmax=many"],
    code: 126,
    message: /kernel[./]shmmax.*invalid argument/,
  },
];

export const FAILURE_FEATURES: readonly Feature<Podman>[] = [
  {
    name: "failures: the reason, the exit code, nothing left",
    isQuick: true,
    run: async (podman) => {
      const file = join(podman.directory("files"), "file");
      writeFileSync(file, "");
      for (const [index, failure] of FAILURES.entries())
        await mustFail(podman, podman.name(`failed${index}`), file, failure);
    },
  },
  {
    name: "failures: a full disk",
    isAlone: true,
    run: async (podman) => {
      const states = `/run/${podman.engine.place.runtime.name}`;
      await ok(["mkdir", "-p", states]);
      await ok(["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=4", "tmpfs", states]);
      try {
        const result = await podman.run(["run", "--name", podman.name("full"), "busybox", "true"]);
        // runc 1.1 forgets to say why, or says nothing.
        if (podman.engine.place.runtime.name === "trunc")
          assert.match(result.stderr, /no space left on device/);
        assert.notEqual(result.code, 0);
        const id = await podman.inspect(podman.name("full"), "{{.Id}}");
        await podman.ok("rm", podman.name("full"));
        assert.deepEqual(await tracesOf(id, podman.engine.states), []);
      } finally {
        await ok(["umount", states]);
      }
      assert.equal(await podman.sh([], "echo again"), "again");
    },
  },
];

async function mustFail(
  podman: Podman,
  name: string,
  file: string,
  failure: Failure,
): Promise<void> {
  const flags = (failure.flags ?? []).map((word) => word.replace("FILE", file));
  const argv = failure.argv ?? ["true"];
  const result = await podman.run(["run", "--name", name, ...flags, "busybox", ...argv]);
  assert.match(result.stderr, failure.message, failure.what);
  assert.equal(result.stderr.trim().split("\n").length, 1, result.stderr);
  assert.equal(result.code, failure.code, `${failure.what}: ${result.stderr}`);
  // One that was refused before it was made is not there.
  const { stdout } = await podman.run([
    "inspect",
    "--format",
    "{{.Id}} {{.State.Running}} {{.State.Pid}}",
    name,
  ]);
  const [id, ...state] = stdout.trim().split(" ");
  if (id === "" || id === "[]") return;
  assert.deepEqual(state, ["false", "0"], failure.what);
  assert.deepEqual(await tracesOf(`libpod-${id}`, podman.engine.states), [], failure.what);
  await podman.ok("rm", name);
  assert.deepEqual(await tracesOf(id!, podman.engine.states), [], failure.what);
}
