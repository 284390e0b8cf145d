import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

type Case = readonly [
  name: string,
  patch: { [pointer: string]: unknown },
  problems: readonly string[],
];

const test = suite("rules/paths");

const CASES: readonly Case[] = [
  ["checkRoot() takes any path", { "/root/path": "../rootfs" }, []],
  ["checkRoot() wants one", { "/root/path": "" }, ["/root/path: must not be empty"]],
  ["checkHookPaths() takes absolute paths", { "/hooks": { prestart: [{ path: "/a" }] } }, []],
  [
    "checkHookPaths() covers all kinds",
    { "/hooks": { prestart: [{ path: "/a" }, { path: "a" }], poststop: [{ path: "./b" }] } },
    [
      '/hooks/prestart/1/path: "a" is not an absolute path',
      '/hooks/poststop/0/path: "./b" is not an absolute path',
    ],
  ],
  [
    "a hook's timeout is positive",
    { "/hooks": { startContainer: [{ path: "/a", timeout: 0 }] } },
    ["/hooks/startContainer/0/timeout: 0 is not an integer from 1 to 2147483647"],
  ],
  [
    "checkRestrictedPaths()",
    { "/linux/maskedPaths": ["/proc/kcore", "x"], "/linux/readonlyPaths": [""] },
    [
      '/linux/maskedPaths/1: "x" is not an absolute path',
      '/linux/readonlyPaths/0: "" is not an absolute path',
    ],
  ],
  ["checkCgroupsPath() takes relative paths", { "/linux/cgroupsPath": "a/..b" }, []],
  [
    "checkCgroupsPath() takes systemd's form",
    { "/linux/cgroupsPath": "system.slice:docker:0123" },
    [],
  ],
  [
    "checkCgroupsPath() does not climb",
    { "/linux/cgroupsPath": "/a/../../b" },
    ['/linux/cgroupsPath: "/a/../../b" must not contain ".."'],
  ],
];

for (const [name, patch, problems] of CASES) {
  test(name, () => {
    assert.equal(problemsWith(patch), problems);
  });
}

test.run();
