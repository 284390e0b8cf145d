// linux.intelRdt: what is written where in resctrl, and what of it goes with the container. The probe plays the file system.
// Spec: config-linux.md#intelrdt

import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { mountResctrl, type Resctrl } from "../harness/resctrl.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec, type TestOptions } from "../harness/suite.ts";

const test = spec("config-linux/intel-rdt");

const PLAYED: TestOptions = {
  needs: ["/dev/fuse"],
  deviates: "takes for resctrl only what the kernel calls so",
};

const bundleWith = (t: Sandbox, intelRdt?: object) =>
  t.bundle((config) => {
    args(config, "idle");
    if (intelRdt !== undefined) config.linux.intelRdt = intelRdt;
  });

/** What happens at `create` with PID and ID for the container's own, and then at `delete --force`. */
async function lifeOf(t: Sandbox, resctrl: Resctrl, intelRdt?: object) {
  const container = await resctrl.create(bundleWith(t, intelRdt));
  const { id } = container;
  const { pid } = await container.state();
  const named = (line: string) => line.replaceAll(id, "ID").replace(new RegExp(` ${pid}$`), " PID");
  const atCreate = (await resctrl.calls()).map(named);
  await container.delete("--force");
  return { atCreate, atDelete: (await resctrl.calls()).map(named) };
}

/** What `create` says that must fail. */
async function refusal(t: Sandbox, resctrl: Resctrl, intelRdt: object, id = t.id()) {
  const { dir } = bundleWith(t, intelRdt);
  const started = resctrl.startRuntime(["create", "--bundle", dir, id]);
  assert.is((await started.exited).code, 1, started.stderr() || "it was taken");
  return (await started.closed).stderr;
}

const L3 = "L3:0=f;1=f0";
const MB = "MB:0=20;1=70";

const LIVES: readonly (readonly [
  what: string,
  intelRdt: object | undefined,
  atCreate: readonly string[],
  atDelete?: readonly string[],
  /** A shell's commands before. */
  before?: string,
])[] = [
  ["no intelRdt: nothing is touched", undefined, []],
  [
    "no closID: a class named after the container, gone with it, no schemata",
    {},
    ["mkdir /ID", "write /ID/tasks PID"],
    ["rmdir /ID"],
  ],
  [
    "no closID, schemata: written to the container's own class",
    { l3CacheSchema: L3 },
    ["mkdir /ID", `write /ID/schemata ${L3}`, "write /ID/tasks PID"],
    ["rmdir /ID"],
  ],
  ["closID /: the default class", { closID: "/" }, ["write /tasks PID"]],
  [
    "closID alone: the class that is there, which stays",
    { closID: "gold" },
    ["write /gold/tasks PID"],
    [],
    "mkdir gold",
  ],
  [
    "closID with schemata: the class is made, and stays",
    { closID: "gold", l3CacheSchema: L3 },
    ["mkdir /gold", `write /gold/schemata ${L3}`, "write /gold/tasks PID"],
  ],
  [
    "memBwSchema alone is written",
    { closID: "gold", memBwSchema: MB },
    ["mkdir /gold", `write /gold/schemata ${MB}`, "write /gold/tasks PID"],
  ],
  [
    "l3CacheSchema is written first, then memBwSchema, schemata last",
    { closID: "gold", schemata: ["L3:0=ff", "MB:1=50"], memBwSchema: MB, l3CacheSchema: L3 },
    ["mkdir /gold", `write /gold/schemata ${L3}|${MB}|L3:0=ff|MB:1=50`, "write /gold/tasks PID"],
  ],
  [
    "schemata alone is written, also to a class that is there",
    { closID: "gold", schemata: ["L3:1=7"] },
    ["write /gold/schemata L3:1=7", "write /gold/tasks PID"],
    [],
    "mkdir gold",
  ],
  [
    "closID with the schemas that its class has, however the kernel writes them: taken",
    { closID: "gold", l3CacheSchema: "L3:0=0F", memBwSchema: "MB:0=25;1=100" },
    ["write /gold/schemata L3:0=0F|MB:0=25;1=100", "write /gold/tasks PID"],
    [],
    "mkdir gold; printf 'L3:0=f\nMB:0=25\n' > gold/schemata",
  ],
  [
    "enableMonitoring: a group of its own in the class, gone with the container",
    { closID: "gold", enableMonitoring: true },
    ["write /gold/tasks PID", "mkdir /gold/mon_groups/ID", "write /gold/mon_groups/ID/tasks PID"],
    ["rmdir /gold/mon_groups/ID"],
    "mkdir gold",
  ],
  [
    "enableMonitoring of the default class",
    { closID: "/", enableMonitoring: true },
    ["write /tasks PID", "mkdir /mon_groups/ID", "write /mon_groups/ID/tasks PID"],
    ["rmdir /mon_groups/ID"],
  ],
  [
    "enableMonitoring without a closID: both groups go with the container",
    { enableMonitoring: true },
    [
      "mkdir /ID",
      "write /ID/tasks PID",
      "mkdir /ID/mon_groups/ID",
      "write /ID/mon_groups/ID/tasks PID",
    ],
    // the class takes its monitoring groups along
    ["rmdir /ID"],
  ],
];

