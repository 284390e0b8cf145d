// update: what stands in the cgroup files afterwards, that it bites, and what happens when it can't be done.
// Spec: config-linux.md#control-groups; runc's command line

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { cgroupFile, hierarchy } from "../harness/cgroups.ts";
import { type Commanded, commanded } from "../harness/commands.ts";
import { succeeded } from "../harness/container.ts";
import { parse } from "../harness/probe.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec, type TestOptions } from "../harness/suite.ts";

const test = spec("runtime/update");

const MIB = 1 << 20;

async function update(t: Sandbox, { container }: Commanded, ...flags: string[]): Promise<void> {
  succeeded("update", await t.runtime(["update", ...flags, container.id]));
}

async function updateBy(t: Sandbox, { container }: Commanded, resources: object): Promise<void> {
  const stdin = JSON.stringify(resources);
  succeeded("update", await t.runtime(["update", "--resources", "-", container.id], { stdin }));
}

/** File names on v1 and v2, and what stands in them; several texts where versions of runc differ. */
type Expected = readonly (readonly [
  controller: string,
  v1: readonly [file: string, ...texts: string[]] | null,
  v2: readonly [file: string, ...texts: string[]] | null,
])[];

function expect({ pid }: Commanded, expected: Expected): void {
  for (const [controller, v1, v2] of expected) {
    const file = hierarchy(controller)?.version === 1 ? v1 : v2;
    if (file === null) continue;
    const [name, ...texts] = file;
    const found = cgroupFile(controller, pid, name);
    assert.ok(texts.includes(found), `${name} is ${found}, not ${texts}`);
  }
}

const memory = (bytes: number): Expected[number] => [
  "memory",
  ["memory.limit_in_bytes", `${bytes}`],
  ["memory.max", `${bytes}`],
];
const swap = (together: number, memory: number): Expected[number] => [
  "memory",
  ["memory.memsw.limit_in_bytes", `${together}`],
  ["memory.swap.max", `${together - memory}`],
];
const NO_LIMIT = "9223372036854771712";

interface Row {
  readonly flags: readonly string[];
  readonly expected: Expected;
  readonly options?: TestOptions;
}

const ROWS: readonly Row[] = [
  { flags: ["--memory", "64M"], expected: [memory(64 * MIB)] },
  { flags: ["--memory=67108864"], expected: [memory(64 * MIB)] },
  { flags: ["--memory", "0.5g"], expected: [memory(512 * MIB)] },
  {
    flags: ["--memory", "-1"],
    expected: [["memory", ["memory.limit_in_bytes", NO_LIMIT], ["memory.max", "max"]]],
  },
  {
    flags: ["--memory-reservation", "16MB"],
    expected: [
      ["memory", ["memory.soft_limit_in_bytes", `${16 * MIB}`], ["memory.low", `${16 * MIB}`]],
    ],
  },
  {
    flags: ["--memory", "64M", "--memory-swap", "96M"],
    expected: [memory(64 * MIB), swap(96 * MIB, 64 * MIB)],
    options: { needs: ["swap accounting"] },
  },
  {
    flags: ["--memory", "64M", "--memory-swap", "-1"],
    expected: [
      memory(64 * MIB),
      ["memory", ["memory.memsw.limit_in_bytes", NO_LIMIT], ["memory.swap.max", "max"]],
    ],
    options: { needs: ["swap accounting"] },
  },
  {
    flags: ["--cpu-share", "512"],
    expected: [["cpu", ["cpu.shares", "512"], ["cpu.weight", "59", "20"]]],
  },
  {
    flags: ["--cpu-quota", "40000"],
    expected: [["cpu", ["cpu.cfs_quota_us", "40000"], ["cpu.max", "40000 100000"]]],
  },
  {
    flags: ["--cpu-quota", "40000", "--cpu-period", "50000"],
    expected: [
      ["cpu", ["cpu.cfs_quota_us", "40000"], ["cpu.max", "40000 50000"]],
      ["cpu", ["cpu.cfs_period_us", "50000"], null],
    ],
  },
  {
    flags: ["--cpu-quota", "-1"],
    expected: [["cpu", ["cpu.cfs_quota_us", "-1"], ["cpu.max", "max 100000"]]],
  },
  {
    flags: ["--cpu-idle", "1"],
    expected: [["cpu", ["cpu.idle", "1"], ["cpu.idle", "1"]]],
    options: { needs: ["cpu idle"], since: "1.2: cpu-idle" },
  },
  {
    flags: ["--cpuset-cpus", "0", "--cpuset-mems", "0"],
    expected: [
      ["cpuset", ["cpuset.cpus", "0"], ["cpuset.cpus", "0"]],
      ["cpuset", ["cpuset.mems", "0"], ["cpuset.mems", "0"]],
    ],
  },
  {
    flags: ["--pids-limit", "42"],
    expected: [["pids", ["pids.max", "42"], ["pids.max", "42"]]],
  },
  {
    flags: ["--pids-limit", "-1"],
    expected: [["pids", ["pids.max", "max"], ["pids.max", "max"]]],
  },
  {
    flags: ["--kernel-memory", "16M", "--kernel-memory-tcp", "16M", "--pids-limit", "42"],
    expected: [["pids", ["pids.max", "42"], ["pids.max", "42"]]],
  },
  {
    flags: ["--blkio-weight", "300"],
    expected: [["blkio", ["blkio.bfq.weight", "300"], null]],
    options: { needs: ["blkio weight"] },
  },
];

