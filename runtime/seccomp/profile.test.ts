import { test } from "uvu";
import * as assert from "uvu/assert";
import { profileText, ruleAt, type SeccompProfile } from "./profile.ts";

const ALLOW = "SCMP_ACT_ALLOW";
const ERRNO = "SCMP_ACT_ERRNO";
const NOTIFY = "SCMP_ACT_NOTIFY";
const read = { names: ["read"], action: ALLOW };
const profile = (more: Partial<SeccompProfile>): SeccompProfile => ({
  defaultAction: ERRNO,
  ...more,
});
const entry = (more: object): SeccompProfile => profile({ syscalls: [{ ...read, ...more }] });
const argument = (more: object): SeccompProfile =>
  entry({ args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ", ...more }] });

test("profileText() writes a line for each thing", () => {
  const { text, flags, hasNotify, problems } = profileText(
    profile({
      architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
      syscalls: [
        {
          names: ["socket", "bind"],
          action: ALLOW,
          args: [{ index: 0, value: 40, op: "SCMP_CMP_NE" }],
        },
        { names: ["clone3"], action: ERRNO, errnoRet: 38 },
        { names: [], action: "SCMP_ACT_KILL_PROCESS" },
      ],
    }),
    "x86_64",
  );
  const lines = [
    "A x86_64 x86_64 x86",
    "S 1",
    "D 327681",
    "R 2147418112 1 2",
    "0 1 40 0",
    "socket",
    "bind",
  ];
  assert.is(text, [...lines, "R 327718 0 1", "clone3", "R 2147483648 0 0", ""].join("\n"));
  assert.equal({ flags, hasNotify, problems }, { flags: 4, hasNotify: false, problems: [] });
});

test("profileText() takes an empty profile for none", () => {
  assert.is(profileText({}, "x86_64").text, "");
  assert.is(profileText({ defaultAction: "", syscalls: null }, "x86_64").text, "");
});

test("profileText() keeps 64-bit values exactly", () => {
  const { text, problems } = profileText(
    argument({
      value: 18446744073709551615n,
      valueTwo: 9007199254740993n,
      op: "SCMP_CMP_MASKED_EQ",
    }),
    "x86_64",
  );
  assert.equal(problems, []);
  assert.match(text, "\n0 7 18446744073709551615 9007199254740993\n");
});

const WORDS: readonly (readonly [action: string, errno: number | undefined, word: number])[] = [
  ["SCMP_ACT_KILL", undefined, 0],
  ["SCMP_ACT_KILL_THREAD", undefined, 0],
  ["SCMP_ACT_KILL_PROCESS", undefined, 0x80000000],
  ["SCMP_ACT_TRAP", undefined, 0x30000],
  [ERRNO, undefined, 0x50001],
  [ERRNO, 0, 0x50000],
  [ERRNO, 65549, 0x5000d], // the low 16 bits
  ["SCMP_ACT_TRACE", undefined, 0x7ff00001],
  ["SCMP_ACT_TRACE", 65535, 0x7ff0ffff],
  [ALLOW, undefined, 0x7fff0000],
  ["SCMP_ACT_LOG", undefined, 0x7ffc0000],
];
for (const [action, errno, word] of WORDS) {
  test(`profileText() makes ${action} with ${errno} ${word}`, () => {
    const errnoRet = errno === undefined ? {} : { defaultErrnoRet: errno };
    const { text, problems } = profileText({ defaultAction: action, ...errnoRet }, "x86_64");
    assert.equal(problems, []);
    assert.match(text, `\nD ${word}\n`);
  });
}

const FLAGS: readonly (readonly [flags: readonly string[] | null | undefined, bits: number])[] = [
  [undefined, 4],
  [null, 4],
  [[], 0],
  [["SECCOMP_FILTER_FLAG_LOG"], 2],
  [["SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC"], 4],
];
for (const [flags, bits] of FLAGS) {
  test(`profileText() makes flags ${JSON.stringify(flags)} ${bits}`, () => {
    const found = profileText(profile(flags === undefined ? {} : { flags }), "x86_64");
    assert.equal([found.flags, found.problems], [bits, []]);
  });
}

test("profileText() asks for a listener when an entry notifies", () => {
  const { flags, hasNotify, problems } = profileText(
    profile({
      flags: ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"],
      listenerPath: "/run/agent.sock",
      listenerMetadata: "x",
      syscalls: [{ names: ["mkdir"], action: NOTIFY }],
    }),
    "x86_64",
  );
  assert.equal({ flags, hasNotify, problems }, { flags: 40, hasNotify: true, problems: [] });
});

const BAD: readonly (readonly [at: string, profile: SeccompProfile])[] = [
  ["/defaultAction", { syscalls: [read] }],
  ["/defaultAction", { defaultAction: "SCMP_ACT_NONE" }],
  ["/defaultAction", { defaultAction: "constructor" }],
  ["/defaultAction", { defaultAction: NOTIFY, listenerPath: "/s" }],
  ["/defaultErrnoRet", { defaultAction: ALLOW, defaultErrnoRet: 0 }],
  ["/defaultErrnoRet", profile({ defaultErrnoRet: 4095 })],
  ["/defaultErrnoRet", profile({ defaultErrnoRet: -1 })],
  ["/defaultErrnoRet", profile({ defaultErrnoRet: 1.5 })],
  ["/architectures/1", profile({ architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_M68K"] })],
  ["/architectures/0", profile({ architectures: ["x86"] })],
  ["/architectures/0", profile({ architectures: ["SCMP_ARCH_S390X"] })],
  ["/flags/0", profile({ flags: ["SECCOMP_FILTER_FLAG_NEW_LISTENER"] })],
  ["/flags/0", profile({ flags: ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"] })],
  ["/listenerPath", entry({ action: NOTIFY })],
  ["/listenerMetadata", profile({ listenerMetadata: "x" })],
  ["/syscalls/0/action", entry({ action: "ALLOW" })],
  ["/syscalls/0/errnoRet", entry({ errnoRet: 1 })],
  ["/syscalls/0/errnoRet", entry({ action: ERRNO, errnoRet: 5000 })],
  ["/syscalls/0/names/0", entry({ names: [""] })],
  ["/syscalls/0/names/1", entry({ names: ["read", "", "write"] })],
  ["/syscalls/0/args/0/index", argument({ index: 6 })],
  ["/syscalls/0/args/0/index", argument({ index: -1 })],
  ["/syscalls/0/args/0/value", argument({ value: -1 })],
  ["/syscalls/0/args/0/value", argument({ value: 1.5 })],
  ["/syscalls/0/args/0/value", argument({ value: 2 ** 60 })],
  ["/syscalls/0/args/0/value", argument({ value: 1n << 64n })],
  ["/syscalls/0/args/0/valueTwo", argument({ valueTwo: -1n })],
  ["/syscalls/0/args/0/op", argument({ op: "SCMP_CMP_EQUAL" })],
];
for (const [at, bad] of BAD) {
  test(`profileText() reports ${at} of ${JSON.stringify(bad, (_, v) => (typeof v === "bigint" ? `${v}n` : v))}`, () => {
    const { problems } = profileText(bad, "x86_64");
    assert.equal(
      problems.map((problem) => problem.at),
      [`/linux/seccomp${at}`],
    );
  });
}

test("profileText() reports all problems", () => {
  const { problems } = profileText(
    { defaultAction: "x", architectures: ["y"], flags: ["z"], syscalls: [read] },
    "x86_64",
  );
  assert.is(problems.length, 3);
});

test("profileText() refuses to notify on write, which the runtime needs", () => {
  const notify = profile({
    listenerPath: "/s",
    syscalls: [{ names: ["read", "write"], action: NOTIFY }],
  });
  assert.equal(
    profileText(notify, "x86_64").problems.map(({ at }) => at),
    ["/linux/seccomp/syscalls/0/names/1"],
  );
});

test("profileText() needs an ABI that it knows", () => {
  assert.equal(
    profileText(profile({}), "vax").problems.map(({ at }) => at),
    ["/linux/seccomp"],
  );
});

test("profileText() lets no name break out of its line", () => {
  const { text } = profileText(entry({ names: ["a\nread", "getpid", "b\n"] }), "x86_64");
  assert.match(text, "\nR 2147418112 0 1\ngetpid\n");
});

test("profileText() gives text that can cross as UTF-8", () => {
  assert.ok(profileText(entry({ names: ["\ud800"] }), "x86_64").text.isWellFormed());
});

test("profileText() can leave the stub out", () => {
  assert.match(profileText(profile({}), "x86_64", { hasStub: false }).text, "\nS 0\n");
});

test("ruleAt() points at the entry that the compiler blames", () => {
  assert.is(ruleAt(3), "/linux/seccomp/syscalls/3");
  assert.is(ruleAt(-1), "/linux/seccomp");
});

test.run();
