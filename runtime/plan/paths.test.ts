import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as paths from "./paths.ts";

const test = suite("paths");

const CLEANED: readonly (readonly [path: string, clean: string])[] = [
  ["/", "/"],
  ["/a/b", "/a/b"],
  ["/a//b/", "/a/b"],
  ["/a/./b/../c", "/a/c"],
  ["/../../etc", "/etc"],
  ["/a/..", "/"],
  ["a/b", "/a/b"],
  ["", "/"],
  ["//", "/"],
  ["/a/.hidden", "/a/.hidden"],
  ["/a/...", "/a/..."],
];

for (const [path, clean] of CLEANED) {
  test(`cleanPath() makes ${JSON.stringify(clean)} of ${JSON.stringify(path)}`, () => {
    assert.is(paths.cleanPath(path), clean);
  });
}

test("absolutePath() puts a relative path beneath its base", () => {
  assert.is(paths.absolutePath("rootfs", "/bundle"), "/bundle/rootfs");
  assert.is(paths.absolutePath("../other", "/bundle"), "/other");
  assert.is(paths.absolutePath("/abs/./x", "/bundle"), "/abs/./x");
});

test("joinPath(), baseName() and parentPath() take paths apart and together", () => {
  assert.is(paths.joinPath("/", "/a"), "/a");
  assert.is(paths.joinPath("/a/b", "c/../d"), "/a/b/d");
  assert.is(paths.baseName("/a/b"), "b");
  assert.is(paths.parentPath("/a/b"), "/a");
  assert.is(paths.parentPath("/a"), "/");
  assert.is(paths.parentPath("/"), "/");
});

test("isBeneath() does not take a longer name for a child", () => {
  assert.ok(paths.isBeneath("/proc", "/proc"));
  assert.ok(paths.isBeneath("/proc/x", "/proc"));
  assert.not(paths.isBeneath("/process", "/proc"));
  assert.ok(paths.isBeneath("/x", "/"));
});

test.run();
