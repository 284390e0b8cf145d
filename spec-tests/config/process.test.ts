// process: arguments, environment, working directory and the small attributes of the process.
// Spec: config.md#process

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { info } from "../harness/probe.ts";
import { runtimePath } from "../harness/runtime.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config/process");

test("args are passed as they are, empty and odd ones too (config.md#process)", async (t) => {
  const words = ["", "a b", 'quote"', "$HOME", "ü", "-x", "line\nbreak"];
  const bundle = t.bundle((config) => {
    const print = 'for a in "$@"; do printf "[%s]" "$a"; done';
    config.process.args = ["/bin/sh", "-c", print, "sh", ...words];
  });
  const { stdout } = succeeded("run", await t.run(bundle));
  assert.is(stdout, words.map((word) => `[${word}]`).join(""));
});

test("args[0] without a slash is looked up in the container's PATH (config.md#process)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    mkdirSync(join(rootfs, "only-here"));
    symlinkSync("/bin/busybox", join(rootfs, "only-here", "echo"));
    config.process.env = ["PATH=/nowhere:/only-here"];
    config.process.args = ["echo", "found"];
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "found\n");
});

test("args[0] with a slash is relative to cwd (config.md#process)", async (t) => {
  const bundle = t.bundle((config) => {
    config.process.cwd = "/bin";
    config.process.args = ["./echo", "relative"];
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "relative\n");
});

test("args[0] may be a script with an interpreter of the rootfs (config.md#process)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    const text = "#!/bin/sh\necho script $1\n";
    writeFileSync(join(rootfs, "run.sh"), text, { mode: 0o755 });
    config.process.args = ["/run.sh", "one"];
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "script one\n");
});

test("env is exactly the given list, plus HOME (config.md#process)", async (t) => {
  const env = ["PATH=/bin", "EMPTY=", "EQUALS=a=b", "SPACE= x y ", "UTF=grün"];
  const seen = await info(t, (config) => {
    config.process.env = env;
  });
  assert.equal(
    seen.env.filter((entry) => !entry.startsWith("HOME=")),
    env,
  );
  assert.ok(seen.env.includes("HOME=/root"), "HOME comes from the container's passwd");
});

test("env: HOME is kept when given (config.md#process)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.env = ["HOME=/elsewhere"];
  });
  assert.equal(seen.env, ["HOME=/elsewhere"]);
});

test("env: of two entries with one name the later one counts (config.md#process)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.env = ["A=1", "B=2", "A=3", "HOME=/"];
  });
  assert.equal(
    seen.env.filter((entry) => entry.startsWith("A=")),
    ["A=3"],
  );
});

test("env: nothing of the runtime's environment gets in (config.md#process)", async (t) => {
  const env = { NODE_OPTIONS: "--require=/nonexistent", LD_PRELOAD: "", CANARY: "bird" };
  const seen = await info(t, undefined, { env });
  assert.not.ok(
    seen.env.some((entry) => /CANARY|NODE_OPTIONS|SPEC_TOKEN|_LIBCONTAINER/.test(entry)),
  );
});

test("cwd is where the process starts (config.md#process)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.cwd = "/usr/bin";
  });
  assert.is(seen.cwd, "/usr/bin");
});

test("cwd that is missing is made (config.md#process)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.cwd = "/made/by/runtime";
  });
  assert.is(seen.cwd, "/made/by/runtime");
});

test("cwd may be a symlink, which stays inside the rootfs (config.md#process)", async (t) => {
  const seen = await info(t, (config, { rootfs }) => {
    symlinkSync("/usr/bin", join(rootfs, "link"));
    config.process.cwd = "/link";
  });
  assert.is(seen.cwd, "/usr/bin");
});

test("cwd may be on a mount (config.md#process)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.cwd = "/dev/shm";
  });
  assert.is(seen.cwd, "/dev/shm");
});

for (const value of [true, false]) {
  test(`noNewPrivileges ${value} (config.md#linux-process)`, async (t) => {
    const seen = await info(t, (config) => {
      config.process.noNewPrivileges = value;
    });
    assert.is(seen.noNewPrivileges, Number(value));
  });
}

test("oomScoreAdj is set (config.md#linux-process)", async (t) => {
  const seen = await info(t, (config) => {
    config.process.oomScoreAdj = 321;
  });
  assert.is(seen.oomScoreAdj, "321");
});

test("oomScoreAdj below the current one (config.md#linux-process)", {
  needs: ["CAP_SYS_RESOURCE"],
}, async (t) => {
  const seen = await info(t, (config) => {
    config.process.oomScoreAdj = -321;
  });
  assert.is(seen.oomScoreAdj, "-321");
});

test("oomScoreAdj is the runtime's own when not set (config.md#linux-process)", async (t) => {
  const seen = await info(t);
  const bundle = t.bundle((config) => script(config, "cat /proc/self/oom_score_adj"));
  assert.is(succeeded("run", await t.run(bundle)).stdout.trim(), seen.oomScoreAdj);
});

test("the process is pid 1 and leads a session (runtime.md#lifecycle)", async (t) => {
  const seen = await info(t);
  assert.is(seen.pid, 1);
  assert.is(seen.sid, 1);
});

test("signals are neither blocked nor ignored, whatever the caller does (runtime.md#lifecycle)", async (t) => {
  // A shell that ignores SIGINT, SIGHUP and SIGPIPE before it becomes the runtime.
  const bundle = t.bundle();
  const command = [runtimePath(), "--root", t.stateRoot, "run", "--bundle", bundle.dir, t.id()];
  const shell = ["-c", 'trap "" INT HUP PIPE; exec "$@"', "sh", ...command];
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", SPEC_TOKEN: t.token };
  const { stdout } = succeeded("run", await t.startHelper("/bin/sh", shell, { env }).closed);
  const { signals } = JSON.parse(stdout);
  assert.equal(signals.blocked, []);
  assert.not.ok(signals.ignored.includes(13), "SIGPIPE is ignored");
});

test("no process attribute of the runtime is left (runtime.md#lifecycle)", async (t) => {
  const seen = await info(t);
  assert.is(seen.parentDeathSignal, 0);
  assert.is(seen.keepCaps, 0);
  assert.is(seen.securebits, 0);
  assert.is(seen.dumpable, 1);
});

test("only 0, 1 and 2 are open (runtime.md#lifecycle)", async (t) => {
  const seen = await info(t);
  assert.equal(Object.keys(seen.fds), ["0", "1", "2"]);
});

test("stdin reaches the process (runtime.md#lifecycle)", async (t) => {
  const bundle = t.bundle((config) => script(config, "cat; echo error >&2"));
  const result = succeeded("run", await t.run(bundle, [], { stdin: "to the end\n" }));
  assert.is(result.stdout, "to the end\n");
  assert.is(result.stderr, "error\n");
});

test.run();
