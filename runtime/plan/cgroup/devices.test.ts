import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DeviceRule } from "../../config/types.ts";
import { messageOf } from "../testing.ts";
import { accessBits, accessText, devicePolicy, ruleText } from "./devices.ts";

const test = suite("cgroup/devices");

const DENY_ALL: DeviceRule = { allow: false, access: "rwm" };
const ALLOW_ALL: DeviceRule = { allow: true, type: "a", access: "rwm" };
const GIVEN = [
  "b *:* m",
  "c *:* m",
  "c 1:3 rwm",
  "c 1:5 rwm",
  "c 1:7 rwm",
  "c 1:8 rwm",
  "c 1:9 rwm",
  "c 5:0 rwm",
  "c 5:2 rwm",
  "c 136:* rwm",
];

const texts = (rules: readonly DeviceRule[]) => devicePolicy(rules, []).exceptions.map(ruleText);

test("devicePolicy() always has what runc gives every container", () => {
  assert.equal(texts([]), GIVEN);
  assert.equal(texts([DENY_ALL]), GIVEN);
  assert.equal(devicePolicy(undefined, undefined).allowsByDefault, false);
});

/** Beside the given ones. */
const ALLOWED: readonly (readonly [
  name: string,
  rules: readonly DeviceRule[],
  more: readonly string[],
])[] = [
  [
    "rules of one device are one",
    [
      { allow: true, type: "c", major: 10, minor: 229, access: "r" },
      { allow: true, type: "c", major: 10, minor: 229, access: "wm" },
    ],
    ["c 10:229 rwm"],
  ],
  [
    "a later denial takes away",
    [
      { allow: true, type: "b", major: 8, minor: 0, access: "rwm" },
      { allow: false, type: "b", major: 8, minor: 0, access: "w" },
    ],
    ["b 8:0 rm"],
  ],
  [
    "a wider denial takes all it covers",
    [
      { allow: true, type: "b", major: 8, minor: 0, access: "rw" },
      { allow: true, type: "b", major: 8, minor: 1, access: "r" },
      { allow: false, type: "b", major: 8, access: "r" },
    ],
    ["b 8:0 w"],
  ],
  [
    "a denial of what was not allowed is nothing",
    [{ allow: false, type: "c", major: 10, minor: 229, access: "rwm" }],
    [],
  ],
  [
    "everything before the last reset is gone",
    [{ allow: true, type: "b", major: 8, minor: 0, access: "rw" }, DENY_ALL],
    [],
  ],
  [
    "a rule of all types with numbers is one of both",
    [{ allow: true, type: "a", major: 9, minor: 9, access: "r" }],
    ["b 9:9 r", "c 9:9 r"],
  ],
  [
    "the empty type is all",
    [{ allow: true, type: "", major: 9, minor: 9, access: "r" }],
    ["b 9:9 r", "c 9:9 r"],
  ],
];

for (const [name, rules, more] of ALLOWED) {
  test(`devicePolicy(): ${name}`, () => {
    assert.equal(
      texts([DENY_ALL, ...rules]).filter((text) => !GIVEN.includes(text)),
      more,
    );
  });
}

test("devicePolicy() of a privileged container has no exceptions", () => {
  assert.equal(devicePolicy([DENY_ALL, ALLOW_ALL], []), { allowsByDefault: true, exceptions: [] });
});

test("devicePolicy() keeps denials of the rest, but what is given can't be denied", () => {
  const rules: DeviceRule[] = [
    ALLOW_ALL,
    { allow: false, type: "b", major: 8, minor: 0, access: "rwm" },
    { allow: false, type: "c", major: 1, minor: 3, access: "rw" },
  ];
  assert.equal(texts(rules), ["b 8:0 rw"]);
});

test("devicePolicy() leaves a default device to the config that has its own", () => {
  const { exceptions } = devicePolicy([], [{ path: "/dev/null", type: "c", major: 1, minor: 3 }]);
  assert.equal(
    exceptions.map(ruleText),
    GIVEN.filter((text) => text !== "c 1:3 rwm"),
  );
});

const ERRORS: readonly (readonly [rules: readonly DeviceRule[], message: string])[] = [
  [[{ allow: true, type: "c" }], "/0/access: must not be empty"],
  [
    [
      { allow: true, type: "c", major: 5, access: "rw" },
      { allow: false, type: "c", major: 5, minor: 1, access: "r" },
    ],
    "/1: c 5:1 r would be a hole in the earlier, wider rule c 5:* rw, which device cgroups can't have",
  ],
  [
    [
      { allow: true, type: "c", major: 5, access: "rw" },
      { allow: false, type: "c", minor: 1, access: "r" },
    ],
    "/1: c *:1 r would be a hole in the earlier, wider rule c 5:* rw, which device cgroups can't have",
  ],
];

for (const [rules, message] of ERRORS) {
  test(`devicePolicy() refuses ${JSON.stringify(rules)}`, () => {
    assert.is(
      messageOf(() => devicePolicy(rules, [])),
      `/linux/resources/devices${message}`,
    );
  });
}

test("accessBits() and accessText() are each other's inverse", () => {
  for (const access of ["r", "w", "m", "rw", "rm", "wm", "rwm", ""]) {
    assert.is(accessText(accessBits(access)), access);
  }
});

test.run();
