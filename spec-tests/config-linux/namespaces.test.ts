// linux.namespaces: the eight kinds, new, shared with the host, and joined by path.
// Spec: config-linux.md#namespaces

import { readlinkSync } from "node:fs";
import * as assert from "uvu/assert";
import { script, share } from "../harness/bundle.ts";
import { controllerLines } from "../harness/cgroups.ts";
import { succeeded } from "../harness/container.ts";
import { holdNamespaces } from "../harness/helpers.ts";
import { info } from "../harness/probe.ts";
import { spec, type TestOptions } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";

const test = spec("config-linux/namespaces");

const TIME: TestOptions = { needs: ["time namespace"], since: "1.2: time namespaces" };

/** Name in config.json, name in /proc/PID/ns. */
const KINDS: [type: string, file: string, options?: TestOptions][] = [
  ["pid", "pid"],
  ["network", "net"],
  ["ipc", "ipc"],
  ["uts", "uts"],
  ["mount", "mnt"],
  ["cgroup", "cgroup"],
  ["time", "time", TIME],
];

const ofHost = (file: string) => readlinkSync(`/proc/self/ns/${file}`);

function add(config: Config, type: string, path?: string): void {
  share(config, type);
  config.linux.namespaces.push(path === undefined ? { type } : { type, path });
}

for (const [type, file, options] of KINDS) {
  test(`${type} without a path is new (config-linux.md#namespaces)`, options ?? {}, async (t) => {
    const { namespaces } = await info(t, (config) => add(config, type));
    assert.is.not(namespaces[file], ofHost(file));
    assert.match(namespaces[file]!, /^\w+:\[\d+\]$/);
  });
}

for (const [type, file] of KINDS) {
  if (type === "mount") continue; // without it there is nothing to test in
  test(`${type} that is not listed is the runtime's own (config-linux.md#namespaces)`, async (t) => {
    const { namespaces } = await info(t, (config) => {
      share(config, type);
      // Without a network of its own the kernel refuses to mount a sysfs anew.
      if (type === "network")
        config.mounts = config.mounts.filter(({ type: fs }) => fs !== "sysfs");
      if (type === "uts") delete config.hostname;
    });
    assert.is(namespaces[file], ofHost(file));
  });
}

for (const [type, file, options] of KINDS) {
  if (type === "mount" || type === "cgroup") continue;
  test(`${type} with a path is joined (config-linux.md#namespaces)`, options ?? {}, async (t) => {
    const pid = await holdNamespaces(t, "held", file);
    const { namespaces } = await info(t, (config) => {
      add(config, type, `/proc/${pid}/ns/${file}`);
      if (type === "uts") delete config.hostname;
    });
    assert.is(namespaces[file], readlinkSync(`/proc/${pid}/ns/${file}`));
    assert.is.not(namespaces[file], ofHost(file));
  });
}

test("cgroup with a path is joined (config-linux.md#namespaces)", async (t) => {
  const pid = await holdNamespaces(t, "held", "cgroup");
  const { namespaces } = await info(t, (config) => add(config, "cgroup", `/proc/${pid}/ns/cgroup`));
  assert.is(namespaces.cgroup, readlinkSync(`/proc/${pid}/ns/cgroup`));
});

test("mount with a path: the container is made inside it (config-linux.md#namespaces)", async (t) => {
  const pid = await holdNamespaces(t, "held", "mnt");
  const path = `/proc/${pid}/ns/mnt`;
  const { namespaces } = await info(t, (config) => {
    add(config, "mount", path);
  });
  assert.is(namespaces.mnt, readlinkSync(path));
});

test("several by path at once, beside new ones (config-linux.md#namespaces)", async (t) => {
  const pid = await holdNamespaces(t, "shared-name", "net", "ipc", "uts", "pid");
  const path = (file: string) => `/proc/${pid}/ns/${file}`;
  const seen = await info(t, (config) => {
    for (const [type, file] of KINDS.slice(0, 4)) add(config, type, path(file));
    delete config.hostname;
  });
  for (const [, file] of KINDS.slice(0, 4))
    assert.is(seen.namespaces[file], readlinkSync(path(file)));
  assert.is(seen.hostname, "shared-name");
  assert.is.not(seen.namespaces.mnt, ofHost("mnt"));
});

test("a joined pid namespace: not pid 1, and its processes are seen (config-linux.md#namespaces)", async (t) => {
  const holder = await holdNamespaces(t, "held", "pid");
  const bundle = t.bundle((config) => {
    add(config, "pid", `/proc/${holder}/ns/pid`);
    script(config, "echo $$; cat /proc/1/comm");
  });
  const [pid, first] = succeeded("run", await t.run(bundle)).stdout.split("\n");
  assert.is.not(pid, "1");
  assert.is(first, "probe");
});

test("a namespace of another container is joined (config-linux.md#namespaces)", async (t) => {
  const sandbox = await t.create(t.bundle());
  const { pid } = await sandbox.state();
  const { namespaces } = await info(t, (config) => {
    for (const type of ["network", "ipc", "uts"]) {
      add(config, type, `/proc/${pid}/ns/${type === "network" ? "net" : type}`);
    }
    delete config.hostname;
  });
  assert.is(namespaces.net, readlinkSync(`/proc/${pid}/ns/net`));
  assert.is(namespaces.uts, readlinkSync(`/proc/${pid}/ns/uts`));
});

test("a new cgroup namespace shows the container's cgroup as root (config-linux.md#namespaces)", async (t) => {
  const { cgroup } = await info(t, (config) => add(config, "cgroup"));
  const lines = controllerLines(cgroup);
  assert.ok(lines.length > 0);
  for (const line of lines) assert.match(line, /:\/$/);
});

test("loopback of a new network namespace is up (config-linux.md#namespaces)", async (t) => {
  const bundle = t.bundle((config) => script(config, "busybox ip addr show lo"));
  assert.match(succeeded("run", await t.run(bundle)).stdout, /LOOPBACK,UP[\s\S]*127\.0\.0\.1/);
});

test("time offsets are those given (config-linux.md#timeOffsets)", TIME, async (t) => {
  const before = process.hrtime()[0];
  const seen = await info(t, (config) => {
    add(config, "time");
    config.linux.timeOffsets = {
      monotonic: { secs: 5000, nanosecs: 0 },
      boottime: { secs: 90000, nanosecs: 1000 },
    };
  });
  const offsets = seen.timeOffsets.map((line) => line.split(/\s+/));
  assert.equal(offsets, [
    ["monotonic", "5000", "0"],
    ["boottime", "90000", "1000"],
  ]);
  assert.ok(seen.monotonic >= before + 5000);
});

test(
  "a new time namespace without offsets has none (config-linux.md#timeOffsets)",
  TIME,
  async (t) => {
    const { timeOffsets } = await info(t, (config) => add(config, "time"));
    for (const line of timeOffsets) assert.match(line, /\s0\s+0$/);
  },
);

test.run();
