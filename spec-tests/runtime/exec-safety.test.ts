// exec: what must not get in with the program, out of the container, or stay behind.
// Spec: none; CVE-2016-9962, CVE-2019-5736, CVE-2022-29162, CVE-2024-21626

import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { grant } from "../harness/bundle.ts";
import { exec, execInfo, idle, processFile, shell } from "../harness/exec.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/exec-safety");

test("nothing of the runtime is open in the program (CVE-2024-21626)", async (t) => {
  const container = await idle(t);
  assert.equal(Object.keys((await execInfo(t, container)).fds), ["0", "1", "2"]);
});

test("a working directory through a descriptor is the container's or none (CVE-2024-21626)", {
  timeoutMs: 60_000,
}, async (t) => {
  const container = await idle(t);
  const root = await shell(t, container, "ls /");
  for (let number = 3; number < 20; number++) {
    const file = processFile(t, { cwd: `/proc/self/fd/${number}`, args: ["/bin/sh", "-c", "ls"] });
    const result = await exec(t, container, ["--process", file], []);
    assert.is(result.stdout, result.code === 0 ? root : "", `${number}`);
  }
});

test("a program of the host is not found through a descriptor (CVE-2019-5736)", {
  timeoutMs: 60_000,
}, async (t) => {
  const container = await idle(t);
  const marker = join(t.dir, "marker");
  copyFileSync("/bin/true", marker);
  chmodSync(marker, 0o755);
  for (let number = 3; number < 12; number++) {
    for (const path of ["", marker, `/root${marker}`, `/1/root${marker}`, `/self/root${marker}`]) {
      const program = `/proc/self/fd/${number}${path}`;
      assert.is.not((await exec(t, container, [], [program])).code, 0, program);
    }
  }
});

test("a program that is a link to its own executable does not get the runtime (CVE-2019-5736)", async (t) => {
  const container = await idle(t, (_config, { rootfs }) => {
    writeFileSync(join(rootfs, "bin", "loop"), "#!/proc/self/exe\n", { mode: 0o755 });
  });
  const result = await exec(t, container, [], ["/bin/loop"]);
  assert.is.not(result.code, 0);
});

test("no capability is inheritable or ambient (CVE-2022-29162)", async (t) => {
  const container = await idle(t);
  const flags = ["--cap", "CAP_SYS_ADMIN", "--cap", "CAP_NET_RAW"];
  const { capabilities } = await execInfo(t, container, flags);
  assert.equal(capabilities.inheritable, []);
  assert.equal(capabilities.ambient, []);
});

test("the program is as dumpable as any, with default signals (CVE-2016-9962)", async (t) => {
  const container = await idle(t);
  const { dumpable, keepCaps, parentDeathSignal, signals, securebits } = await execInfo(
    t,
    container,
  );
  assert.is(dumpable, 1);
  assert.is(keepCaps, 0);
  assert.is(securebits, 0);
  assert.is(parentDeathSignal, 0);
  assert.equal(signals, { blocked: [], ignored: [] });
});

test("processes of the container can't look into the one that enters (CVE-2016-9962)", async (t) => {
  const container = await idle(t, (config) => grant(config, "CAP_SYS_PTRACE"));
  const spy = [
    "n=0; while [ $n -lt 3000 ]; do n=$((n+1));",
    "for p in /proc/[0-9]*; do case $p in /proc/1|/proc/$$) continue;; esac;",
    "for f in $p/fd/*; do l=$(readlink $f 2>/dev/null) && case $l in *trunc*|*memfd*|*runc*) echo leak $l;; esac;",
    "done; done; done; echo spied",
  ].join(" ");
  const run = t.startRuntime([
    "exec",
    container.id,
    "/bin/sh",
    "-c",
    `${spy.replace("3000", "60")}`,
  ]);
  for (let count = 0; count < 20; count++) await shell(t, container, "true");
  const { stdout } = await run.closed;
  assert.is(stdout, "spied\n");
});

test("fifty at a time (runtime.md#lifecycle)", { timeoutMs: 90_000 }, async (t) => {
  const container = await idle(t);
  const runs = Array.from({ length: 50 }, async (_, index) => {
    const argv = ["/bin/sh", "-c", `echo ${index}; exit ${index}`];
    return exec(t, container, [], argv, { timeoutMs: 60_000 });
  });
  for (const [index, result] of (await Promise.all(runs)).entries()) {
    assert.is(result.code, index, result.stderr);
    assert.is(result.stdout, `${index}\n`);
  }
  assert.is((await container.state()).status, "running");
});

/** The processes in the container's pid namespace. */
function inside(pid: number): number[] {
  const own = readlinkSync(`/proc/${pid}/ns/pid`);
  return readdirSync("/proc")
    .map(Number)
    .filter((other) => {
      try {
        return other > 0 && readlinkSync(`/proc/${other}/ns/pid`) === own;
      } catch {
        return false;
      }
    });
}

test("a runtime that is killed at any moment leaves no init behind (runtime.md#lifecycle)", {
  timeoutMs: 60_000,
}, async (t) => {
  const container = await idle(t);
  const { pid } = await container.state();
  for (let delay = 0; delay < 24; delay++) {
    const run = t.startRuntime(["exec", container.id, "/bin/probe", "idle", "entered"]);
    await new Promise((resolve) => setTimeout(resolve, delay));
    run.child.kill("SIGKILL");
    await run.exited;
    // the program itself may have been reached: it is the container's then
    await settled(() => inside(pid).every((other) => other === pid || isProgram(other)));
    for (const other of inside(pid)) if (other !== pid) process.kill(other, "SIGKILL");
    await settled(() => inside(pid).length === 1);
  }
});

function isProgram(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("/bin/probe\0idle\0entered");
  } catch {
    return true;
  }
}

async function settled(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 3000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("something is left");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("a failed one leaves nothing behind (runtime.md#lifecycle)", async (t) => {
  const container = await idle(t);
  const { pid } = await container.state();
  for (const argv of [["no-such"], ["/etc"]]) await exec(t, container, [], argv);
  await exec(t, container, ["--cwd", "/no/such"], ["true"]);
  await exec(t, container, ["--pid-file", "/no/such/file"], ["true"]);
  assert.equal(inside(pid), [pid]);
});

test.run();
