import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Linux } from "../../../config/types.ts";
import { compilePlan } from "../../compile.ts";
import type { CgroupFacts } from "../../facts.ts";
import type { HostOp } from "../../ops.ts";
import { BASE, HYBRID, messageOf, OPTIONS, someFacts, V1, V2 } from "../../testing.ts";
import { type ServiceManager, systemdDriver } from "./driver.ts";
import { MANAGER, told, USER_MANAGER } from "./testing.ts";

const test = suite("cgroup/systemd/driver");

interface Case {
  readonly linux?: Linux;
  readonly cgroup?: CgroupFacts;
  readonly manager?: ServiceManager;
  readonly annotations?: Record<string, string>;
}

function compiled({ linux = {}, cgroup = V2, manager = MANAGER, annotations = {} }: Case) {
  const config = { ...BASE, annotations, linux: { ...BASE.linux, ...linux } };
  const isRootless = manager.isUser;
  const options = { ...OPTIONS, isRootless };
  return compilePlan(config, someFacts({ cgroup }), options, systemdDriver(manager));
}

function shortly(op: HostOp): string {
  switch (op.op) {
    case "startUnit":
      return `start ${op.unit}`;
    case "writeCgroup":
      return `${op.file}=${op.text}`;
    case "makeCgroup":
    case "joinCgroup":
      return `${op.op} ${op.root}${op.path}`;
    case "enableControllers":
      return `enable ${op.path}`;
    default:
      return op.op;
  }
}

function propertiesOf(one: Case): string[] {
  const start = compiled(one).plan.after.find(({ op }) => op === "startUnit");
  if (start?.op !== "startUnit") throw new Error("no unit is started");
  return told(start.properties);
}

const LINUX: Linux = {
  cgroupsPath: "a-b.slice:docker:42",
  resources: { cpu: { quota: 33_333 }, pids: { limit: 5 } },
};

test("the init is cloned outside, moved by systemd, and limited after that", () => {
  const { plan, cgroups, unit, freezer } = compiled({ linux: LINUX });
  assert.is(plan.sandbox.intoCgroup, "");
  assert.equal(plan.before, []);
  assert.equal(plan.after.map(shortly), [
    "start docker-42.scope",
    "enable /a.slice/a-b.slice/docker-42.scope",
    "cpu.max=34000 100000",
    "pids.max=5",
    "deviceProgram",
  ]);
  const path = "/a.slice/a-b.slice/docker-42.scope";
  assert.equal(cgroups, [{ root: "/sys/fs/cgroup", path }]);
  assert.equal(freezer, { root: "/sys/fs/cgroup", path, file: "cgroup.freeze" });
  assert.equal(unit, { name: "docker-42.scope", bus: MANAGER.bus, version: 252 });
});

test("the cgroup namespace comes after the move", () => {
  const { plan } = compiled({ linux: { namespaces: [{ type: "mount" }, { type: "cgroup" }] } });
  assert.is(plan.sandbox.namespaces & 0x02000000, 0);
  assert.equal(plan.init[0], { op: "unshare", at: "/linux/namespaces/1", flags: 0x02000000 });
});

test("the unit has what runc's has, and the limits", () => {
  const [description, slice, ...rest] = propertiesOf({ linux: LINUX });
  assert.equal([description, slice], ["Description=trunc container 42", "Slice=a-b.slice"]);
  assert.equal(
    rest.filter((property) => !property.startsWith("Device")),
    [
      "Delegate=true",
      "MemoryAccounting=true",
      "CPUAccounting=true",
      "IOAccounting=true",
      "TasksAccounting=true",
      "DefaultDependencies=false",
      "CPUQuotaPerSecUSec=340000",
      "TasksMax=5",
    ],
  );
});

test("annotations come last: they are what the caller knows better", () => {
  const annotations = { "org.systemd.property.TimeoutStopSec": "2", other: "1" };
  assert.is(propertiesOf({ annotations }).at(-1), "TimeoutStopUSec=2000000");
});

for (const [version, group, policy] of [
  [252, "1", []],
  [253, "1", ["OOMPolicy=kill"]],
  [255, "0", ["OOMPolicy=continue"]],
  [255, "2", []],
] as const) {
  test(`memory.oom.group of ${group} with systemd ${version}`, () => {
    const linux = { resources: { unified: { "memory.oom.group": group } } };
    const properties = propertiesOf({ linux, manager: { ...MANAGER, version } });
    assert.equal(
      properties.filter((property) => property.startsWith("OOM")),
      policy,
    );
  });
}

test("on v1 every hierarchy but systemd's own is made and joined", () => {
  const { plan, cgroups } = compiled({ cgroup: V1, linux: LINUX });
  const path = "/a.slice/a-b.slice/docker-42.scope";
  const made = plan.after.filter(({ op }) => op === "makeCgroup").map(shortly);
  assert.is(made.length, V1.hierarchies.length - 1);
  assert.ok(made.includes(`makeCgroup /sys/fs/cgroup/cpu,cpuacct${path}`));
  assert.is(plan.init.filter(({ op }) => op === "joinCgroup").length, made.length);
  assert.ok(cgroups.some(({ root }) => root === "/sys/fs/cgroup/systemd"));
  assert.ok(propertiesOf({ cgroup: V1 }).includes("BlockIOAccounting=true"));
});

test("on v1 an init that can't reach its cgroups is moved", () => {
  const linux: Linux = {
    namespaces: [{ type: "user" }, { type: "mount" }],
    uidMappings: [{ containerID: 0, hostID: 100_000, size: 1 }],
    gidMappings: [{ containerID: 0, hostID: 100_000, size: 1 }],
  };
  const { plan } = compiled({ cgroup: V1, linux });
  assert.is(plan.init.filter(({ op }) => op === "joinCgroup").length, 0);
  assert.is(plan.after.filter(({ op }) => op === "joinCgroup").length, V1.hierarchies.length - 1);
});

test("on a hybrid host systemd joins the unified hierarchy", () => {
  const ops = compiled({ cgroup: HYBRID }).plan.after.map(shortly);
  assert.equal(
    ops.filter((op) => op.includes("unified")),
    [],
  );
});

test("a user's units are beneath the user's manager, and without device rules", () => {
  const { plan, cgroups } = compiled({ manager: USER_MANAGER });
  assert.equal(cgroups, [
    {
      root: "/sys/fs/cgroup",
      path: "/user.slice/user-1000.slice/user@1000.service/user.slice/trunc-c1.scope",
    },
  ]);
  assert.not.ok(plan.after.some(({ op }) => op === "deviceProgram"));
  assert.match(
    messageOf(() => compiled({ manager: USER_MANAGER, cgroup: V1 })),
    "cannot use rootless systemd cgroups manager on cgroup v1",
  );
});

test.run();
