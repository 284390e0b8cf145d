import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Linux } from "../config/types.ts";
import type { Facts } from "./facts.ts";
import { compileBecomeRoot, compileIdMaps, deniesSetgroups, isMapped } from "./ids.ts";
import { linuxContext, messageOf } from "./testing.ts";

const test = suite("ids");

const USER: Linux = {
  namespaces: [{ type: "mount" }, { type: "user" }],
  uidMappings: [
    { containerID: 0, hostID: 100_000, size: 1 },
    { containerID: 1, hostID: 200_000, size: 65_535 },
  ],
  gidMappings: [{ containerID: 0, hostID: 300_000, size: 65_536 }],
};
const OWN: Linux = {
  namespaces: [{ type: "user" }],
  uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
  gidMappings: [{ containerID: 0, hostID: 100, size: 1 }],
};

const CASES: readonly (readonly [
  name: string,
  linux: Linux,
  facts: Partial<Facts>,
  helpers: boolean,
  denySetgroups: boolean,
])[] = [
  ["root writes the maps itself", USER, { euid: 0 }, false, false],
  ["a user has the helpers write more than himself", USER, { euid: 1000, egid: 100 }, true, false],
  [
    "a user maps himself without help, without setgroups",
    OWN,
    { euid: 1000, egid: 100 },
    false,
    true,
  ],
  ["another's group needs the helpers", OWN, { euid: 1000, egid: 7 }, true, false],
];

for (const [name, linux, facts, helpers, denySetgroups] of CASES) {
  test(`compileIdMaps(): ${name}`, () => {
    const context = linuxContext(linux, facts);
    const [op] = compileIdMaps(context);
    assert.is(op?.op, "idMaps");
    assert.equal(
      { helpers, denySetgroups },
      op?.op === "idMaps" && { helpers: op.helpers, denySetgroups: op.denySetgroups },
    );
    assert.is(deniesSetgroups(context), denySetgroups);
  });
}

for (const [count, first, bytes] of [
  [341, 0, 3190],
  [200, 1_000_000_000, 4791],
] as const) {
  test(`compileIdMaps() refuses ${count} ranges in ${bytes} bytes, of which the kernel would say EINVAL`, () => {
    const ranges = Array.from({ length: count }, (_, index) => ({
      containerID: index === 0 ? 0 : first + index,
      hostID: first + index,
      size: 1,
    }));
    assert.is(
      messageOf(() => compileIdMaps(linuxContext({ ...USER, gidMappings: ranges }))),
      `/linux/gidMappings: ${count} ranges (${bytes} bytes) are more than the kernel takes (340 in 4095 bytes is the most: join some)`,
    );
  });
}

test("compileIdMaps() writes a line a mapping", () => {
  const [op] = compileIdMaps(linuxContext(USER));
  assert.equal(op, {
    op: "idMaps",
    at: "/linux/uidMappings",
    uid: "0 100000 1\n1 200000 65535\n",
    gid: "0 300000 65536\n",
    denySetgroups: false,
    helpers: false,
  });
});

test("compileIdMaps() does nothing for a namespace that is joined or absent", () => {
  assert.equal(compileIdMaps(linuxContext({})), []);
  const joined = linuxContext({ namespaces: [{ type: "user", path: "/proc/1/ns/user" }] });
  assert.equal(compileIdMaps(joined), []);
  const root = { op: "becomeRoot", at: "/linux/namespaces/0" };
  assert.equal(compileBecomeRoot(joined), [root, { op: "probeGroups", at: "/process/user" }]);
  const denied = { euid: 0, deniesSetgroups: true };
  const namespaces = [{ type: "user" as const, path: "/proc/1/ns/user" }];
  assert.equal(compileBecomeRoot(linuxContext({ namespaces }, denied)), [root]);
  assert.equal(compileBecomeRoot(linuxContext(USER)).length, 1);
  assert.equal(compileBecomeRoot(linuxContext({})), []);
});

test("compileIdMaps() wants an id 0 in the container", () => {
  const high = [{ containerID: 1, hostID: 1, size: 1 }];
  assert.is(
    messageOf(() => compileIdMaps(linuxContext({ ...USER, uidMappings: high }))),
    "/linux/uidMappings: must map user 0 of the container",
  );
  assert.is(
    messageOf(() => compileIdMaps(linuxContext({ ...USER, gidMappings: high }))),
    "/linux/gidMappings: must map group 0 of the container",
  );
});

test("isMapped() knows the ends of the ranges", () => {
  assert.ok(isMapped(65_535, USER.uidMappings));
  assert.not(isMapped(65_536, USER.uidMappings));
  assert.not(isMapped(0));
});

test.run();
