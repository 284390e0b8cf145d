import { suite } from "uvu";
import * as assert from "uvu/assert";
import { messageOf } from "../../testing.ts";
import { scopeOf, slicePath } from "./unit.ts";

const test = suite("cgroup/systemd/unit");

test("scopeOf() takes slice:prefix:name apart", () => {
  assert.equal(scopeOf({ cgroupsPath: "kubepods-besteffort.slice:cri:42" }, "c1", false), {
    unit: "cri-42.scope",
    slice: "kubepods-besteffort.slice",
    description: "trunc container 42",
  });
});

test("scopeOf() has defaults for what is left out", () => {
  assert.equal(scopeOf({}, "c1", false), {
    unit: "trunc-c1.scope",
    slice: "system.slice",
    description: "trunc container c1",
  });
  assert.is(scopeOf({ cgroupsPath: ":libpod:c1" }, "c1", true).slice, "user.slice");
  assert.is(scopeOf({ cgroupsPath: "a.slice::c1" }, "c1", false).unit, "-c1.scope");
});

const REFUSED: readonly (readonly [path: string, message: RegExp])[] = [
  ["/a/b", /expected cgroupsPath to be of format "slice:prefix:name".*got "\/a\/b"/],
  ["a:b", /slice:prefix:name/],
  ["a:b:c:d", /slice:prefix:name/],
  ["a.slice:x:y.slice", /"y.slice" is a slice/],
  ["a.slice:x:../y", /"x-..\/y.scope" is no name of a unit/],
  ["a.slice:x:y z", /no name of a unit/],
];

for (const [path, message] of REFUSED) {
  test(`scopeOf() refuses ${path}`, () => {
    assert.match(
      messageOf(() => scopeOf({ cgroupsPath: path }, "c1", false)),
      message,
    );
  });
}

test("scopeOf() refuses a name that systemd would cut", () => {
  const cgroupsPath = `a.slice:x:${"y".repeat(255)}`;
  assert.match(
    messageOf(() => scopeOf({ cgroupsPath }, "c1", false)),
    /263 characters; systemd takes 255/,
  );
});

test("slicePath() is in all slices that the name names", () => {
  assert.is(slicePath("system.slice"), "/system.slice");
  assert.is(slicePath("a-b-c.slice"), "/a.slice/a-b.slice/a-b-c.slice");
  assert.is(slicePath("-.slice"), "/");
});

for (const slice of ["", "a", ".slice", "a--b.slice", "-a.slice", "a-.slice", "a/b.slice"]) {
  test(`slicePath() refuses ${JSON.stringify(slice)}`, () => {
    assert.match(
      messageOf(() => slicePath(slice)),
      /invalid slice name/,
    );
  });
}

test.run();
