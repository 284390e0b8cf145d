import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Linux } from "../../config/types.ts";
import type { Facts } from "../facts.ts";
import type { HostOp, InitOp } from "../ops.ts";
import type { PlanOptions } from "../options.ts";
import { HYBRID, linuxContext, messageOf, NO_CGROUPS, V1, V2 } from "../testing.ts";
import { compileCgroups } from "./compile.ts";

const test = suite("cgroup/compile");

function shortly(op: HostOp | InitOp): string {
  switch (op.op) {
    case "makeCgroup":
      return `make ${op.root}${op.path}${op.seedCpuset ? " seeded" : ""}`;
    case "enableControllers":
      return `enable ${op.controllers.join(",")}`;
    case "joinCgroup":
      return `join ${"root" in op ? op.root : ""}${op.path}`;
    case "writeCgroup":
      return `${op.file}=${op.text}`;
    default:
      return op.op;
  }
}

function compile(facts: Partial<Facts>, linux: Linux = {}, options: Partial<PlanOptions> = {}) {
  const compiled = compileCgroups(linuxContext(linux, facts, options));
  const { before, after, meanwhile, init } = compiled;
  return {
    before: before.map(shortly),
    after: after.map(shortly),
    meanwhile: meanwhile.map(shortly),
    init: init.map(shortly),
  };
}

test("compileCgroups() on v2 enables all there is, clones into it, attaches the program meanwhile", () => {
  const linux = { resources: { memory: { limit: 1 }, pids: { limit: 5 } } };
  assert.equal(compile({ cgroup: V2 }, linux), {
    before: [
      "make /sys/fs/cgroup/user.slice/c1",
      "enable cpuset,cpu,io,memory,hugetlb,pids,rdma",
      "memory.max=1",
    ],
    after: [],
    meanwhile: ["pids.max=5", "deviceProgram"],
    init: [],
  });
});

test("compileCgroups() on v1 makes every hierarchy's cgroup, which the init joins itself", () => {
  const { before, after, init } = compile({ cgroup: V1 }, { cgroupsPath: "/c" });
  const paths = V1.hierarchies.map(({ root }) => `${root}/c`);
  assert.equal(
    before.slice(0, paths.length),
    paths.map((path) => `make ${path}${path.includes("cpuset") ? " seeded" : ""}`),
  );
  assert.equal(before.slice(paths.length, paths.length + 2), [
    "devices.deny=a",
    "devices.allow=b *:* m",
  ]);
  assert.equal(
    init,
    paths.map((path) => `join ${path}`),
  );
  assert.equal(after, []);
});

const NOT_ITSELF: readonly (readonly [type: "user" | "mount", path: string | undefined])[] = [
  ["user", undefined],
  ["user", "/proc/1/ns/user"],
  ["mount", "/proc/1/ns/mnt"],
];

for (const [type, path] of NOT_ITSELF) {
  test(`compileCgroups() moves an init that can't move itself: ${type} ${path ?? "new"}`, () => {
    const namespaces = [{ type, ...(path !== undefined && { path }) }];
    const { after, init } = compile({ cgroup: V1 }, { cgroupsPath: "/c", namespaces });
    assert.equal(
      after,
      V1.hierarchies.map(({ root }) => `join ${root}/c`),
    );
    assert.equal(init, []);
  });
}

test("compileCgroups() on a hybrid host enables only what has no hierarchy of its own", () => {
  const linux: Linux = {
    cgroupsPath: "/c",
    resources: { hugepageLimits: [{ pageSize: "2MB", limit: 0 }] },
  };
  const { before, init } = compile({ cgroup: HYBRID }, linux);
  assert.equal(before.slice(3, 7), [
    "make /sys/fs/cgroup/unified/c",
    "enable hugetlb",
    "hugetlb.2MB.max=0",
    "hugetlb.2MB.rsvd.max=0",
  ]);
  assert.not(init.includes("join /sys/fs/cgroup/unified/c"));
});

test("compileCgroups() writes a privileged container's rules the other way round", () => {
  const devices = [
    { allow: true, access: "rwm" },
    { allow: false, type: "b", major: 8, minor: 0, access: "w" },
  ] as const;
  const { before } = compile({ cgroup: HYBRID }, { resources: { devices } });
  assert.equal(before.slice(-2), ["devices.allow=a", "devices.deny=b 8:0 w"]);
});

test("compileCgroups() has the pointer of the rules only where there are some", () => {
  const last = (linux: Linux) => compileCgroups(linuxContext(linux)).meanwhile.at(-1)?.at;
  assert.is(last({}), "");
  assert.is(last({ resources: { devices: [] } }), "/linux/resources/devices");
});

const WITHOUT_DEVICES: readonly (readonly [
  name: string,
  facts: Partial<Facts>,
  options: Partial<PlanOptions>,
])[] = [
  ["rootless", {}, { isRootless: true }],
  ["not root", { euid: 1000 }, {}],
  ["in a user namespace", { inUserNamespace: true }, {}],
];

for (const [name, facts, options] of WITHOUT_DEVICES) {
  test(`compileCgroups() leaves devices alone: ${name}`, () => {
    assert.equal(compile({ cgroup: V2, ...facts }, { cgroupsPath: "/c" }, options).meanwhile, []);
  });
}

test("compileCgroups() does nothing for a rootless container that asks for nothing", () => {
  assert.equal(compile({ cgroup: V2 }, {}, { isRootless: true }), {
    before: [],
    after: [],
    meanwhile: [],
    init: [],
  });
});

test("compileCgroups() wants devices to be controlled", () => {
  assert.is(
    messageOf(() => compile({ cgroup: NO_CGROUPS })),
    "/linux/resources/devices: this host has no devices cgroup, which the container's safety depends on",
  );
});

test.run();
