// linux.resources: that limits bite.
// Spec: config-linux.md#memory, #cpu, #pids

import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { cgroupFile } from "../harness/cgroups.ts";
import { succeeded } from "../harness/container.ts";
import { ask, info } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config-linux/limits");

const MIB = 1 << 20;

test("memory limit: the process that exceeds it is killed (config-linux.md#memory)", {
  needs: ["memory controller"],
}, async (t) => {
  const { signal } = await ask<{ signal: number }>(t, ["alloc", "96", "child"], (config) => {
    config.linux.resources = { memory: { limit: 16 * MIB, swap: 16 * MIB } };
  });
  assert.is(signal, 9);
});

test("memory limit: within it the process lives (config-linux.md#memory)", {
  needs: ["memory controller"],
}, async (t) => {
  const { signal } = await ask<{ signal: number }>(t, ["alloc", "32", "child"], (config) => {
    config.linux.resources = { memory: { limit: 64 * MIB } };
  });
  assert.is(signal, 0);
});

test("memory limit of 2 MiB starts /bin/true (config-linux.md#memory)", {
  needs: ["memory controller"],
  deviates: "its init needs more",
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.process.args = ["/bin/true"];
    config.linux.resources = { memory: { limit: 2 * MIB, swap: 2 * MIB } };
  });
  succeeded("run", await t.run(bundle));
});

test("pids limit: fork is refused (config-linux.md#pids)", {
  needs: ["pids controller"],
}, async (t) => {
  const { made, errno } = await ask<{ made: number; errno: string }>(
    t,
    ["fork", "30"],
    (config) => {
      config.linux.resources = { pids: { limit: 20 } };
    },
  );
  assert.is(errno, "EAGAIN");
  assert.ok(made < 20 && made > 5, `${made}`);
});

test("cpuset: the process has only these CPUs (config-linux.md#cpu)", {
  needs: ["cpuset controller", "two CPUs"],
}, async (t) => {
  const { affinity } = await info(t, (config) => {
    config.linux.resources = { cpu: { cpus: "1" } };
  });
  assert.equal(affinity, [1]);
});

test("cpu.quota: a busy loop is throttled (config-linux.md#cpu)", {
  needs: ["cpu controller"],
}, async (t) => {
  const bundle = t.bundle((config) => {
    script(config, "i=0; while test $i -lt 30000; do i=$((i+1)); done; echo done; read end");
    config.linux.resources = { cpu: { quota: 5000, period: 50_000 } };
  });
  const container = await t.create(bundle, { stdin: "open" });
  const { pid } = await container.state();
  await container.start();
  await container.created.sees("done");
  const throttled = /nr_throttled (\d+)/.exec(cgroupFile("cpu", pid, "cpu.stat"))![1];
  assert.ok(Number(throttled) > 0);
});

test("limits hold for children that run later (config-linux.md#control-groups)", {
  needs: ["pids controller"],
}, async (t) => {
  const bundle = t.bundle((config) => {
    args(config, "idle");
    config.linux.resources = { pids: { limit: 9 } };
  });
  const container = await t.create(bundle);
  const { pid } = await container.state();
  await container.start();
  await container.created.sees("idle");
  assert.is(cgroupFile("pids", pid, "pids.max"), "9");
});

test.run();
