// The program is run by a small interpreter and compared with the policy itself.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DeviceRule } from "../../config/types.ts";
import { deviceProgram } from "./bpf.ts";
import { ANY, type DevicePolicy, devicePolicy } from "./devices.ts";

const test = suite("cgroup/bpf");

const TYPE_NUMBERS = { b: 1, c: 2 };

/** Returns r0. */
function run(
  program: Uint8Array,
  context: readonly [access: number, major: number, minor: number],
  little = true,
): number {
  const view = new DataView(program.buffer);
  const registers = new Array<number>(11).fill(0);
  for (let index = 0, steps = 0; steps < 10_000; index++, steps++) {
    const at = index * 8;
    const code = view.getUint8(at);
    const pair = view.getUint8(at + 1);
    const [destination, source] = little ? [pair & 15, pair >> 4] : [pair >> 4, pair & 15];
    const offset = view.getInt16(at + 2, little);
    const value = view.getInt32(at + 4, little);
    const left = registers[destination]!;
    const jump = (taken: boolean) => {
      if (taken) index += offset;
    };
    switch (code) {
      case 0x61:
        registers[destination] = context[offset / 4]!;
        break;
      case 0x54:
        registers[destination] = left & value;
        break;
      case 0x74:
        registers[destination] = left >>> value;
        break;
      case 0xb4:
        registers[destination] = value;
        break;
      case 0xbc:
        registers[destination] = registers[source]!;
        break;
      case 0x05:
        jump(true);
        break;
      case 0x15:
        jump(left === value);
        break;
      case 0x55:
        jump(left !== value);
        break;
      case 0x5d:
        jump(left !== registers[source]);
        break;
      case 0x45:
        jump((left & value) !== 0);
        break;
      case 0x95:
        return registers[0]!;
      default:
        throw new Error(`instruction ${index}: unknown code ${code}`);
    }
  }
  throw new Error("the program does not end");
}

function isAllowed(
  { allowsByDefault, exceptions }: DevicePolicy,
  type: "b" | "c",
  access: number,
  major: number,
  minor: number,
): boolean {
  const isException = exceptions.some(
    (one) =>
      one.type === type &&
      (one.major === ANY || one.major === major) &&
      (one.minor === ANY || one.minor === minor) &&
      (allowsByDefault ? (one.access & access) !== 0 : (one.access & access) === access),
  );
  return isException !== allowsByDefault;
}

const ALL: DeviceRule = { allow: true, access: "rwm" };
const POLICIES: readonly (readonly [name: string, rules: readonly DeviceRule[]])[] = [
  ["the given ones", []],
  [
    "an allow list",
    [
      { allow: true, type: "b", major: 8, access: "r" },
      { allow: true, type: "b", major: 8, minor: 1, access: "w" },
      { allow: true, type: "c", minor: 7, access: "rw" },
    ],
  ],
  ["everything", [ALL]],
  ["all of one major number", [{ allow: true, type: "c", major: 1, access: "rwm" }]],
  ["all of one type", [{ allow: true, type: "c", access: "rwm" }]],
  [
    "a deny list",
    [
      ALL,
      { allow: false, type: "b", major: 8, minor: 0, access: "w" },
      { allow: false, type: "b", major: 8, access: "m" },
      { allow: false, type: "c", access: "r", major: 10, minor: 229 },
    ],
  ],
  ["a deny list of one type", [ALL, { allow: false, type: "b", access: "rw" }]],
];

for (const [name, rules] of POLICIES) {
  for (const little of [true, false]) {
    test(`deviceProgram() decides as the policy: ${name}, ${little ? "little" : "big"} endian`, () => {
      const policy = devicePolicy(rules, []);
      const program = deviceProgram(policy, !little);
      for (const type of ["b", "c"] as const) {
        for (let access = 1; access < 8; access++) {
          for (const major of [0, 1, 5, 8, 10, 136, 4095]) {
            for (const minor of [0, 1, 2, 3, 7, 229, 1_048_575]) {
              const actual = run(
                program,
                [(access << 16) | TYPE_NUMBERS[type], major, minor],
                little,
              );
              const expected = isAllowed(policy, type, access, major, minor) ? 1 : 0;
              assert.is(actual, expected, `${type} ${major}:${minor} access ${access}`);
            }
          }
        }
      }
    });
  }
}

for (const [name, rules] of POLICIES) {
  test(`deviceProgram() has no dead ends, which the kernel refuses: ${name}`, () => {
    const program = deviceProgram(devicePolicy(rules, []));
    const view = new DataView(program.buffer);
    const seen = new Set<number>();
    const queue = [0];
    for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
      if (seen.has(index)) continue;
      seen.add(index);
      const code = view.getUint8(index * 8);
      const target = index + 1 + view.getInt16(index * 8 + 2, true);
      if (code === 0x95) continue;
      if ((code & 7) === 5) queue.push(target);
      if (code !== 0x05) queue.push(index + 1);
    }
    assert.is(seen.size, program.length / 8);
  });
}

test("deviceProgram() of a privileged container is short", () => {
  const program = deviceProgram(devicePolicy([ALL], []));
  assert.is(program.length / 8, 8);
});

test("deviceProgram() of a container with nothing of its own is short", () => {
  const program = deviceProgram(devicePolicy([], []));
  assert.is(program.length / 8, 31);
});

test.run();