for (const { flags, expected, options = {} } of ROWS) {
  const needs = [
    ...expected.map(([controller]) => `${controller} controller`),
    ...(options.needs ?? []),
  ];
  const known = needs.filter((name) => name !== "blkio controller");
  test(`update ${flags.join(" ")} (config-linux.md#control-groups)`, {
    ...options,
    needs: known,
  }, async (t) => {
    const commands = await commanded(t);
    await update(t, commands, ...flags);
    expect(commands, expected);
  });
}

test("update raises and lowers memory and swap in the order that the kernel wants (config-linux.md#memory)", {
  needs: ["memory controller", "swap accounting"],
}, async (t) => {
  const commands = await commanded(t, (config) => {
    config.linux.resources!.memory = { limit: 32 * MIB, swap: 32 * MIB };
  });
  for (const [limit, both] of [
    [64, 64],
    [48, 96],
    [128, 256],
    [32, 32],
  ] as const) {
    await update(t, commands, "--memory", `${limit}M`, "--memory-swap", `${both}M`);
    expect(commands, [memory(limit * MIB), swap(both * MIB, limit * MIB)]);
  }
});

test("update after update adds to what was given before (config-linux.md#cpu)", {
  needs: ["cpu controller"],
}, async (t) => {
  const commands = await commanded(t);
  await update(t, commands, "--cpu-quota", "50000");
  await update(t, commands, "--cpu-period", "200000");
  expect(commands, [
    ["cpu", ["cpu.cfs_quota_us", "50000"], ["cpu.max", "50000 200000"]],
    ["cpu", ["cpu.cfs_period_us", "200000"], null],
  ]);
  await update(t, commands, "--cpu-share", "256");
  expect(commands, [["cpu", ["cpu.cfs_quota_us", "50000"], ["cpu.max", "50000 200000"]]]);
});

test("update lowers a burst with its quota (config-linux.md#cpu)", {
  needs: ["cpu burst"],
  since: "1.2: cpu-burst",
}, async (t) => {
  const commands = await commanded(t);
  await update(t, commands, "--cpu-quota", "50000", "--cpu-burst", "40000");
  await update(t, commands, "--cpu-quota", "20000", "--cpu-burst", "10000");
  expect(commands, [["cpu", ["cpu.cfs_burst_us", "10000"], ["cpu.max.burst", "10000"]]]);
});

/** As recorded from engines. */
const SENT: readonly (readonly [engine: string, resources: object, expected: Expected])[] = [
  ["dockerd 29", { memory: { limit: 67108864, swap: 134217728 } }, [memory(64 * MIB)]],
  [
    "dockerd 20.10",
    {
      memory: { limit: 0, reservation: 0, kernel: 0 },
      cpu: { shares: 0, quota: 50000, period: 100000 },
      blockIO: { weight: 0 },
    },
    [["cpu", ["cpu.cfs_quota_us", "50000"], ["cpu.max", "50000 100000"]]],
  ],
  [
    "containerd CRI",
    {
      devices: [{ allow: false, access: "rwm" }],
      memory: { limit: 33554432, swap: 33554432 },
      cpu: { shares: 512, quota: 50000, period: 100000 },
    },
    [memory(32 * MIB), ["cpu", ["cpu.cfs_quota_us", "50000"], ["cpu.max", "50000 100000"]]],
  ],
];

