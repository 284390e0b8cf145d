// seccomp disasm and test: what they say of a filter is what the kernel does under it.
// Spec: none; trunc's own

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { type Act, parse } from "../harness/probe.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/seccomp");

const OWN = { deviates: "has no such thing" };

const condition = (index: number, op: string, value: number | bigint, valueTwo = 0) => ({
  index,
  op: `SCMP_CMP_${op}`,
  value,
  valueTwo,
});

/** Errnos that no kernel gives to these calls tell the rules apart. */
const PROFILE = {
  defaultAction: "SCMP_ACT_ALLOW",
  architectures: [process.arch === "x64" ? "SCMP_ARCH_X86_64" : "SCMP_ARCH_AARCH64"],
  syscalls: [
    { names: ["getsid"], action: "SCMP_ACT_ERRNO", errnoRet: 60 },
    {
      names: ["getpriority"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: 61,
      args: [condition(0, "EQ", 0), condition(1, "GT", 1n << 32n)],
    },
    {
      names: ["getpriority", "personality"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: 62,
      args: [condition(0, "MASKED_EQ", 0xff00, 0x1200), condition(0, "EQ", 77)],
    },
    {
      names: ["personality"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: 63,
      args: [condition(0, "GE", 1n << 63n)],
    },
    { names: ["getpgid"], action: "SCMP_ACT_KILL_PROCESS", args: [condition(0, "NE", 0)] },
    { names: ["kcmp"], action: "SCMP_ACT_TRAP" },
    { names: ["umask"], action: "SCMP_ACT_LOG" },
  ],
};

/** Name, arguments, and the rule that decides: an index of syscalls, with the condition; undefined is the default. */
const CALLS: [call: string, args: string[], rule: string | undefined][] = [
  ["getsid", [], "0"],
  ["getpriority", [], undefined],
  ["getpriority", ["0", "4294967296"], undefined],
  ["getpriority", ["0", "4294967297"], "1/args"],
  ["getpriority", ["1", "4294967297"], undefined],
  ["getpriority", ["0x12ab"], "2/args/0"],
  ["getpriority", ["77"], "2/args/1"],
  ["personality", ["77"], "2/args/1"],
  ["personality", ["0xffffffffffffffff"], "3/args/0"],
  ["personality", ["0xffffffff"], undefined],
  ["getpgid", ["0"], undefined],
  ["getpgid", ["1"], "4/args/0"],
  ["kcmp", [], "5"],
  ["umask", ["18"], "6"],
];

interface Verdict {
  readonly number: number;
  readonly action: string;
  readonly errno?: string;
  readonly at: string;
}

const SIGSYS = 31;

for (const [call, given, rule] of CALLS) {
  const place = rule === undefined ? "the default" : `rule ${rule}`;
  test(
    `${call}(${given.join()}) gets what seccomp test says, by ${place} (trunc#seccomp)`,
    OWN,
    async (t) => {
      const profile = profileFile(t);
      const { code, stdout } = await t.runtime([
        "seccomp",
        "test",
        "-f",
        "json",
        profile,
        call,
        ...given,
      ]);
      const verdict = JSON.parse(stdout) as Verdict;
      const at = rule === undefined ? "defaultAction" : `syscalls/${rule}`;
      assert.is(verdict.at, `/linux/seccomp/${at}`);

      const bundle = t.bundle((config) => {
        args(config, "syscall", `${verdict.number}`, ...given);
        config.linux.seccomp = PROFILE;
      });
      const end = await t.run(bundle);
      if (verdict.action === "SCMP_ACT_KILL_PROCESS" || verdict.action === "SCMP_ACT_TRAP") {
        assert.is(end.code, 128 + SIGSYS);
        assert.is(code, 2);
        return;
      }
      const { errno } = parse<Act>(succeeded("run", end).stdout);
      assert.is(errno, verdict.errno);
      assert.is(code, verdict.action === "SCMP_ACT_ERRNO" ? 2 : 0);
    },
  );
}

/** stringify() of the harness is for bundles: here the numbers beyond 2^53 are put in by hand. */
function profileFile(t: Sandbox): string {
  const path = join(t.dir, "profile.json");
  const text = JSON.stringify(PROFILE, (_, value) =>
    typeof value === "bigint" ? `<${value}>` : value,
  );
  writeFileSync(path, text.replace(/"<(\d+)>"/g, "$1"));
  return path;
}

test("seccomp disasm shows the calls of a bundle's filter (trunc#seccomp)", OWN, async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.seccomp = PROFILE;
  });
  const { stdout } = succeeded("seccomp", await t.runtime(["seccomp", "disasm", bundle.dir]));
  assert.match(stdout, /^0000 {2}load arch$/m);
  assert.match(stdout, /^(x86_64|aarch64):$/m);
  assert.match(stdout, /^\d{4}[: ] return ERRNO\(60\) {2}# getsid$/m);
  assert.match(stdout, /^\d{4}[: ] return TRAP {2}# kcmp$/m);
  assert.match(stdout, /^\d{4}[: ] return ERRNO\(62\) {2}# getpriority, personality$/m);
  assert.match(stdout, /^\d{4}[: ] load args\[0\]\.low {2}# getpgid$/m);
});

test.run();
