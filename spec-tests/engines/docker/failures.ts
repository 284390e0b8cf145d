// What a user is shown when a container does not start: the runtime's one line, the right exit code, and nothing left.

import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import type { CommandLine } from "../command-line.ts";
import { type Failure, PROGRAM_FAILURES } from "../failures.ts";
import type { Feature } from "../feature.ts";
import { mustBeGone, tracesOf } from "../leftovers.ts";

const FAILURES: readonly Failure[] = [
  ...PROGRAM_FAILURES,
  {
    what: "a missing file",
    argv: ["/no/such/program"],
    code: 127,
    message:
      /exec: "\/no\/such\/program": stat \/no\/such\/program: no such file or directory|no such file or directory/,
  },
  {
    what: "an option that the file system does not take",
    flags: ["--tmpfs", "/x:size=lots"],
    code: 125,
    message: /\/x.*(invalid argument|Bad value)/,
  },
  {
    what: "a file over a directory",
    flags: ["--volume", "FILE:/tmp"],
    code: 125,
    message: /\/tmp.*not a directory/,
  },
  {
    what: "a user that is not there",
    flags: ["--user", "nobody-here"],
    code: 125,
    message: /unable to find user nobody-here/,
  },
  {
    what: "a sysctl that is not the container's",
    flags: ["--sysctl", "kernel.shmmax=many"],
    code: 125,
    message: /kernel[./]shmmax.*invalid argument/,
  },
];

export const FAILURE_FEATURES: readonly Feature<CommandLine>[] = [
  {
    name: "failures: the reason, the exit code, nothing left",
    isQuick: true,
    run: async (docker) => {
      const file = join(docker.directory("files"), "file");
      writeFileSync(file, "");
      for (const [index, failure] of FAILURES.entries()) {
        const name = docker.name(`failed${index}`);
        const flags = (failure.flags ?? []).map((word) => word.replace("FILE", file));
        const argv = failure.argv ?? ["true"];
        const result = await docker.run(["run", "--name", name, ...flags, "busybox", ...argv]);
        assert.match(result.stderr, failure.message, failure.what);
        assert.equal(result.code, failure.code, `${failure.what}: ${result.stderr}`);
        const id = await docker.inspect(name, "{{.Id}}");
        const running = await docker.inspect(name, "{{.State.Running}} {{.State.Pid}}");
        assert.equal(running, "false 0", failure.what);
        assert.deepEqual(await tracesOf(id, docker.engine.states), [], failure.what);
        await docker.ok("rm", name);
      }
    },
  },
  {
    name: "failures: a name that is taken",
    run: async (docker) => {
      const name = await docker.idle("taken");
      const second = await docker.run(["run", "--rm", "--name", name, "busybox", "true"]);
      assert.equal(second.code, 125);
      assert.match(second.stderr, /already in use/);
      assert.equal(await docker.ok("exec", name, "echo", "unharmed"), "unharmed");
    },
  },
  {
    name: "failures: exec",
    run: async (docker) => {
      const name = await docker.idle("idle");
      for (const [argv, message] of [
        [["--user", "nobody-here", name, "true"], /unable to find user nobody-here/],
        [["--workdir", "/etc/passwd", name, "true"], /not a directory/],
        [[name, "/etc/not-executable"], /permission denied/],
      ] as const) {
        const result = await docker.run(["exec", ...argv]);
        assert.match(result.stdout + result.stderr, message);
        assert.notEqual(result.code, 0);
      }
      assert.equal(await docker.ok("exec", name, "echo", "unharmed"), "unharmed");
    },
  },
  {
    name: "failures: a start in too little memory",
    isQuick: true,
    run: async (docker) => {
      // Docker's own limit can't be that low: a cgroup above has it.
      const [parent, file] = existsSync("/sys/fs/cgroup/memory")
        ? ["/sys/fs/cgroup/memory/above-small", "memory.limit_in_bytes"]
        : ["/sys/fs/cgroup/above-small", "memory.max"];
      mkdirSync(parent);
      writeFileSync(join(parent, file), String(64 << 10));
      const name = docker.name("small");
      const flags = ["--name", name, "--cgroup-parent", "/above-small"];
      const result = await docker.run(["run", ...flags, "busybox", "true"]);
      assert.match(
        result.stderr,
        /OCI runtime create failed: .*(memory limit|OOM|signal: killed|EOF)/,
      );
      assert.equal(result.code, 125);
      const id = await docker.inspect(name, "{{.Id}}");
      await docker.ok("rm", name);
      await mustBeGone(id, docker.engine.states, "too little memory");
    },
  },
  {
    name: "failures: a full disk",
    isAlone: true,
    run: async (docker) => {
      const [states] = docker.engine.states;
      await ok(["mkdir", "-p", states!]);
      await ok(["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=4", "tmpfs", states!]);
      try {
        const name = docker.name("full");
        const result = await docker.run(["run", "--name", name, "busybox", "true"]);
        // runc 1.1 forgets to say why.
        assert.match(result.stderr, /no space left on device|unable to store init state/);
        assert.equal(result.code, 125);
        const id = await docker.inspect(name, "{{.Id}}");
        await docker.ok("rm", name);
        assert.deepEqual(await tracesOf(id, docker.engine.states), []);
      } finally {
        await ok(["umount", states!]);
      }
      assert.equal(await docker.sh([], "echo again"), "again");
    },
  },
];