for (const [engine, resources, expected] of SENT) {
  test(`update --resources takes what ${engine} sends (config-linux.md#control-groups)`, {
    needs: ["memory controller", "cpu controller", "swap accounting"],
  }, async (t) => {
    const commands = await commanded(t);
    await updateBy(t, commands, resources);
    expect(commands, expected);
  });
}

test("update --resources FILE ignores all other options (config-linux.md#control-groups)", {
  needs: ["pids controller", "memory controller"],
}, async (t) => {
  const commands = await commanded(t, (config) => {
    config.linux.resources!.pids = { limit: 50 };
  });
  const file = join(t.dir, "resources.json");
  writeFileSync(file, JSON.stringify({ memory: { limit: 64 * MIB } }));
  await update(t, commands, "--pids-limit", "7", `--resources=${file}`);
  expect(commands, [memory(64 * MIB), ["pids", ["pids.max", "50"], ["pids.max", "50"]]]);
});

test("update --resources takes files of cgroup v2 by their names (config-linux.md#unified)", {
  needs: ["memory controller"],
}, async (t) => {
  const commands = await commanded(t);
  const unified = { "memory.high": `${48 * MIB}` };
  const stdin = JSON.stringify({ unified });
  const { code, stderr } = await t.runtime(["update", "-r", "-", commands.container.id], { stdin });
  if (hierarchy("memory")?.version === 1) {
    assert.is(code, 1);
    assert.match(stderr, /memory\.high|unified/);
    return;
  }
  assert.is(code, 0, stderr);
  expect(commands, [["memory", null, ["memory.high", `${48 * MIB}`]]]);
});

test("update: a memory limit kills what exceeds it (config-linux.md#memory)", {
  needs: ["memory controller", "swap accounting"],
}, async (t) => {
  const commands = await commanded(t);
  const signal = async () =>
    parse<{ signal: number }>(await commands.ask("/bin/probe alloc 64 child")).signal;
  assert.is(await signal(), 0);
  await update(t, commands, "--memory", "24M", "--memory-swap", "24M");
  assert.is(await signal(), 9);
  await update(t, commands, "--memory", "-1");
  assert.is(await signal(), 0);
});

test("update: a limit of processes refuses forks (config-linux.md#pids)", {
  needs: ["pids controller"],
}, async (t) => {
  const commands = await commanded(t);
  const fork = async () =>
    parse<{ made: number; errno: string }>(await commands.ask("/bin/probe fork 20"));
  assert.is((await fork()).made, 20);
  await update(t, commands, "--pids-limit", "10");
  assert.is((await fork()).errno, "EAGAIN");
});

test("update: a quota throttles (config-linux.md#cpu)", {
  needs: ["cpu controller"],
}, async (t) => {
  const commands = await commanded(t);
  const throttled = () =>
    Number(/nr_throttled (\d+)/.exec(cgroupFile("cpu", commands.pid, "cpu.stat"))![1]);
  assert.is(throttled(), 0);
  await update(t, commands, "--cpu-quota", "5000", "--cpu-period", "50000");
  await commands.ask("i=0; while test $i -lt 30000; do i=$((i+1)); done");
  assert.ok(throttled() > 0);
});

const KMSG = { allow: true, type: "c", major: 1, minor: 11, access: "rwm" };
const NOTHING = { allow: false, access: "rwm" };

