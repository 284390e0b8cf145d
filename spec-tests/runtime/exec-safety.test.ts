// exec: what must not get in with the program, out of the container, or stay behind.
// Spec: none; CVE-2016-9962, CVE-2019-5736

import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { exec, execInfo, idle } from "../harness/exec.ts";
import { spec } from "../harness/suite.ts";
import { until } from "../harness/until.ts";

const test = spec("runtime/exec-safety");

test("#!/proc/self/exe does not run the runtime again (CVE-2019-5736)", {
  deviates: "its init is its own file",
}, async (t) => {
  const container = await idle(t, (_config, { rootfs }) => {
    writeFileSync(join(rootfs, "bin", "loop"), "#!/proc/self/exe\n", { mode: 0o755 });
  });
  // the init's, which has no plan to read
  assert.is((await exec(t, container, [], ["/bin/loop"])).code, 2);
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
    await until("no init is left", () =>
      inside(pid).every((other) => other === pid || isProgram(other)),
    );
    for (const other of inside(pid)) if (other !== pid) process.kill(other, "SIGKILL");
    await until("the program is gone", () => inside(pid).length === 1);
  }
});

function isProgram(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("/bin/probe\0idle\0entered");
  } catch {
    return true;
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
