// Odd but legal sizes: a thousand mounts, ten thousand variables, two megabytes of arguments, the largest ids.
// Spec: config.md#mounts, config.md#process, config.md#posix-platform-user

import { chownSync } from "node:fs";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { info } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";

const test = spec("odd-bundles/sizes");

/** Others share the machine, and these take their time. */
const LONG = { timeoutMs: 300_000 };
const PATIENT = { timeoutMs: 240_000 };

test("1,000 mounts, in order (config.md#mounts)", LONG, async (t) => {
  const bundle = t.bundle((config) => {
    for (let index = 0; index < 1000; index++) {
      const destination = `/mnt/${index % 100}/${index}`;
      config.mounts.push({ destination, type: "tmpfs", source: `m${index}`, options: ["size=4k"] });
    }
    script(
      config,
      "grep -c ' - tmpfs m' /proc/self/mountinfo; grep -o 'm[0-9]* ' /proc/self/mountinfo | tail -1",
    );
  });
  const { stdout } = succeeded("run", await t.run(bundle, [], PATIENT));
  assert.is(stdout.split("\n")[0], "1000");
});

test("300 mounts on each other (config.md#mounts)", LONG, async (t) => {
  const bundle = t.bundle((config) => {
    for (let index = 0; index < 300; index++)
      config.mounts.push({ destination: "/mnt", type: "tmpfs", source: `m${index}` });
    script(config, "grep -c ' /mnt ' /proc/self/mountinfo; tail -1 /proc/self/mountinfo");
  });
  const { stdout } = succeeded("run", await t.run(bundle, [], PATIENT));
  assert.match(stdout, /^300\n.* \/mnt .* m299 /);
});

test("300 mounts in each other (config.md#mounts)", LONG, async (t) => {
  const bundle = t.bundle((config) => {
    let destination = "/mnt";
    for (let index = 0; index < 300; index++) {
      destination += "/d";
      config.mounts.push({ destination, type: "tmpfs", source: `m${index}` });
    }
    script(config, `grep -c ' - tmpfs m' /proc/self/mountinfo; ls -d ${destination} | wc -c`);
  });
  const { stdout } = succeeded("run", await t.run(bundle, [], PATIENT));
  assert.is(stdout, `300\n${"/mnt".length + 600 + 1}\n`);
});

test("10,000 variables, whole and in order (config.md#process)", LONG, async (t) => {
  const env = Array.from({ length: 10_000 }, (_, index) => `V${index}=${"x".repeat(index % 50)}`);
  const seen = await info(
    t,
    (config) => {
      config.process.env = ["PATH=/bin", ...env];
    },
    PATIENT,
  );
  const own = seen.env.filter((entry) => /^V\d/.test(entry));
  assert.equal(own, env);
});

/** Linux takes a quarter of the stack's limit for arguments and environment together, 2 MiB where that is 8 MiB. */
test("nearly 2 MB of arguments (config.md#process)", LONG, async (t) => {
  const words = Array.from({ length: 19_000 }, (_, index) => `${index}`.padEnd(90, "."));
  const bundle = t.bundle((config) => {
    config.process.args = ["/bin/sh", "-c", 'echo "$# $1 $' + "{19000}" + '"', "sh", ...words];
  });
  const { stdout } = succeeded("run", await t.run(bundle, [], PATIENT));
  assert.is(stdout, `19000 ${words[0]} ${words[18_999]}\n`);
});

test(
  "arguments that the kernel does not take: E2BIG, by name (config.md#process)",
  LONG,
  async (t) => {
    const bundle = t.bundle((config) => args(config, "info", "x".repeat(200_000)));
    const { code, stderr } = await t.run(bundle, [], PATIENT);
    assert.ok(code !== 0);
    assert.match(stderr, /argument list too long/i);
  },
);

test("no environment at all (config.md#process)", async (t) => {
  const { env } = await info(t, (config) => {
    config.process.env = [];
  });
  assert.equal(
    env.filter((entry) => !entry.startsWith("HOME=")),
    [],
  );
});

test("an empty value, an empty argument (config.md#process)", async (t) => {
  const bundle = t.bundle((config) => {
    config.process.env = ["EMPTY=", "PATH=/bin"];
    config.process.args = ["sh", "-c", 'echo "$#[$1][$EMPTY]"', "sh", ""];
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "1[][]\n");
});

test("uid and gid 4294967294 (config.md#posix-platform-user)", {
  deviates: "takes no id beyond 2147483647",
}, async (t) => {
  const largest = 4294967294;
  const seen = await info(t, (config, { rootfs }) => {
    chownSync(`${rootfs}/tmp`, largest, largest);
    config.process.user = { uid: largest, gid: largest, additionalGids: [largest, 7] };
  });
  assert.equal([...new Set(seen.uid)], [largest]);
  assert.equal([...new Set(seen.gid)], [largest]);
  assert.equal([...seen.groups].sort(), [7, largest].sort());
});

test("uid 4294967295, which means none, is refused (config.md#posix-platform-user)", {
  deviates: "setuid(-1) does nothing, and the program is root",
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.process.user = { uid: 4294967295, gid: 0 };
  });
  const { code, stderr } = await t.run(bundle);
  assert.is(code, 1);
  assert.match(stderr, /user\/uid|process\.user/);
});

test(
  "200 supplementary groups, 100 devices, 60 rlimits' worth of hooks (config.md#posix-platform-user)",
  LONG,
  async (t) => {
    const groups = Array.from({ length: 200 }, (_, index) => 1000 + index);
    const seen = await info(
      t,
      (config) => {
        config.process.user.additionalGids = groups;
        config.linux.devices = Array.from({ length: 100 }, (_, index) => ({
          path: `/dev/odd/d${index}`,
          type: "c",
          major: 1,
          minor: 3,
        }));
        config.hooks = { createRuntime: Array(60).fill({ path: "/bin/true" }) };
      },
      PATIENT,
    );
    assert.equal(seen.groups, groups);
  },
);

test.run();
