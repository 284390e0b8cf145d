import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseArgument } from "./arguments.ts";
import { nameOf, parseCalls } from "./calls.ts";
import { decide, listedAbis } from "./decide.ts";
import type { SeccompEntry, SeccompProfile } from "./profile.ts";

const test = suite("seccomp/decide");

const X86_64 = parseCalls(
  "x86_64",
  "3221225534 0 0\nread 0\npersonality 135\nsocket 41\nmseal 462\n",
);
const X86 = parseCalls("x86", "1073741827 1 0\nsocketcall 102\nsocket 359 102 1\nsemop - 117 1\n");

test("parseCalls() reads numbers and carriers", () => {
  assert.equal(X86, {
    name: "x86",
    audit: 0x40000003,
    isNarrow: true,
    isBigEndian: false,
    calls: [
      { name: "socketcall", number: 102 },
      { name: "socket", number: 359, carrier: { number: 102, subcall: 1 } },
      { name: "semop", carrier: { number: 117, subcall: 1 } },
    ],
  });
  assert.is(nameOf(X86_64, 135), "personality");
  assert.is(nameOf(X86_64, 1), undefined);
});

const ALLOW = 0x7fff0000;
const LOG = 0x7ffc0000;
const EPERM = 0x50001;
const condition = (index: number, op: string, value: number | bigint, valueTwo = 0) => ({
  index,
  op: `SCMP_CMP_${op}`,
  value,
  valueTwo,
});
type Condition = ReturnType<typeof condition>;
const rule = (action: string, ...args: Condition[]): SeccompEntry => ({
  names: ["personality", "unheard_of"],
  action: `SCMP_ACT_${action}`,
  args,
});
const profile = (...syscalls: SeccompEntry[]): SeccompProfile => ({
  defaultAction: "SCMP_ACT_ERRNO",
  syscalls,
});

const RULES: [what: string, rules: SeccompEntry[], args: bigint[], word: number, at: string][] = [
  ["the default", [rule("ALLOW", condition(0, "EQ", 3))], [4n], EPERM, "defaultAction"],
  ["a condition", [rule("ALLOW", condition(0, "EQ", 3))], [3n], ALLOW, "syscalls/0/args/0"],
  [
    "the first that holds",
    [rule("LOG", condition(0, "GE", 10)), rule("ALLOW", condition(0, "GE", 20))],
    [30n],
    LOG,
    "syscalls/0/args/0",
  ],
  [
    "one without conditions before all others",
    [rule("LOG", condition(0, "EQ", 3)), rule("ALLOW")],
    [3n],
    ALLOW,
    "syscalls/1",
  ],
  ["nothing by what the default says", [rule("ERRNO"), rule("LOG")], [], LOG, "syscalls/1"],
  [
    "all conditions together",
    [rule("ALLOW", condition(0, "NE", 1), condition(1, "LT", 2))],
    [2n, 1n],
    ALLOW,
    "syscalls/0/args",
  ],
  [
    "each alone where one argument is compared twice",
    [rule("ALLOW", condition(0, "LE", 1), condition(0, "GT", 8), condition(1, "EQ", 7))],
    [5n, 7n],
    ALLOW,
    "syscalls/0/args/2",
  ],
  [
    "a masked value",
    [rule("ALLOW", condition(0, "MASKED_EQ", 0xf0, 0x5f))],
    [0x50n],
    ALLOW,
    "syscalls/0/args/0",
  ],
  [
    "nothing compared by a mask of 0",
    [rule("ALLOW", condition(0, "MASKED_EQ", 0, 7))],
    [9n],
    ALLOW,
    "syscalls/0/args/0",
  ],
  [
    "all 64 bits",
    [rule("ALLOW", condition(0, "EQ", 3))],
    [(1n << 32n) + 3n],
    EPERM,
    "defaultAction",
  ],
];
for (const [what, rules, given, word, at] of RULES) {
  test(`decide() takes ${what}`, () => {
    const args = [...given, 0n, 0n, 0n, 0n, 0n, 0n].slice(0, 6);
    const call = { number: 135, args };
    const decision = decide(profile(...rules), X86_64, new Set(["x86_64"]), call);
    assert.is(decision.word, word);
    assert.is(decision.at, `/linux/seccomp/${at}`);
  });
}

const ZERO = [0n, 0n, 0n, 0n, 0n, 0n];

test("decide() tells calls that are newer than the profile", () => {
  const old = profile(rule("ALLOW"));
  const listed = listedAbis(old, "x86_64");
  const call = { number: 462, args: ZERO };
  const newer = { word: 0x50026, by: "newer", at: "/linux/seccomp/syscalls" };
  assert.equal(decide(old, X86_64, listed, call), newer);
  assert.is(decide(old, X86_64, listed, call, { hasStub: false }).by, "default");
  const lenient = { ...old, defaultAction: "SCMP_ACT_LOG" };
  assert.is(decide(lenient, X86_64, listed, call).by, "default");
});

test("decide() takes number 0 of s390 for no call", () => {
  const s390x = parseCalls("s390x", "2147483670 0 1\nread 3\n");
  const reads = profile({ names: ["read"], action: "SCMP_ACT_ALLOW" });
  const by = (number: number) =>
    decide(reads, s390x, new Set(["s390x"]), { number, args: ZERO }).by;
  assert.equal([by(0), by(1), by(3), by(4)], ["newer", "default", "rule", "newer"]);
});

test("decide() kills calls of an architecture that is not listed", () => {
  const decision = decide(profile(), X86, listedAbis(profile(), "x86_64"), {
    number: 102,
    args: ZERO,
  });
  assert.equal(decision, { word: 0, by: "architecture", at: "/linux/seccomp/architectures" });
});

test("decide() lets a carrier pass by its first argument", () => {
  const sockets: SeccompProfile = {
    ...profile({
      names: ["socket"],
      action: "SCMP_ACT_ALLOW",
      args: [condition(0, "NE", 40)],
    }),
    architectures: ["SCMP_ARCH_X86"],
  };
  const listed = listedAbis(sockets, "x86_64");
  const word = (number: number, first: bigint) =>
    decide(sockets, X86, listed, { number, args: [first, ...ZERO.slice(1)] }, { hasStub: false })
      .word;
  assert.equal(
    [word(102, 1n), word(102, 2n), word(359, 40n), word(359, 2n)],
    [ALLOW, EPERM, EPERM, ALLOW],
  );
  assert.is(word(359, (1n << 32n) + 40n), EPERM);
});

const WORDS: [text: string, value: bigint | undefined][] = [
  ["10", 10n],
  ["0x10", 16n],
  ["010", 8n],
  ["0o10", 8n],
  ["0b10", 2n],
  ["-1", (1n << 64n) - 1n],
  ["18446744073709551615", (1n << 64n) - 1n],
  ["18446744073709551616", undefined],
  ["AF_VSOCK", 40n],
  ["CLONE_NEWUSER|CLONE_NEWNET|1", 0x50000001n],
  ["CLONE_", undefined],
  ["", undefined],
  ["1|", undefined],
  ["constructor", undefined],
];
for (const [text, value] of WORDS) {
  test(`parseArgument() reads ${JSON.stringify(text)}`, () => {
    assert.is(parseArgument(text), value);
  });
}

test.run();
