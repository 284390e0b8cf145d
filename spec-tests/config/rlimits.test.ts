// process.rlimits: each name, exact 64-bit values, and what is not mentioned stays.
// Spec: config.md#posix-process

import * as assert from "uvu/assert";
import { info } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";

/** Values below what any machine starts with: lowering needs no privilege. */
const LOWERED: [type: string, soft: number, hard: number][] = [
  ["RLIMIT_AS", 1 << 30, (1 << 30) + 4096],
  ["RLIMIT_CORE", 0, 4096],
  ["RLIMIT_CPU", 100, 200],
  ["RLIMIT_DATA", 1 << 29, 1 << 30],
  ["RLIMIT_FSIZE", 1 << 20, 1 << 21],
  ["RLIMIT_LOCKS", 10, 20],
  ["RLIMIT_MEMLOCK", 4096, 8192],
  ["RLIMIT_MSGQUEUE", 100, 200],
  ["RLIMIT_NICE", 0, 0],
  ["RLIMIT_NOFILE", 64, 128],
  ["RLIMIT_NPROC", 100, 200],
  ["RLIMIT_RSS", 1 << 29, 1 << 30],
  ["RLIMIT_RTPRIO", 0, 0],
  ["RLIMIT_RTTIME", 1000, 2000],
  ["RLIMIT_SIGPENDING", 10, 20],
  ["RLIMIT_STACK", 1 << 22, 1 << 23],
];

const test = spec("config/rlimits");

test("every name sets soft and hard (config.md#posix-process)", async (t) => {
  const { rlimits } = await info(t, (config) => {
    config.process.rlimits = LOWERED.map(([type, soft, hard]) => ({ type, soft, hard }));
  });
  for (const [type, soft, hard] of LOWERED)
    assert.equal(rlimits[type], [`${soft}`, `${hard}`], type);
});

test("limits that are not mentioned stay as the runtime's (config.md#posix-process)", async (t) => {
  const before = JSON.parse(
    (await t.startHelper(process.execPath, ["-e", PRINT_LIMITS], {}).closed).stdout,
  ) as Record<string, string>;
  const { rlimits } = await info(t, (config) => {
    config.process.rlimits = [{ type: "RLIMIT_CORE", soft: 0, hard: 0 }];
  });
  assert.equal(rlimits.RLIMIT_CORE, ["0", "0"]);
  assert.is(rlimits.RLIMIT_STACK![0], inNumbers(before["Max stack size"]!));
  assert.is(rlimits.RLIMIT_MEMLOCK![0], inNumbers(before["Max locked memory"]!));
});

test("2^64-1 is infinity, exactly (config.md#posix-process)", async (t) => {
  const infinity = 2n ** 64n - 1n;
  const { rlimits } = await info(t, (config) => {
    config.process.rlimits = [{ type: "RLIMIT_CPU", soft: infinity, hard: infinity }];
  });
  assert.equal(rlimits.RLIMIT_CPU, [`${infinity}`, `${infinity}`]);
});

test("2^63+1 survives exactly (config.md#posix-process)", async (t) => {
  const odd = 2n ** 63n + 1n;
  const { rlimits } = await info(t, (config) => {
    config.process.rlimits = [{ type: "RLIMIT_FSIZE", soft: odd, hard: odd }];
  });
  assert.equal(rlimits.RLIMIT_FSIZE, [`${odd}`, `${odd}`]);
});

test("a low NOFILE limit does not hinder the runtime itself (config.md#posix-process)", {
  deviates: "opens /proc/self/fd after the limit is set",
}, async (t) => {
  const { rlimits } = await info(t, (config) => {
    config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 3, hard: 3 }];
  });
  assert.equal(rlimits.RLIMIT_NOFILE, ["3", "3"]);
});

test("limits can be raised (config.md#posix-process)", {
  needs: ["CAP_SYS_RESOURCE"],
}, async (t) => {
  const { rlimits } = await info(t, (config) => {
    config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 1_000_000, hard: 1_000_000 }];
  });
  assert.equal(rlimits.RLIMIT_NOFILE, ["1000000", "1000000"]);
});

/** The limits file has a word for infinity, getrlimit a number. */
function inNumbers(limit: string): string {
  return limit === "unlimited" ? `${2n ** 64n - 1n}` : limit;
}

/** Node can't call getrlimit, but sees its own limits file: those a sibling of the runtime inherits. */
const PRINT_LIMITS = `
const lines = require("node:fs").readFileSync("/proc/self/limits", "utf8").split("\\n").slice(1);
console.log(JSON.stringify(Object.fromEntries(
  lines.map((line) => [line.slice(0, 26).trim(), line.slice(26, 47).trim()]))));
`;

test.run();
