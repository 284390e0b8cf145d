import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config, Linux, Mount } from "../../config/types.ts";
import type { Facts } from "../facts.ts";
import { BASE, HYBRID, someContext, V2 } from "../testing.ts";
import { compileOwnership } from "./ownership.ts";

const test = suite("cgroup/ownership");

const MOUNT: Mount = { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup" };
const NEW = { type: "cgroup" } as const;
const MAPS = [
  { containerID: 0, hostID: 100_000, size: 10 },
  { containerID: 10, hostID: 5, size: 1 },
];
const MAPPED: Linux = {
  namespaces: [{ type: "mount" }, { type: "user" }, NEW],
  uidMappings: MAPS,
  gidMappings: MAPS,
};

interface Case {
  readonly what: string;
  readonly owner: number | null;
  readonly uid?: number;
  readonly linux?: Linux;
  readonly mount?: Partial<Mount>;
  readonly facts?: Partial<Facts>;
}

const CASES: readonly Case[] = [
  { what: "gives it to the user", uid: 7, owner: 7 },
  { what: "leaves it to root", uid: 0, owner: null },
  { what: "gives it to the mapped root", uid: 0, linux: MAPPED, owner: 100_000 },
  { what: "takes the map that has the user", uid: 10, linux: MAPPED, owner: 5 },
  {
    what: "leaves it without a cgroup namespace",
    linux: { namespaces: [{ type: "mount" }] },
    owner: null,
  },
  {
    what: "leaves it in a cgroup namespace that is joined",
    linux: { namespaces: [{ type: "mount" }, { type: "cgroup", path: "/n" }] },
    owner: null,
  },
  { what: "leaves it where the mount is read-only", mount: { options: ["ro"] }, owner: null },
  { what: "leaves it without such a mount", mount: { destination: "/cg" }, owner: null },
  { what: "leaves it on hosts with cgroup v1", facts: { cgroup: HYBRID }, owner: null },
  { what: "leaves it where this is not root", facts: { euid: 1000 }, owner: null },
];

for (const { what, owner, uid = 7, linux, mount, facts } of CASES) {
  test(`compileOwnership() ${what}`, () => {
    const config: Partial<Config> = {
      process: { ...BASE.process, user: { uid, gid: 0 } },
      mounts: [{ ...MOUNT, ...mount }],
      linux: linux ?? { namespaces: [{ type: "mount" }, NEW] },
    };
    const ops = compileOwnership(someContext(config, { cgroup: V2, ...facts }), "/at");
    const owners = ops.map((op) => (op.op === "ownCgroup" ? op.uid : -1));
    assert.equal(owners, owner === null ? [] : [owner]);
  });
}

test.run();
