import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Resources } from "../../config/types.ts";
import type { CgroupFacts } from "../facts.ts";
import { HYBRID, linuxContext, messageOf, OPTIONS, someFacts, V1, V2 } from "../testing.ts";
import { disabledDriver } from "./disabled.ts";

const test = suite("cgroup/disabled");

for (const [mode, cgroup] of Object.entries({ V1, V2, HYBRID })) {
  test(`disabledDriver leaves the container where its caller is, on ${mode}`, () => {
    const layout = disabledDriver.layout({ cgroupsPath: "/a" }, someFacts({ cgroup }), "c1");
    assert.equal([layout.targets, layout.cloneInto], [[], ""]);
    const own = [...cgroup.hierarchies, ...(cgroup.unified === undefined ? [] : [cgroup.unified])];
    assert.equal(
      layout.shared.map(({ path }) => path),
      own.map(({ own }) => own),
    );
  });
}

const stepsWith = (cgroup: CgroupFacts, resources: Resources) =>
  disabledDriver.compile(linuxContext({ resources, cgroupsPath: "/a" }, { cgroup }, OPTIONS));

test("disabledDriver passes over device rules, which every engine sends", () => {
  const resources = { devices: [{ allow: false, access: "rwm" }] };
  assert.equal(stepsWith(V1, resources), { before: [], after: [], meanwhile: [], init: [] });
});

for (const [mode, cgroup] of Object.entries({ V1, V2 })) {
  test(`disabledDriver refuses a limit, on ${mode}`, () => {
    assert.is(
      messageOf(() => stepsWith(cgroup, { pids: { limit: 20 } })),
      "/linux/resources/pids/limit: cannot be set with --cgroup-manager disabled (leave it out, or choose another cgroup manager)",
    );
  });
}

test.run();
