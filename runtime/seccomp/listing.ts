// The compiler's listing of a filter (native/seccomp/assembly/disassemble.ts) -> instructions that know where they stand:
// of which architecture, with what in the accumulator, for which system calls. Pure.
// All jumps go forward, so one pass sees every instruction after all that lead to it.

import { type Abi, nameOf } from "./calls.ts";

/** Where the accumulator's value is from. */
export type Field = "arch" | "nr" | `args[${number}].${"low" | "high"}` | "";

export type Step =
  | { readonly op: "load"; readonly field: Field }
  | { readonly op: "and"; readonly value: number }
  | { readonly op: "goto"; readonly target: number }
  | {
      readonly op: "==" | ">" | ">=" | "&";
      readonly value: number;
      readonly whenTrue: number;
      readonly whenFalse: number;
    }
  | { readonly op: "return"; readonly action: string };

export interface Instruction {
  readonly index: number;
  readonly step: Step;
  /** Some jump leads here, rather than the instruction before. */
  readonly isTarget: boolean;
  /** AUDIT_ARCH_* of the calls that come here, where all are of one. */
  readonly audit?: number;
  /** What the accumulator holds before it. */
  readonly field: Field;
  /** It is masked: not the field's value any more. */
  readonly mask?: number;
  /** The names of the calls that come here; absent before the number was looked at. */
  readonly calls?: readonly string[];
}

/** Numbers from the first to the last, both included. */
type Range = readonly [first: number, last: number];

/** Which calls take a way: those of an AUDIT_ARCH_*, once that was looked at, with these numbers. */
interface Way {
  readonly audit?: number;
  readonly ranges: readonly Range[];
}

/** What is known where an instruction begins. */
interface State {
  readonly field: Field;
  readonly mask?: number;
  /** One for each architecture: they share code where they decide alike. */
  readonly ways: readonly Way[];
}

const LAST = 0xffffffff;

/** `abis`: all that the filter knows. */
export function instructionsOf(listing: string, abis: readonly Abi[]): Instruction[] {
  const isBig = abis.some(({ isBigEndian }) => isBigEndian);
  const steps = listing
    .trimEnd()
    .split("\n")
    .map((line) => stepOf(line, isBig));
  const states: (State | undefined)[] = steps.map(() => undefined);
  const targets = new Set<number>();
  states[0] = { field: "", ways: [{ ranges: [[0, LAST]] }] };
  return steps.map((step, index) => {
    const state = states[index] ?? { field: "", ways: [] };
    for (const [target, after] of followers(step, index, state)) {
      states[target] = joined(states[target], after);
      if (target !== index + 1) targets.add(target);
    }
    const { field, mask, ways } = state;
    const audit = ways.length === 1 ? ways[0]!.audit : undefined;
    const calls = callsOf(ways, abis);
    return {
      index,
      step,
      isTarget: targets.has(index),
      field,
      ...(audit !== undefined && { audit }),
      ...(mask !== undefined && { mask }),
      ...(calls !== undefined && { calls }),
    };
  });
}

/** `0004  jeq  0x28 0007 0005` */
function stepOf(line: string, isBig: boolean): Step {
  const [, op = "", first = "", second, third] = line.split(/ +/);
  switch (op) {
    case "ld":
      return { op: "load", field: fieldOf(first, isBig) };
    case "and":
      return { op: "and", value: Number(first) };
    case "ja":
      return { op: "goto", target: Number(first) };
    case "ret":
      return { op: "return", action: first };
    default:
      return {
        op: OPERATORS.get(op)!,
        value: Number(first),
        whenTrue: Number(second),
        whenFalse: Number(third),
      };
  }
}

const OPERATORS: ReadonlyMap<string, "==" | ">" | ">=" | "&"> = new Map([
  ["jeq", "=="],
  ["jgt", ">"],
  ["jge", ">="],
  ["jset", "&"],
]);

/** `args[2]+4` is the upper half where the lower one comes first. */
function fieldOf(text: string, isBig: boolean): Field {
  if (text === "arch" || text === "nr") return text;
  const [argument, offset] = text.split("+");
  const half = (offset === "4") === isBig ? "low" : "high";
  return `${argument as `args[${number}]`}.${half}`;
}

/** Where an instruction leads, and what is known there. */
function followers(step: Step, index: number, state: State): (readonly [number, State])[] {
  switch (step.op) {
    case "load": {
      const { mask: _, ...rest } = state;
      return [[index + 1, { ...rest, field: step.field }]];
    }
    case "and":
      return [[index + 1, { ...state, mask: step.value }]];
    case "goto":
      return [[step.target, state]];
    case "return":
      return [];
    default:
      return [
        [step.whenTrue, narrowed(state, step.op, step.value, true)],
        [step.whenFalse, narrowed(state, step.op, step.value, false)],
      ];
  }
}

function narrowed(state: State, op: "==" | ">" | ">=" | "&", value: number, holds: boolean): State {
  const { field, ways } = state;
  if (field === "arch" && op === "==" && holds)
    return { ...state, ways: ways.map(({ ranges }) => ({ audit: value, ranges })) };
  if (field !== "nr" || op === "&") return state;
  const first = op === ">" ? value + 1 : value;
  const last = op === "==" ? value : LAST;
  const inside: Range[] = [[first, last]];
  const outside: Range[] = [
    [0, first - 1],
    [last + 1, LAST],
  ];
  const narrow = (way: Way): Way => ({
    ...way,
    ranges: common(way.ranges, holds ? inside : outside),
  });
  return { ...state, ways: ways.map(narrow) };
}

const isAll = ([first, last]: Range): boolean => first === 0 && last === LAST;

function common(some: readonly Range[], others: readonly Range[]): Range[] {
  return some.flatMap(([first, last]) =>
    others
      .map(([from, to]): Range => [Math.max(first, from), Math.min(last, to)])
      .filter(([from, to]) => from <= to),
  );
}

/** What holds whichever way an instruction is reached. */
function joined(one: State | undefined, other: State): State {
  if (one === undefined) return other;
  const audits = new Set([...one.ways, ...other.ways].map(({ audit }) => audit));
  const ways = [...audits].map((audit): Way => {
    const same = [...one.ways, ...other.ways].filter((way) => way.audit === audit);
    const ranges = same.flatMap((way) => way.ranges);
    return audit === undefined ? { ranges } : { audit, ranges };
  });
  return {
    field: one.field === other.field ? one.field : "",
    ways,
    ...(one.mask === other.mask && one.mask !== undefined && { mask: one.mask }),
  };
}

function callsOf(ways: readonly Way[], abis: readonly Abi[]): string[] | undefined {
  if (ways.some(({ ranges }) => ranges.some(isAll))) return undefined;
  const names = ways.flatMap(({ audit, ranges }) =>
    abis
      .filter((abi) => abi.audit === audit)
      .flatMap(({ calls }) => calls)
      .filter(({ number = -1 }) =>
        ranges.some(([first, last]) => first <= number && number <= last),
      )
      .map(({ name }) => name),
  );
  return [...new Set(names)];
}

/** The name of a number among the calls of an architecture. */
export function callName(number: number, audit: number, abis: readonly Abi[]): string | undefined {
  for (const abi of abis) {
    const name = abi.audit === audit ? nameOf(abi, number) : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
}
