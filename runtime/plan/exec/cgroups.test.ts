import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HYBRID, messageOf, NO_CGROUPS, V1, V2 } from "../testing.ts";
import { compileExecCgroups, parseSubCgroups } from "./cgroups.ts";

const test = suite("plan/exec/cgroups");

const NONE = new Map<string, string>();
const at = (root: string, path = "/c") => ({ root: `/sys/fs/cgroup${root}`, path });

for (const [args, expected] of [
  [[], []],
  [["sub"], [["", "sub"]]],
  [
    ["cpu,memory:a", "pids:b"],
    [
      ["cpu", "a"],
      ["memory", "a"],
      ["pids", "b"],
    ],
  ],
  [["cpu:a:b"], [["cpu", "a:b"]]],
] as const) {
  test(`parseSubCgroups(${args.join(" ")})`, () => {
    assert.equal([...parseSubCgroups(args)], expected);
  });
}

for (const [args, message] of [
  [["a", "b"], "invalid --cgroup argument: a (missing <controller>: prefix)"],
  [[":a"], "invalid --cgroup argument: :a (empty <controller> prefix)"],
  [["cpu,:a"], "invalid --cgroup argument: cpu,:a (empty <controller> prefix)"],
  [["cpu:a", "cpu:b"], "invalid --cgroup argument(s): controller cpu specified multiple times"],
] as const) {
  test(`parseSubCgroups(${args.join(" ")}) refuses`, () => {
    assert.is(
      messageOf(() => parseSubCgroups(args)),
      message,
    );
  });
}

test("v2: the container's cgroup is cloned into", () => {
  assert.equal(compileExecCgroups([at("")], V2, NONE), { v1: [], into: "/sys/fs/cgroup/c" });
  const subs = new Map([["", "a/b/"]]);
  assert.equal(compileExecCgroups([at("")], V2, subs).into, "/sys/fs/cgroup/c/a/b");
});

test("v1: every hierarchy is moved into, by controller beneath the container's", () => {
  const own = [at("/memory"), at("/cpu,cpuacct"), at("/systemd")];
  const paths = (...subs: [string, string][]) => compileExecCgroups(own, V1, new Map(subs)).v1;
  const root = "/sys/fs/cgroup";
  assert.equal(paths(), [`${root}/memory/c`, `${root}/cpu,cpuacct/c`, `${root}/systemd/c`]);
  assert.equal(paths(["", "s"]), [
    `${root}/memory/c/s`,
    `${root}/cpu,cpuacct/c/s`,
    `${root}/systemd/c/s`,
  ]);
  assert.equal(paths(["cpuacct", "x"], ["systemd", "y"]), [
    `${root}/memory/c`,
    `${root}/cpu,cpuacct/c/x`,
    `${root}/systemd/c/y`,
  ]);
});

test("hybrid: both, and beneath the container's only where the controllers are", () => {
  const own = [at("/memory"), at("/unified"), { root: "/sys/fs/resctrl", path: "/c" }];
  assert.equal(compileExecCgroups(own, HYBRID, new Map([["", "s"]])), {
    v1: ["/sys/fs/cgroup/memory/c/s"],
    into: "/sys/fs/cgroup/unified/c",
  });
});

test("a container without cgroups of its own", () => {
  assert.equal(compileExecCgroups([], NO_CGROUPS, NONE), { v1: [], into: "" });
});

for (const [facts, subs, message] of [
  [V1, ["net", "a"], "unknown controller net in --cgroup"],
  [V2, ["memory", "a"], "unknown controller memory in --cgroup"],
  [V2, ["", "../other"], "bad sub cgroup path: ../other"],
  [V2, ["", "a/../../other"], "bad sub cgroup path: a/../../other"],
] as const) {
  test(`${facts.mode} ${subs.join(":")} is refused`, () => {
    assert.is(
      messageOf(() => compileExecCgroups([at("")], facts, new Map([subs]))),
      message,
    );
  });
}

test.run();
