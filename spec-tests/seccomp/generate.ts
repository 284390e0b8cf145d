// Random profiles of the kinds that libseccomp 2.5.4 gets right: one rule per call with any operators, or several that
// compare one argument for equality. Fixed seed. No machines of the other byte order than the one it runs on: it leaves
// some of their return values unswapped; fixtures/seccomp/cases.json has such machines.

import type { SeccompEntry, SeccompProfile } from "../../runtime/seccomp/profile.ts";
import { commonNames } from "./table.ts";

export interface Generated {
  readonly native: string;
  readonly profile: SeccompProfile;
}

const NATIVES: readonly (readonly string[])[] = [
  ["x86_64", "x86", "x32"],
  ["x86_64", "x86", "x32"],
  ["x86_64", "aarch64", "arm"],
  ["x86", "x86_64"],
  ["aarch64", "arm"],
  ["arm"],
  ["riscv64"],
  ["ppc64le"],
  ["mipsel64", "mipsel64n32", "mipsel"],
  ["mipsel"],
];
const ACTIONS = ["ALLOW", "ERRNO", "ERRNO", "TRAP", "LOG", "KILL", "KILL_PROCESS", "TRACE"];
const OPERATORS = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"];
const VALUES = [
  0n,
  1n,
  2n,
  3n,
  8n,
  40n,
  0xffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x100000003n,
  0x7e020000n,
  0xffffffff00000000n,
  0xffffffffffffffffn,
];

export function generate(count: number, seed: number): Generated[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => profileFrom(random));
}

export type Random = (below: number) => number;

/** xorshift32. */
export function randomOf(seed: number): Random {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export const pick = <T>(random: Random, values: readonly T[]): T => values[random(values.length)]!;

function profileFrom(random: Random): Generated {
  const [native, ...others] = pick(random, NATIVES);
  const names = [...commonNames];
  const take = (count: number) =>
    Array.from({ length: count }, () => names.splice(random(names.length), 1)[0]!);
  const syscalls: SeccompEntry[] = [];
  for (let i = 2 + random(14); i > 0; i--) {
    const kind = random(4);
    // carriers: rules for them and for what they carry would make several rules for one call
    const chosen = take(kind === 0 ? 1 + random(40) : kind === 3 ? 1 : 1 + random(3)).filter(
      (name) => !/^(socketcall|ipc)$/.test(name),
    );
    if (kind === 3) syscalls.push(...equalities(random, chosen));
    else
      syscalls.push({
        names: chosen,
        ...actionFrom(random),
        ...(kind > 0 && { args: conditions(random) }),
      });
  }
  const architectures = others
    .filter(() => random(3) > 0)
    .map((abi) => `SCMP_ARCH_${abi.toUpperCase()}`);
  const { action, errnoRet } = actionFrom(random);
  return {
    native: native!,
    profile: {
      defaultAction: action,
      ...(errnoRet !== undefined && { defaultErrnoRet: errnoRet }),
      architectures,
      syscalls,
    },
  };
}

function actionFrom(random: Random): { action: string; errnoRet?: number } {
  const action = pick(random, ACTIONS);
  const takesErrno = action === "ERRNO" || action === "TRACE";
  return {
    action: `SCMP_ACT_${action}`,
    ...(takesErrno && random(2) > 0 && { errnoRet: random(200) }),
  };
}

/** Each argument at most once, so that all must hold. */
function conditions(random: Random): NonNullable<SeccompEntry["args"]> {
  const indexes = [0, 1, 2, 3, 4, 5].filter(() => random(4) === 0);
  return (indexes.length > 0 ? indexes : [random(6)]).map((index) => {
    const op = pick(random, OPERATORS);
    const valueTwo = op === "MASKED_EQ" ? { valueTwo: pick(random, VALUES) } : {};
    return { index, op: `SCMP_CMP_${op}`, value: pick(random, VALUES), ...valueTwo };
  });
}

/** One argument against different values below 2^32, each with an action of its own. */
function equalities(random: Random, names: readonly string[]): SeccompEntry[] {
  const index = random(6);
  const values = VALUES.filter((value) => value <= 0xffffffffn && random(2) > 0);
  return values.map((value) => ({
    names,
    ...actionFrom(random),
    args: [{ index, op: "SCMP_CMP_EQ", value }],
  }));
}
