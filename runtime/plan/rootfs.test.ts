import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Linux } from "../config/types.ts";
import * as kernel from "./kernel.ts";
import {
  compileEnterRoot,
  compileOpenRoot,
  compileReadonlyRoot,
  compileRootPropagation,
} from "./rootfs.ts";
import { linuxContext, messageOf, someContext } from "./testing.ts";

const test = suite("rootfs");

const { MS_PRIVATE, MS_REC, MS_SHARED, MS_SLAVE, MS_UNBINDABLE } = kernel;
const MOUNT: Linux["namespaces"] = [{ type: "mount" }];

/** What the host's mounts become, and what is set after the pivot: type and reach. */
const PROPAGATIONS: readonly (readonly [
  word: Linux["rootfsPropagation"],
  host: number,
  after: readonly [number, boolean] | null,
])[] = [
  [undefined, MS_SLAVE | MS_REC, null],
  ["", MS_SLAVE | MS_REC, null],
  ["private", MS_PRIVATE | MS_REC, null],
  ["rprivate", MS_PRIVATE | MS_REC, null],
  ["slave", MS_SLAVE | MS_REC, [MS_SLAVE, false]],
  ["rslave", MS_SLAVE | MS_REC, [MS_SLAVE, true]],
  ["shared", MS_SHARED, [MS_SHARED, false]],
  ["rshared", MS_SHARED | MS_REC, [MS_SHARED, true]],
  ["unbindable", MS_SLAVE | MS_REC, [MS_UNBINDABLE, false]],
  ["runbindable", MS_SLAVE | MS_REC, [MS_UNBINDABLE, true]],
];

for (const [word, host, after] of PROPAGATIONS) {
  test(`rootfsPropagation ${JSON.stringify(word)} (config-linux.md#rootfs-mount-propagation)`, () => {
    const context = linuxContext({
      namespaces: MOUNT,
      ...(word !== undefined && { rootfsPropagation: word }),
    });
    const at = "/linux/rootfsPropagation";
    assert.equal(compileOpenRoot(context), [
      { op: "hostPropagation", at: word ? at : "", propagation: host },
      { op: "openRoot", at: "/root/path", source: "/bundle/rootfs" },
    ]);
    const ops = compileRootPropagation(context);
    if (after === null) assert.equal(ops, []);
    else {
      const [propagation, recursive] = after;
      assert.equal(ops, [
        { op: "setMountAttr", at, path: "/", set: 0, clear: 0, propagation, recursive },
      ]);
    }
  });
}

test("compileEnterRoot() pivots, moves with --no-pivot, and only then refuses private", () => {
  assert.equal(compileEnterRoot(linuxContext({})), [{ op: "pivotRoot", at: "/root/path" }]);
  const noPivot = linuxContext({}, {}, { noPivot: true });
  assert.equal(compileEnterRoot(noPivot), [{ op: "moveRoot", at: "/root/path" }]);
  const isPrivate = linuxContext({ rootfsPropagation: "rprivate" }, {}, { noPivot: true });
  assert.is(
    messageOf(() => compileEnterRoot(isPrivate)),
    "/linux/rootfsPropagation: rootfsPropagation of [r]private is not safe without pivot_root",
  );
});

test("without a mount namespace the root is only entered, and nothing of the host is changed", () => {
  const context = someContext({
    root: { path: "/r", readonly: true },
    linux: { namespaces: [], rootfsPropagation: "shared" },
  });
  assert.equal(compileOpenRoot(context), [
    { op: "openSharedRoot", at: "/root/path", source: "/r" },
  ]);
  assert.equal(compileEnterRoot(context), [{ op: "changeRoot", at: "/root/path" }]);
  assert.equal(compileRootPropagation(context), []);
  assert.equal(compileReadonlyRoot(context), []);
});

test("compileReadonlyRoot() makes the mount itself read-only, not those below", () => {
  const context = someContext({ root: { path: "/r", readonly: true } });
  assert.equal(compileReadonlyRoot(context), [
    {
      op: "setMountAttr",
      at: "/root/readonly",
      path: "/",
      set: kernel.ATTR_RDONLY,
      clear: 0,
      propagation: 0,
      recursive: false,
    },
  ]);
  assert.equal(compileReadonlyRoot(someContext()), []);
});

test.run();