for (const [what, intelRdt, atCreate, atDelete = [], before] of LIVES) {
  test(`${what} (config-linux.md#intelrdt)`, PLAYED, async (t) => {
    const resctrl = await mountResctrl(t);
    if (before !== undefined) resctrl.shell(before);
    await resctrl.calls();
    assert.equal(await lifeOf(t, resctrl, intelRdt), { atCreate, atDelete });
  });
}

/** Every class with its schemata, every group. */
const ALL = "find . -type d | sort; grep -r . --include=schemata . | sort";

const FAILURES: readonly (readonly [
  what: string,
  intelRdt: object,
  says: RegExp,
  before?: string,
  room?: readonly [classes: number, monitors: number],
])[] = [
  [
    "closID alone, no such class: an error",
    { closID: "gold" },
    /linux\.intelRdt\.closID.*ENOENT.*\/gold\/tasks/,
  ],
  [
    "closID with another schema than its class has: an error, nothing is written",
    { closID: "gold", l3CacheSchema: "L3:0=ff" },
    /linux\.intelRdt\.closID.*\/gold\/schemata has "L3:0=00f;1=fff", not "L3:0=ff"/,
    "mkdir gold; echo L3:0=f > gold/schemata",
  ],
  [
    "closID with another bandwidth than its class has: an error, nothing is written",
    { closID: "gold", memBwSchema: "MB:0=25" },
    /linux\.intelRdt\.closID.*\/gold\/schemata has "MB:0=40;1=100", not "MB:0=25"/,
    "mkdir gold; echo MB:0=40 > gold/schemata",
  ],
  [
    "a schema that the default class does not have: an error, nothing is written",
    { closID: "/", memBwSchema: "MB:0=25" },
    /linux\.intelRdt\.closID.*\/schemata has "MB:0=100;1=100", not "MB:0=25"/,
  ],
  [
    "no room for one more class: an error",
    {},
    /linux\.intelRdt\.closID.*mkdir.*ENOSPC/,
    "mkdir a",
    [1, 1],
  ],
  [
    "no room for one more monitoring group: an error",
    { closID: "gold", enableMonitoring: true },
    /linux\.intelRdt\.enableMonitoring.*mkdir.*ENOSPC/,
    "mkdir gold gold/mon_groups/other",
    [1, 1],
  ],
  [
    "no room for a monitoring group in a new class: an error, and the class is gone",
    { enableMonitoring: true },
    /linux\.intelRdt\.enableMonitoring.*mkdir.*ENOSPC/,
    "",
    [1, 0],
  ],
  [
    "schemata that the kernel refuses, for a new class: its words, and the class is gone",
    { closID: "gold", schemata: ["L2:0=f"] },
    /linux\.intelRdt.*EINVAL.*\/gold\/schemata \(no such resource\)/,
  ],
];

for (const [what, intelRdt, expected, before, room = [3, 3]] of FAILURES) {
  test(`${what} (config-linux.md#intelrdt)`, PLAYED, async (t) => {
    const resctrl = await mountResctrl(t, ...room);
    if (before !== undefined) resctrl.shell(before);
    const there = resctrl.shell(ALL);
    const message = await refusal(t, resctrl, intelRdt);
    assert.ok(expected.test(message), message);
    assert.is(resctrl.shell(ALL), there);
  });
}

test(
  "no closID, a class of the container's name is there: an error, and it stays (config-linux.md#intelrdt)",
  PLAYED,
  async (t) => {
    const resctrl = await mountResctrl(t);
    const id = t.id();
    resctrl.shell(`mkdir ${id}`);
    const there = resctrl.shell(ALL);
    const message = await refusal(t, resctrl, {}, id);
    assert.ok(/linux\.intelRdt\.closID.*mkdir: EEXIST/.test(message), message);
    assert.is(resctrl.shell(ALL), there);
  },
);

test(
  "exec: the process joins the container's groups (config-linux.md#intelrdt)",
  PLAYED,
  async (t) => {
    const resctrl = await mountResctrl(t);
    const { id, start } = await resctrl.create(bundleWith(t, { enableMonitoring: true }));
    await start();
    await resctrl.calls();
    succeeded("exec", await resctrl.startRuntime(["exec", id, "/bin/true"]).closed);
    const joined = (await resctrl.calls()).map((line) => line.replaceAll(id, "ID"));
    assert.match(
      joined.join("\n"),
      /^write \/ID\/tasks (\d+)\nwrite \/ID\/mon_groups\/ID\/tasks \1$/,
    );
  },
);

test("update writes schemata, as runc does (config-linux.md#intelrdt)", PLAYED, async (t) => {
  const resctrl = await mountResctrl(t);
  const { id, start } = await resctrl.create(bundleWith(t, {}));
  await start();
  await resctrl.calls();
  const words = ["update", "--l3-cache-schema", L3, "--mem-bw-schema", MB, id];
  succeeded("update", await resctrl.startRuntime(words).closed);
  assert.equal(await resctrl.calls(), [`write /${id}/schemata ${L3}|${MB}`]);
});

test.run();