for (const [title, rule] of [
  ["a container that may use some", NOTHING],
  ["one that may use all", { allow: true, access: "rwm" }],
] as const) {
  test(`update denies and allows devices to ${title} (config-linux.md#allowed-device-list)`, {
    deviates: "its update leaves devices alone",
  }, async (t) => {
    const commands = await commanded(t, (config) => {
      config.linux.devices = [{ path: "/dev/kmsg", type: "c", major: 1, minor: 11 }];
      config.linux.resources!.devices = [rule, KMSG];
    });
    // opened for writing, not written to
    const open = () => commands.ask(": > /dev/kmsg && : > /dev/null && echo opened");
    assert.is(await open(), "opened\n");
    await updateBy(t, commands, { devices: [NOTHING] });
    assert.match(await open(), /Operation not permitted/);
    assert.is(await commands.ask(": > /dev/null && echo opened"), "opened\n");
    await updateBy(t, commands, { devices: [NOTHING, { ...KMSG, access: "r" }] });
    assert.match(await open(), /Operation not permitted/);
    await updateBy(t, commands, { devices: [NOTHING, KMSG] });
    assert.is(await open(), "opened\n");
    await updateBy(t, commands, { devices: [{ allow: true, access: "rwm" }] });
    assert.is(await open(), "opened\n");
  });
}

test("update that the kernel refuses changes nothing and names the file (config-linux.md#cpu)", {
  needs: ["memory controller", "cpuset controller", "pids controller"],
}, async (t) => {
  const commands = await commanded(t, (config) => {
    Object.assign(config.linux.resources!, { memory: { limit: 64 * MIB }, pids: { limit: 50 } });
  });
  const stdin = JSON.stringify({
    memory: { limit: 48 * MIB },
    cpu: { cpus: "4000" },
    pids: { limit: 20 },
  });
  const { code, stderr } = await t.runtime(["update", "-r", "-", commands.container.id], { stdin });
  assert.is(code, 1);
  assert.match(stderr, /cpuset\.cpus/);
  expect(commands, [memory(64 * MIB), ["pids", ["pids.max", "50"], ["pids.max", "50"]]]);
  // and what was refused is not remembered either
  await update(t, commands, "--pids-limit", "30");
  expect(commands, [memory(64 * MIB), ["pids", ["pids.max", "30"], ["pids.max", "30"]]]);
});

test("update refuses a limit below what v1 has in use, with the numbers (config-linux.md#memory)", {
  needs: ["memory controller", "cgroup v1"],
}, async (t) => {
  const { container } = await commanded(t);
  const { code, stderr } = await t.runtime(["update", "--memory", "4096", container.id]);
  assert.is(code, 1);
  assert.match(
    stderr,
    /unable to set memory limit to 4096 \(current usage: \d+, peak usage: \d+\)/,
  );
});

test("update refuses what makes no sense (runtime.md#errors)", async (t) => {
  const { container } = await commanded(t);
  const cases: [flags: string[], message: RegExp][] = [
    [["--memory", "x"], /invalid value for memory/],
    [["--cpu-period", "x"], /invalid value for cpu-period/],
    [["--cpu-quota", "1.5"], /invalid value for cpu-quota/],
    [["--resources", "/no/such/file"], /no such file/],
    [["--no-such-flag"], /flag provided but not defined/],
  ];
  for (const [flags, message] of cases) {
    const { code, stderr, stdout } = await t.runtime(["update", ...flags, container.id]);
    assert.is(code, 1, flags.join(" "));
    assert.match(stderr + stdout, message);
  }
  const bad = await t.runtime(["update", "-r", "-", container.id], { stdin: "{" });
  assert.is(bad.code, 1);
});

test("update of a paused container holds (config-linux.md#pids)", {
  needs: ["pids controller", "freezer"],
}, async (t) => {
  const commands = await commanded(t);
  succeeded("pause", await t.runtime(["pause", commands.container.id]));
  await update(t, commands, "--pids-limit", "12");
  expect(commands, [["pids", ["pids.max", "12"], ["pids.max", "12"]]]);
  assert.is((await commands.container.state()).status, "paused");
  succeeded("resume", await t.runtime(["resume", commands.container.id]));
  assert.is(await commands.ask("echo on"), "on\n");
});

test("update of a container that is not running is an error (runtime.md#errors)", async (t) => {
  const { container } = await commanded(t);
  await container.kill();
  container.created.end();
  await container.finished();
  const { code, stderr } = await t.runtime(["update", "--pids-limit", "5", container.id]);
  assert.is(code, 1);
  assert.match(stderr, /container not running/);
});

test.run();
