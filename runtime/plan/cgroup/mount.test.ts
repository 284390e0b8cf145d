import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Linux, Mount } from "../../config/types.ts";
import type { CgroupFacts } from "../facts.ts";
import * as kernel from "../kernel.ts";
import { compileMounts } from "../mounts.ts";
import type { InitOp } from "../ops.ts";
import { HYBRID, messageOf, NO_CGROUPS, someContext, V1, V2 } from "../testing.ts";

const test = suite("cgroup/mount");

const OWN: Linux["namespaces"] = [{ type: "mount" }, { type: "cgroup" }];
const SHARED: Linux["namespaces"] = [{ type: "mount" }];

function compile(cgroup: CgroupFacts, namespaces: Linux["namespaces"], mount: Partial<Mount> = {}) {
  const mounts = [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", ...mount }];
  const linux: Linux = { namespaces: namespaces ?? [], cgroupsPath: "/c" };
  return compileMounts(someContext({ mounts, linux }, { cgroup })).ops;
}

function shortly(op: InitOp): string {
  switch (op.op) {
    case "mountFs":
      return `${op.fstype} ${op.target} ${op.params.join(",")} ${op.attrs}`;
    case "mountBind":
      return `bind ${op.target} ${op.source} ${op.recursive} ${op.set}`;
    case "symlink":
      return `link ${op.path} ${op.target}`;
    case "setMountAttr":
      return `set ${op.path} ${op.set}`;
    default:
      return op.op;
  }
}

const CASES: readonly (readonly [
  name: string,
  cgroup: CgroupFacts,
  namespaces: Linux["namespaces"],
  mount: Partial<Mount>,
  ops: readonly string[],
])[] = [
  [
    "v2, anew in a namespace of its own",
    V2,
    OWN,
    { options: ["nosuid", "ro", "nsdelegate"] },
    ["cgroup2 /sys/fs/cgroup source=cgroup,nsdelegate 3"],
  ],
  [
    "v2, without a source",
    V2,
    OWN,
    { source: "x", type: "cgroup2" },
    ["cgroup2 /sys/fs/cgroup source=x 0"],
  ],
  [
    "v2, the host's without one",
    V2,
    SHARED,
    { options: ["ro"] },
    ["bind /sys/fs/cgroup /sys/fs/cgroup false 1"],
  ],
  [
    "hybrid without a namespace: the container's own cgroups",
    HYBRID,
    SHARED,
    { options: ["ro", "nosuid"] },
    [
      "tmpfs /sys/fs/cgroup source=tmpfs,mode=755 14",
      "bind /sys/fs/cgroup/memory /sys/fs/cgroup/memory/c true 15",
      "bind /sys/fs/cgroup/devices /sys/fs/cgroup/devices/c true 15",
      "bind /sys/fs/cgroup/freezer /sys/fs/cgroup/freezer/c true 15",
      "bind /sys/fs/cgroup/unified /sys/fs/cgroup/unified/c true 15",
      "set /sys/fs/cgroup 1",
    ],
  ],
  [
    "hybrid with a namespace",
    HYBRID,
    OWN,
    {},
    [
      "tmpfs /sys/fs/cgroup source=tmpfs,mode=755 14",
      "cgroup /sys/fs/cgroup/memory source=cgroup,memory 14",
      "cgroup /sys/fs/cgroup/devices source=cgroup,devices 14",
      "cgroup /sys/fs/cgroup/freezer source=cgroup,freezer 14",
      "cgroup2 /sys/fs/cgroup/unified source=cgroup 14",
    ],
  ],
  [
    "cgroup2 on a hybrid host is the unified hierarchy alone",
    HYBRID,
    SHARED,
    { type: "cgroup2", destination: "/u" },
    ["bind /u /sys/fs/cgroup/unified false 0"],
  ],
];

for (const [name, cgroup, namespaces, mount, ops] of CASES) {
  test(`compileCgroupMount(): ${name}`, () => {
    assert.equal(compile(cgroup, namespaces, mount).map(shortly), ops);
  });
}

test("compileCgroupMount() links controllers that are mounted together, and names the named hierarchy", () => {
  const ops = compile(V1, OWN).map(shortly);
  assert.ok(ops.includes("cgroup /sys/fs/cgroup/cpu,cpuacct source=cgroup,cpu,cpuacct 14"));
  assert.ok(ops.includes("link /sys/fs/cgroup/cpu cpu,cpuacct"));
  assert.ok(ops.includes("link /sys/fs/cgroup/cpuacct cpu,cpuacct"));
  assert.ok(ops.includes("cgroup /sys/fs/cgroup/systemd source=cgroup,none,name=systemd 14"));
});

test("compileCgroupMount() passes propagation on, and labels its tmpfs", () => {
  const mounts = [{ destination: "/c", type: "cgroup", options: ["rprivate"] }];
  const context = someContext(
    { mounts, linux: { namespaces: [{ type: "mount" }], mountLabel: "label" } },
    { cgroup: HYBRID, selinux: true },
  );
  const propagation = kernel.MS_PRIVATE | kernel.MS_REC;
  const { ops } = compileMounts(context);
  assert.ok(
    ops.every(
      (op) => (op.op === "mountFs" || op.op === "mountBind") && op.propagation === propagation,
    ),
  );
  assert.equal(ops[0]?.op === "mountFs" && ops[0].params, [
    "source=tmpfs",
    "mode=755",
    "context=label",
  ]);
});

test("compileCgroupMount() needs what it shows", () => {
  assert.is(
    messageOf(() => compile(NO_CGROUPS, SHARED)),
    "/mounts/0: this host has no cgroups mounted",
  );
  assert.is(
    messageOf(() => compile(V1, SHARED, { type: "cgroup2" })),
    "/mounts/0: this host has no cgroup v2",
  );
});

test.run();
