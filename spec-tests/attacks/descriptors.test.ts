// Descriptors that lead out of the container, and processes of the runtime's that lead to them.
// Spec: none; docs/security.md, rules 5 and 6: T5, T6, T7, CVE-2024-21626, CVE-2016-9962, CVE-2019-5736

import { closeSync, linkSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import type { Result } from "../harness/call.ts";
import { exec, execInfo, idle, shell } from "../harness/exec.ts";
import { runtimePath } from "../harness/runtime.ts";
import { spec } from "../harness/suite.ts";
import { attack } from "./attack.ts";

const test = spec("attacks/descriptors");

/** open(2); Node has no name for it. */
const O_PATH = 0o10000000;

/** What was printed by way of the first descriptor that leads somewhere. */
async function throughEach(
  end: number,
  attempt: (fd: number) => Promise<Result>,
): Promise<string | undefined> {
  for (let fd = 3; fd < end; fd++) {
    const { stdout } = await attempt(fd);
    if (stdout !== "") return `${stdout} through descriptor ${fd}`;
  }
  return undefined;
}

attack(
  test,
  "a working directory through a descriptor (CVE-2024-21626)",
  "weak init",
  async (t, dir) => {
    writeFileSync(join(dir, "flag"), "reached the host");
    return throughEach(24, (fd) =>
      t.run(
        t.bundle((config) => {
          config.process.cwd = `/proc/self/fd/${fd}`;
          script(config, `cat ../../../../../../../../..${dir}/flag .${dir}/flag`);
        }),
      ),
    );
  },
  // the directories that the witness leaks
  ["cgroup v1"],
);

attack(
  test,
  "a program through a descriptor (CVE-2024-21626)",
  "weak init",
  async (t, dir) => {
    writeFileSync(join(dir, "program"), "#!/bin/sh\necho reached the host\n", { mode: 0o755 });
    return throughEach(24, (fd) =>
      t.run(
        t.bundle((config) => {
          config.process.args = [`/proc/self/fd/${fd}/../../../../../../..${dir}/program`];
        }),
      ),
    );
  },
  ["cgroup v1"],
);

attack(test, "a descriptor in the program (CVE-2024-21626)", "weak init", async (t) => {
  const { stdout } = await t.run(t.bundle((config) => args(config, "info")));
  const fds = Object.keys((JSON.parse(stdout) as { fds: object }).fds);
  return fds.every((fd) => Number(fd) < 3) ? undefined : `descriptors ${fds}`;
});

attack(test, "a descriptor in what exec runs (CVE-2024-21626)", "weak init", async (t) => {
  const fds = Object.keys((await execInfo(t, await idle(t))).fds);
  return fds.every((fd) => Number(fd) < 3) ? undefined : `descriptors ${fds}`;
});

attack(
  test,
  "a working directory of exec's through a descriptor (CVE-2024-21626)",
  "weak init",
  async (t, dir) => {
    writeFileSync(join(dir, "flag"), "reached the host");
    const container = await idle(t);
    const cat = ["/bin/cat", `.${dir}/flag`];
    return throughEach(16, (fd) => exec(t, container, ["--cwd", `/proc/self/fd/${fd}`], cat));
  },
);

attack(
  test,
  "a program of the host's that exec runs through a descriptor (CVE-2019-5736)",
  "weak init",
  async (t, dir) => {
    writeFileSync(join(dir, "program"), "#!/bin/sh\necho reached the host\n", { mode: 0o755 });
    const container = await idle(t);
    return throughEach(16, (fd) => exec(t, container, [], [`/proc/self/fd/${fd}${dir}/program`]));
  },
);

attack(test, "a file of the init's that is written to (CVE-2019-5736)", "weak host", async (t) => {
  const container = await t.create(t.bundle((config) => args(config, "idle")));
  const { pid } = await container.state();
  const held = openSync(`/proc/${pid}/exe`, O_PATH);
  await container.start();
  await container.created.sees("idle");
  // executed no more: nothing but the seals is in the way
  const file = openSync(`/proc/self/fd/${held}`, "r+");
  try {
    return `${writeSync(file, "#!")} bytes were written into it`;
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, "EPERM");
    return undefined;
  } finally {
    for (const fd of [file, held]) closeSync(fd);
  }
});

attack(
  test,
  "processes of the container look into one that enters (CVE-2016-9962)",
  "weak init",
  async (t) => {
    const container = await idle(t);
    const spy = t.startRuntime(["exec", container.id, "/bin/probe", "spy", "/stop"], {
      timeoutMs: 120_000,
    });
    await spy.sees("spying");
    for (let count = 0; count < 300 && !spy.stdout().includes("leak"); count++) {
      await t.runtime(["exec", container.id, "/bin/true"]);
    }
    await shell(t, container, "touch /stop");
    const { stdout } = await spy.closed;
    return /leak.*/.exec(stdout)?.[0];
  },
);

/** Beneath a filter it is called through a wrapper. */
const ITSELF = {
  deviates: "its init is its own file",
  needs: ["no filter around it", "no sanitizer in it"],
};

/** Whether the container's first process is executed from the runtime's own file. */
function isRuntimeInside(pid: number): boolean {
  const own = statSync(runtimePath());
  const inside = statSync(`/proc/${pid}/exe`);
  return own.ino === inside.ino && own.dev === inside.dev;
}

test(
  "the runtime's file is not in the container, nor in one that enters (CVE-2019-5736)",
  ITSELF,
  async (t) => {
    const container = await t.create(t.bundle((config) => args(config, "idle")));
    const { pid } = await container.state();
    assert.not.ok(isRuntimeInside(pid));
    await container.start();
    assert.not.ok(isRuntimeInside(pid));
  },
);

test("what the test above looks for is seen where it is (CVE-2019-5736)", ITSELF, async (t) => {
  const copy = join(t.dir, "runtime");
  try {
    linkSync(runtimePath(), copy);
  } catch {
    // another file system: a mount brings it in
  }
  const bundle = t.bundle((config, { rootfs }) => {
    writeFileSync(join(rootfs, "runtime"), "");
    config.mounts.push({
      destination: "/runtime",
      type: "bind",
      source: runtimePath(),
      options: ["bind"],
    });
    // `events` of a container that is not there ends at once; reading standard input does not
    config.process.args = ["/runtime", "--root", "/tmp/r", "update", "--resources", "-", "none"];
  });
  const container = await t.create(bundle, { stdin: "open" });
  await container.start();
  const { pid } = await container.state();
  const seen = isRuntimeInside(pid);
  container.created.end();
  assert.ok(seen);
});

test("#!/proc/self/exe does not run the runtime again (CVE-2019-5736)", ITSELF, async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    writeFileSync(join(rootfs, "program"), "#!/proc/self/exe\n", { mode: 0o755 });
    config.process.args = ["/program"];
  });
  // the init's, which has no plan to read
  assert.is((await t.run(bundle)).code, 2);
});

test.run();
