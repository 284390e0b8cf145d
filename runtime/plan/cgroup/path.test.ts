import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CgroupFacts } from "../facts.ts";
import type { PlanOptions } from "../options.ts";
import { HYBRID, messageOf, NO_CGROUPS, OPTIONS, someFacts, V1, V2 } from "../testing.ts";
import { cgroupLayout, controllerTarget, freezerFile, hostPath, processesTarget } from "./path.ts";

const test = suite("cgroup/path");

const layout = (cgroup: CgroupFacts, cgroupsPath?: string, options: Partial<PlanOptions> = {}) =>
  cgroupLayout(cgroupsPath === undefined ? {} : { cgroupsPath }, someFacts({ cgroup }), {
    ...OPTIONS,
    ...options,
  });

/** The path in the memory hierarchy and in the unified one. */
const PATHS: readonly (readonly [
  name: string,
  cgroup: CgroupFacts,
  cgroupsPath: string | undefined,
  v1: string | undefined,
  v2: string | undefined,
])[] = [
  ["absolute, v1", V1, "/docker/x", "/docker/x", undefined],
  ["absolute, v2", V2, "/docker//x/", undefined, "/docker/x"],
  ["absolute, hybrid", HYBRID, "/docker/x", "/docker/x", "/docker/x"],
  ["relative, v1: beneath the caller's own", V1, "a/b", "/me/a/b", undefined],
  ["relative, v2: beside the caller's own", V2, "a/b", undefined, "/user.slice/a/b"],
  ["relative, hybrid", HYBRID, "a", "/me/a", "/a"],
  ["absent, v1", V1, undefined, "/me/c1", undefined],
  ["absent, v2", V2, undefined, undefined, "/user.slice/c1"],
  ["empty, v2", V2, "", undefined, "/user.slice/c1"],
  ["absent, none", NO_CGROUPS, undefined, undefined, undefined],
];

for (const [name, cgroup, cgroupsPath, v1, v2] of PATHS) {
  test(`cgroupLayout(): ${name} (config-linux.md#cgroups-path)`, () => {
    const { targets, shared, cloneInto } = layout(cgroup, cgroupsPath);
    assert.equal(shared, []);
    const memory = targets.find(
      ({ version, controllers }) => version === 1 && controllers.includes("memory"),
    );
    const unified = targets.find(({ version }) => version === 2);
    assert.is(memory?.path, v1);
    assert.is(unified?.path, v2);
    assert.is(cloneInto, unified === undefined ? "" : `${unified.root}${v2}`);
  });
}

test("cgroupLayout() refuses to climb", () => {
  assert.is(
    messageOf(() => layout(V2, "/a/../../b")),
    '/linux/cgroupsPath: "/a/../../b" must not contain ".."',
  );
});

test("cgroupLayout() stays where it is for a rootless container that can have no cgroups", () => {
  const { targets, shared, cloneInto } = layout(V2, undefined, { isRootless: true });
  assert.equal([targets, cloneInto, shared[0]?.path], [[], "", "/user.slice/session"]);
  const v1 = layout(V1, undefined, { isRootless: true });
  assert.equal([v1.targets, v1.shared[0]?.path], [[], "/me"]);
  assert.is(freezerFile(v1), undefined);
  assert.is(processesTarget(v1), undefined);
  assert.equal(layout(V2, "/a", { isRootless: true }).shared, []);
});

test("cgroupLayout() takes the hierarchies that are delegated to a rootless container's user", () => {
  const delegatedCgroups = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup/freezer"];
  const v1 = layout(V1, undefined, { isRootless: true, delegatedCgroups });
  assert.equal(
    v1.targets.map(({ root, path }) => root + path),
    ["/sys/fs/cgroup/memory/me/c1", "/sys/fs/cgroup/freezer/me/c1"],
  );
  assert.is(v1.shared.length, V1.hierarchies.length - 2);
  assert.is(freezerFile(v1)?.path, "/me/c1");
  const hybrid = layout(HYBRID, "/c", { isRootless: true, delegatedCgroups });
  assert.equal([hybrid.targets.length, hybrid.shared.length, hybrid.cloneInto], [3, 1, ""]);
  const v2 = layout(V2, "", { isRootless: true, delegatedCgroups: ["/sys/fs/cgroup"] });
  assert.is(v2.cloneInto, "/sys/fs/cgroup/user.slice/c1");
});

test("controllerTarget() finds a controller wherever it is", () => {
  assert.is(controllerTarget(layout(V1), "cpuacct")?.root, "/sys/fs/cgroup/cpu,cpuacct");
  assert.is(controllerTarget(layout(HYBRID), "hugetlb")?.version, 2);
  assert.is(controllerTarget(layout(HYBRID), "cpu"), undefined);
});

const FREEZERS: readonly (readonly [
  name: string,
  cgroup: CgroupFacts,
  file: string | undefined,
  procs: string | undefined,
])[] = [
  ["v1", V1, "/sys/fs/cgroup/freezer/me/c1/freezer.state", "/sys/fs/cgroup/freezer/me/c1"],
  ["hybrid", HYBRID, "/sys/fs/cgroup/freezer/me/c1/freezer.state", "/sys/fs/cgroup/unified/c1"],
  ["v2", V2, "/sys/fs/cgroup/user.slice/c1/cgroup.freeze", "/sys/fs/cgroup/user.slice/c1"],
  ["none", NO_CGROUPS, undefined, undefined],
  [
    "v1 without a freezer",
    { mode: "v1", hierarchies: V1.hierarchies.slice(2, 4) },
    undefined,
    "/sys/fs/cgroup/devices/me/c1",
  ],
  [
    "v1 with memory only",
    { mode: "v1", hierarchies: V1.hierarchies.slice(2, 3) },
    undefined,
    "/sys/fs/cgroup/memory/me/c1",
  ],
];

for (const [name, cgroup, file, procs] of FREEZERS) {
  test(`freezerFile() and processesTarget(): ${name}`, () => {
    const all = layout(cgroup);
    const freezer = freezerFile(all);
    const processes = processesTarget(all);
    assert.is(freezer && `${hostPath(freezer)}/${freezer.file}`, file);
    assert.is(processes && hostPath(processes), procs);
  });
}

test("hostPath() of the root of a hierarchy is its mount point", () => {
  assert.is(hostPath({ root: "/sys/fs/cgroup", path: "/" }), "/sys/fs/cgroup");
});

test.run();
