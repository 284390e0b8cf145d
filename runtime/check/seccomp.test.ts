import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config, Seccomp, SeccompArg, SeccompSyscall } from "../config/types.ts";
import { checkSeccomp } from "./seccomp.ts";
import { someConfig, someLook } from "./testing.ts";

const test = suite("check/seccomp");

const LOOK = someLook({ systemCalls: () => new Set(["read", "write", "mount", "clone3"]) });

const config = (...syscalls: SeccompSyscall[]): Config =>
  someConfig({
    linux: { seccomp: { defaultAction: "SCMP_ACT_ERRNO", syscalls } satisfies Seccomp },
  });
const rule = (
  names: string[],
  action: Seccomp["defaultAction"] = "SCMP_ACT_ALLOW",
  ...args: SeccompArg[]
): SeccompSyscall => ({ names, action, ...(args.length > 0 && { args }) });
const arg = (op: SeccompArg["op"], value: number | bigint): SeccompArg => ({ index: 0, op, value });

const CASES: [title: string, rules: SeccompSyscall[], found: string[]][] = [
  ["nothing in a good profile", [rule(["read", "write"]), rule(["mount"], "SCMP_ACT_LOG")], []],
  [
    "names that no kernel has",
    [rule(["read", "raed", "no_such_call"])],
    ["0/names/1 did you mean read?", "0/names/2 the rule does nothing for it"],
  ],
  [
    "rules behind one without conditions, wherever it stands",
    [
      rule(["read"], "SCMP_ACT_LOG", arg("SCMP_CMP_EQ", 3)),
      rule(["read", "write"]),
      rule(["write"], "SCMP_ACT_KILL"),
    ],
    ["0/names/0", "2/names/0"],
  ],
  ["no rule twice", [rule(["read"]), rule(["read"]), rule(["read"], "SCMP_ACT_ALLOW")], []],
  [
    "no rule that says what the default says",
    [rule(["read"]), rule(["read"], "SCMP_ACT_ERRNO")],
    [],
  ],
  [
    "a mask that compares nothing",
    [rule(["read"], "SCMP_ACT_LOG", arg("SCMP_CMP_MASKED_EQ", 0)), rule(["read"])],
    ["1/names/0"],
  ],
  [
    "conditions that never hold",
    [
      rule(["read"], "SCMP_ACT_LOG", arg("SCMP_CMP_LT", 0)),
      rule(["write"], "SCMP_ACT_LOG", arg("SCMP_CMP_GT", (1n << 64n) - 1n)),
      rule(["mount"], "SCMP_ACT_LOG", arg("SCMP_CMP_GE", 0)),
    ],
    ["0/args/0", "1/args/0"],
  ],
];
for (const [title, rules, found] of CASES) {
  test(`checkSeccomp() finds ${title}`, () => {
    const all = checkSeccomp(config(...rules), LOOK);
    assert.is(all.length, found.length, JSON.stringify(all));
    for (const [index, { level, at, hint }] of all.entries()) {
      const [place, ...words] = found[index]!.split(" ");
      assert.is(level, "warning");
      assert.is(at, `/linux/seccomp/syscalls/${place}`);
      if (words.length > 0) assert.is(hint, words.join(" "));
    }
  });
}

test.run();
