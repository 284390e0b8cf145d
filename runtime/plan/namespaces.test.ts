import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Linux } from "../config/types.ts";
import type { CgroupFacts } from "./facts.ts";
import * as kernel from "./kernel.ts";
import { compileLateNamespaces, compileLoopback, compileSandbox } from "./namespaces.ts";
import { HYBRID, linuxContext, NO_CGROUPS, V1, V2 } from "./testing.ts";

const test = suite("namespaces");

const ALL: Linux["namespaces"] = [
  { type: "pid" },
  { type: "network" },
  { type: "mount" },
  { type: "ipc" },
  { type: "uts" },
  { type: "user" },
  { type: "cgroup" },
  { type: "time" },
];
const maps = [{ containerID: 0, hostID: 1000, size: 10 }];
const EIGHT = linuxContext({ namespaces: ALL, uidMappings: maps, gidMappings: maps });

const NEARLY_ALL =
  kernel.CLONE_NEWPID |
  kernel.CLONE_NEWNET |
  kernel.CLONE_NEWNS |
  kernel.CLONE_NEWIPC |
  kernel.CLONE_NEWUTS |
  kernel.CLONE_NEWUSER;

test("compileSandbox() clones into all new namespaces on v2, but for the time namespace", () => {
  assert.equal(compileSandbox(EIGHT), {
    namespaces: NEARLY_ALL | kernel.CLONE_NEWCGROUP,
    joins: [],
    intoCgroup: "/sys/fs/cgroup/user.slice/c1",
    preserveFds: 0,
  });
});

test("compileSandbox() joins the user namespace first", () => {
  const namespaces: Linux["namespaces"] = [
    { type: "network", path: "/run/netns/a" },
    { type: "user", path: "/proc/9/ns/user" },
    { type: "mount", path: "" },
  ];
  const sandbox = compileSandbox(linuxContext({ namespaces }));
  assert.is(sandbox.namespaces, kernel.CLONE_NEWNS);
  assert.equal(sandbox.joins, [
    { at: "/linux/namespaces/1", kind: kernel.CLONE_NEWUSER, path: "/proc/9/ns/user" },
    { at: "/linux/namespaces/0", kind: kernel.CLONE_NEWNET, path: "/run/netns/a" },
  ]);
});

test("compileSandbox() counts the descriptors of LISTEN_FDS and --preserve-fds together", () => {
  const context = linuxContext({}, {}, { listenFds: 2, preserveFds: 3 });
  assert.is(compileSandbox(context).preserveFds, 5);
});

const CGROUP_CASES: readonly (readonly [name: string, cgroup: CgroupFacts, late: boolean])[] = [
  ["v2", V2, false],
  ["v1", V1, true],
  ["hybrid", HYBRID, true],
  ["no cgroups", NO_CGROUPS, true],
];

for (const [name, cgroup, late] of CGROUP_CASES) {
  test(`the cgroup namespace is made ${late ? "after the last move" : "by the clone"}: ${name}`, () => {
    const context = linuxContext(
      { namespaces: [{ type: "mount" }, { type: "cgroup" }] },
      { cgroup },
    );
    const flags = kernel.CLONE_NEWCGROUP;
    assert.is((compileSandbox(context).namespaces & flags) === 0, late);
    const ops = late ? [{ op: "unshare", at: "/linux/namespaces/1", flags }] : [];
    assert.equal(compileLateNamespaces(context), ops);
  });
}

test("compileLateNamespaces() writes the offsets of the clocks", () => {
  const timeOffsets = { monotonic: { secs: 10, nanosecs: 5 }, boottime: { secs: -3 } };
  const context = linuxContext({ namespaces: [{ type: "mount" }, { type: "time" }], timeOffsets });
  assert.equal(compileLateNamespaces(context), [
    { op: "timeOffsets", at: "/linux/namespaces/1", offsets: "monotonic 10 5\nboottime -3 0\n" },
  ]);
});

test("compileLateNamespaces() enters a time namespace without offsets too", () => {
  const context = linuxContext({ namespaces: [{ type: "time" }] });
  assert.equal(compileLateNamespaces(context), [
    { op: "timeOffsets", at: "/linux/namespaces/0", offsets: "monotonic 0 0\n" },
  ]);
});

test("compileLoopback() brings it up in a new network namespace only", () => {
  const lo = { op: "linkUp", at: "/linux/namespaces/0", name: "lo" };
  assert.equal(compileLoopback(linuxContext({ namespaces: [{ type: "network" }] })), [lo]);
  const joined = linuxContext({ namespaces: [{ type: "network", path: "/run/netns/a" }] });
  assert.equal(compileLoopback(joined), []);
});

test.run();
