import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

type Case = readonly [
  name: string,
  patch: { [pointer: string]: unknown },
  problems: readonly string[],
];

const test = suite("rules/seccomp");

const seccomp = (rest: object) => ({
  "/linux/seccomp": { defaultAction: "SCMP_ACT_ALLOW", ...rest },
});
const rule = (action: string, rest: object = {}) => ({ names: ["mkdir"], action, ...rest });

const CASES: readonly Case[] = [
  [
    "a whole profile",
    seccomp({
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 38,
      architectures: ["SCMP_ARCH_X86_64"],
      flags: [],
      listenerPath: "/run/agent.sock",
      listenerMetadata: "x",
      syscalls: [
        rule("SCMP_ACT_ERRNO", {
          errnoRet: 0,
          args: [{ index: 5, value: 2n ** 64n - 1n, op: "SCMP_CMP_EQ" }],
        }),
        rule("SCMP_ACT_TRACE", { errnoRet: 65535 }),
        rule("SCMP_ACT_NOTIFY"),
      ],
    }),
    [],
  ],
  [
    "checkErrnos()",
    seccomp({ defaultErrnoRet: 1, syscalls: [rule("SCMP_ACT_KILL", { errnoRet: 1 })] }),
    [
      "/linux/seccomp/defaultErrnoRet: SCMP_ACT_ALLOW has no errno",
      "/linux/seccomp/syscalls/0/errnoRet: SCMP_ACT_KILL has no errno",
    ],
  ],
  [
    "checkSyscallNames()",
    seccomp({
      syscalls: [rule("SCMP_ACT_LOG", { names: [] }), rule("SCMP_ACT_LOG", { names: ["a", ""] })],
    }),
    [
      "/linux/seccomp/syscalls/0/names: must have at least one entry",
      "/linux/seccomp/syscalls/1/names/1: must not be empty",
    ],
  ],
  [
    "checkListener()",
    seccomp({
      listenerPath: "",
      listenerMetadata: "x",
      syscalls: [rule("SCMP_ACT_LOG"), rule("SCMP_ACT_NOTIFY")],
    }),
    [
      "/linux/seccomp/syscalls/1/action: SCMP_ACT_NOTIFY needs /linux/seccomp/listenerPath",
      "/linux/seccomp/listenerMetadata: needs listenerPath",
    ],
  ],
  [
    "checkNotify()",
    seccomp({
      defaultAction: "SCMP_ACT_NOTIFY",
      listenerPath: "/a",
      syscalls: [rule("SCMP_ACT_NOTIFY", { names: ["read", "write"] })],
    }),
    [
      "/linux/seccomp/defaultAction: SCMP_ACT_NOTIFY can't be the default",
      "/linux/seccomp/syscalls/0/names/1: write can't be SCMP_ACT_NOTIFY",
    ],
  ],
  [
    "values are exact",
    seccomp({
      syscalls: [
        rule("SCMP_ACT_LOG", { args: [{ index: 6, value: 1.5, valueTwo: 2n ** 64n, op: "==" }] }),
      ],
    }),
    [
      "/linux/seccomp/syscalls/0/args/0/index: 6 is not an integer from 0 to 5",
      "/linux/seccomp/syscalls/0/args/0/value: 1.5 is not an integer from 0 to 18446744073709551615",
      "/linux/seccomp/syscalls/0/args/0/valueTwo: 18446744073709551616 is not an integer from 0 to 18446744073709551615",
      '/linux/seccomp/syscalls/0/args/0/op: "==" is not one of SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE, SCMP_CMP_EQ, SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_MASKED_EQ',
    ],
  ],
  [
    "a default action is needed",
    { "/linux/seccomp": {} },
    ["/linux/seccomp/defaultAction: is missing"],
  ],
];

for (const [name, patch, problems] of CASES) {
  test(name, () => {
    assert.equal(problemsWith(patch), problems);
  });
}

test.run();
