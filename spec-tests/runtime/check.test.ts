// check: what is wrong with a bundle is said before a container is made of it.
// Spec: none; trunc's own

import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import type { Edit } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/check");

const OWN = { deviates: "has no such thing" };

interface Finding {
  readonly level: string;
  readonly at: string;
  readonly message: string;
  readonly hint?: string;
}

async function check(t: Sandbox, edit: Edit): Promise<{ code: number | null; found: Finding[] }> {
  const bundle = t.bundle(edit);
  const { code, stdout } = await t.runtime(["check", "--format", "json", bundle.dir]);
  return { code, found: JSON.parse(stdout) as Finding[] };
}

test("check finds nothing in a good bundle (trunc#check)", OWN, async (t) => {
  assert.equal(await check(t, () => {}), { code: 0, found: [] });
  const { code, stdout } = await t.runtime(["check"], { cwd: t.bundle().dir });
  assert.is(code, 0);
  assert.is(stdout, "0 errors, 0 warnings\n");
});

/** Each must also fail where it is tried. */
const BROKEN: [title: string, at: string, message: RegExp, edit: Edit][] = [
  [
    "a program that is not there",
    "/process/args/0",
    /executable file not found in \$PATH/,
    (config) => {
      config.process.args = ["no-such-program"];
    },
  ],
  [
    "a script whose interpreter is not there",
    "/process/args/0",
    /interpreter \/bin\/zsh is not in the root file system/,
    (config, { rootfs }) => {
      writeFileSync(join(rootfs, "bin", "script"), "#!/bin/zsh\n", { mode: 0o755 });
      config.process.args = ["script"];
    },
  ],
  [
    "a program without permission",
    "/process/args/0",
    /permission denied/,
    (config, { rootfs }) => {
      writeFileSync(join(rootfs, "bin", "script"), "#!/bin/sh\n");
      chmodSync(join(rootfs, "bin", "script"), 0o644);
      config.process.args = ["/bin/script"];
    },
  ],
  [
    "a dynamic loader that is not there",
    "/process/args/0",
    /dynamic loader \/\S+ is not in the root file system/,
    (config, { rootfs }) => {
      copyFileSync("/bin/true", join(rootfs, "bin", "dynamic"));
      config.process.args = ["/bin/dynamic"];
    },
  ],
  [
    "a source that is not there",
    "/mounts/5/source",
    /no such file or directory/,
    (config) => {
      config.mounts.push({ destination: "/mnt", source: "/no/such/source", options: ["bind"] });
    },
  ],
  [
    "a hook that is not there",
    "/hooks/createRuntime/0/path",
    /no such file or directory/,
    (config) => {
      config.hooks = { createRuntime: [{ path: "/no/such/hook" }] };
    },
  ],
  [
    "a limit of files that nobody may have",
    "/process/rlimits/0/hard",
    /^1099511627776 is more than (fs\.nr_open|the caller's own RLIMIT_NOFILE), which is \d+$/,
    (config) => {
      config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 100, hard: 2 ** 40 }];
    },
  ],
  [
    "a CPU that is not there",
    "/linux/resources/cpu/cpus",
    /there is no CPU 8000|has no "cpuset" controller/,
    (config) => {
      config.linux.resources = { cpu: { cpus: "0,8000" } };
    },
  ],
  [
    "huge pages of a size that there is not",
    "/linux/resources/hugepageLimits/0",
    /no huge pages of that size|has no "hugetlb" controller/,
    (config) => {
      config.linux.resources = { hugepageLimits: [{ pageSize: "3MB", limit: 0 }] };
    },
  ],
  [
    "a root that is not there",
    "/root/path",
    /no such directory/,
    (config) => {
      config.root.path = "no-such-root";
    },
  ],
];

for (const [title, at, message, edit] of BROKEN) {
  test(`check finds ${title}, which run fails at (trunc#check)`, OWN, async (t) => {
    const { code, found } = await check(t, edit);
    assert.is(code, 1);
    const finding = found.find((entry) => entry.at === at);
    assert.is(finding?.level, "error", JSON.stringify(found));
    assert.match(finding!.message, message);
    assert.is.not((await t.run(t.bundle(edit))).code, 0);
  });
}

test("check tells all mistakes of a config, and warnings apart (trunc#check)", OWN, async (t) => {
  const { code, found } = await check(t, (config) => {
    config.process.capabilities!.bounding!.push("CAP_NONE");
  });
  assert.is(code, 0);
  assert.equal(
    found.map(({ level, at }) => [level, at]),
    [["warning", "/process/capabilities/bounding/3"]],
  );
  const bad = await check(t, (config) => {
    config.process.cwd = "relative";
    config.root.path = 7 as unknown as string;
  });
  assert.is(bad.code, 1);
  assert.equal(bad.found.map(({ at }) => at).sort(), ["/process/cwd", "/root/path"]);
});

test(
  "check finds what does nothing in a filter, with which run works (trunc#check)",
  OWN,
  async (t) => {
    const edit: Edit = (config) => {
      config.linux.seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [
          { names: ["moutn", "mount"], action: "SCMP_ACT_ERRNO" },
          { names: ["mount", "swapon"], action: "SCMP_ACT_LOG" },
          {
            names: ["reboot"],
            action: "SCMP_ACT_ERRNO",
            args: [{ index: 0, value: 0, op: "SCMP_CMP_LT" }],
          },
        ],
      };
    };
    const { code, found } = await check(t, edit);
    assert.is(code, 0);
    assert.equal(
      found.map(({ level, at, hint }) => [level, at, hint]),
      [
        ["warning", "/linux/seccomp/syscalls/0/names/0", "did you mean mount?"],
        [
          "warning",
          "/linux/seccomp/syscalls/1/names/0",
          "give that one conditions, or remove the name here",
        ],
        ["warning", "/linux/seccomp/syscalls/2/args/0", "arguments are unsigned"],
      ],
    );
    succeeded("run", await t.run(t.bundle(edit)));
  },
);

test("check makes nothing (trunc#check)", OWN, async (t) => {
  await check(t, () => {});
  assert.is((await t.runtime(["--root", t.stateRoot, "state", "ID"])).code, 1);
});

test.run();
