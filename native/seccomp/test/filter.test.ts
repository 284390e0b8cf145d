import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, disassemble, emulate, type Failure } from "./module.ts";

const DEFAULT = 0x50001;
const ALLOW = 0x7fff0000;
const LOG = 0x7ffc0000;
const KILL = 0;
const ENOSYS = 0x50026;
const I386 = 0x40000003;
/** personality of x86_64. */
const NR = 135;

/** Rules for personality: an action and conditions as the profile text has them. */
type Rules = readonly (readonly [action: number, ...conditions: string[]])[];

const textOf = (rules: Rules, abis = "x86_64", stub = 0) =>
  [`A ${abis}`, `S ${stub}`, `D ${DEFAULT}`, ...rules.flatMap(entryOf), ""].join("\n");
const entryOf = ([action, ...conditions]: Rules[number]) => [
  `R ${action} ${conditions.length} 1`,
  ...conditions,
  "personality",
];
const filterOf = (text: string): Uint8Array => {
  const filter = compile(text);
  if (!(filter instanceof Uint8Array)) throw new Error(filter.message);
  return filter;
};

const DECISIONS: readonly (readonly [
  what: string,
  Rules,
  args: readonly bigint[],
  action: number,
])[] = [
  ["the default where no rule holds", [[ALLOW, "0 4 3 0"]], [4n], DEFAULT],
  ["a rule whose condition holds", [[ALLOW, "0 4 3 0"]], [3n], ALLOW],
  [
    "the first of two that hold",
    [
      [LOG, "0 5 10 0"],
      [ALLOW, "0 5 20 0"],
    ],
    [30n],
    LOG,
  ],
  ["an unconditional rule before conditional ones", [[LOG, "0 4 3 0"], [ALLOW]], [3n], ALLOW],
  ["the first of two unconditional ones", [[LOG], [ALLOW]], [], LOG],
  ["nothing by a rule that says the default", [[DEFAULT, "0 4 3 0"], [ALLOW]], [3n], ALLOW],
  ["by all conditions of an entry", [[ALLOW, "0 4 1 0", "1 4 2 0"]], [1n, 3n], DEFAULT],
  [
    "by any condition where an argument repeats",
    [[ALLOW, "0 4 1 0", "0 4 2 0", "1 4 7 0"]],
    [9n, 7n],
    ALLOW,
  ],
  ["with the datum masked", [[ALLOW, "0 7 240 95"]], [0x50n], ALLOW],
  ["without a condition that masks all", [[ALLOW, "0 7 0 7"]], [9n], ALLOW],
  ["without sign extension", [[ALLOW, "0 4 4294967295 0"]], [0xffffffffffffffffn], DEFAULT],
  ["by the high word of an order", [[ALLOW, "0 6 4294967298 0"]], [0x100000003n], ALLOW],
  ["never by what can't hold", [[ALLOW, "0 2 0 0"]], [0n], DEFAULT],
  ["always by what must hold", [[ALLOW, "0 5 0 0"]], [5n], ALLOW],
];
for (const [what, rules, args, action] of DECISIONS) {
  test(`compile() decides ${what}`, () => {
    assert.is(emulate(filterOf(textOf(rules)), NR, args), action);
  });
}

test("compile() kills architectures that are not listed, x32 too, but not -1", () => {
  const filter = filterOf(textOf([[ALLOW]]));
  assert.is(emulate(filter, 20, [], I386), KILL);
  assert.is(emulate(filter, 0x40000000), KILL);
  assert.is(emulate(filter, 0xffffffff), DEFAULT);
});

test("compile() lets x32 compare low words", () => {
  const filter = filterOf(textOf([[ALLOW, "0 4 3 0"]], "x86_64 x32"));
  assert.is(emulate(filter, NR, [0x100000003n]), DEFAULT);
  assert.is(emulate(filter, NR + 0x40000000, [0x100000003n]), ALLOW);
});

test("compile() answers ENOSYS above the highest number, if asked", () => {
  const filter = filterOf(textOf([[ALLOW]], "x86_64 x86", 1));
  assert.equal(
    [emulate(filter, NR - 1), emulate(filter, NR), emulate(filter, NR + 1)],
    [DEFAULT, ALLOW, ENOSYS],
  );
  assert.is(emulate(filter, 0xffffffff, [], I386), ENOSYS);
});

test("compile() lets a multiplexed call pass by its sub-call alone", () => {
  const text = `A x86_64 x86\nS 0\nD ${DEFAULT}\nR ${ALLOW} 1 1\n0 1 40 0\nsocket\n`;
  const filter = filterOf(text);
  const verdicts = [[1n], [2n]].map((args) => emulate(filter, 102, args, I386));
  assert.equal(verdicts, [ALLOW, DEFAULT]);
  assert.is(emulate(filter, 359, [40n], I386), DEFAULT);
});

const CONFLICTS: readonly (readonly [what: string, Rules, abis: string])[] = [
  [
    "equal conditions",
    [
      [ALLOW, "0 4 3 0"],
      [LOG, "0 4 3 0"],
    ],
    "x86_64",
  ],
  [
    "conditions equal in 32 bits",
    [
      [ALLOW, "0 4 3 0"],
      [LOG, "0 4 4294967299 0"],
    ],
    "x86_64 x86",
  ],
  [
    "fewer conditions after more",
    [
      [ALLOW, "0 4 1 0", "1 4 2 0"],
      [LOG, "0 4 1 0"],
    ],
    "x86_64",
  ],
];
for (const [what, rules, abis] of CONFLICTS) {
  test(`compile() refuses ${what} with another action`, () => {
    assert.equal(conflictOf(compile(textOf(rules, abis))), { code: 2, rule: 1 });
  });
}

function conflictOf(result: Uint8Array | Failure): { code: number; rule: number } {
  if (result instanceof Uint8Array) throw new Error("compiled");
  return { code: result.code, rule: result.rule };
}

test("compile() refuses what is no profile text", () => {
  for (const text of [
    "",
    "A",
    "A vax\n",
    "A x86_64 s390x\n",
    "A x86_64\nS 0\nD 0\nR 1 1 0\n9 4 0 0\n",
  ])
    assert.not.instance(compile(text), Uint8Array);
});

test("disassemble() writes a line for each instruction", () => {
  const filter = filterOf(textOf([[ALLOW, "0 4 3 0"]]));
  const lines = disassemble(filter).split("\n").slice(0, -1);
  assert.is(lines.length, filter.length / 8);
  assert.ok(lines.includes("0000  ld   arch"));
});

test("emulate() refuses what the kernel would", () => {
  assert.is(emulate(new Uint8Array([0x20, 0, 0, 0, 1, 0, 0, 0]), 0), -1);
  assert.is(emulate(new Uint8Array(8), 0), -1);
});

test.run();
