// The instructions of a filter -> what people read: a section for each architecture, names beside numbers. Pure.

import type { Abi } from "./calls.ts";
import { callName, type Instruction, type Step } from "./listing.ts";

/** The compiler's names of the ABIs that have this AUDIT_ARCH_*. */
export function abiNames(audit: number, abis: readonly Abi[]): readonly string[] {
  return abis.filter((abi) => abi.audit === audit).map(({ name }) => name);
}

/** One instruction a line; a number with a colon is one that is jumped to. */
export function listingText(instructions: readonly Instruction[], abis: readonly Abi[]): string {
  const sections = new Map(
    instructions.flatMap(({ step, field }) =>
      step.op === "==" && field === "arch"
        ? [[step.whenTrue, `\n${abiNames(step.value, abis).join(", ")}:\n`] as const]
        : [],
    ),
  );
  return instructions
    .map((instruction) => {
      const { index, isTarget, step } = instruction;
      const place = `${numberText(index)}${isTarget ? ":" : " "}`;
      const line = `${place} ${stepText(instruction, abis)}`;
      return `${sections.get(index) ?? ""}${line}${commentText(step, instruction.calls)}\n`;
    })
    .join("");
}

type Test = Extract<Step, { readonly whenTrue: number }>;

function stepText(instruction: Instruction, abis: readonly Abi[]): string {
  const { step } = instruction;
  switch (step.op) {
    case "load":
      return `load ${step.field}`;
    case "and":
      return `and ${hex(step.value)}`;
    case "goto":
      return `goto ${numberText(step.target)}`;
    case "return":
      return `return ${step.action}`;
    default:
      return testText(instruction, step, abis);
  }
}

const OPPOSITES = { "==": "!=", ">": "<=", ">=": "<" } as const;

/** The way that only goes on is left out. */
function testText(instruction: Instruction, test: Test, abis: readonly Abi[]): string {
  const { index, mask, field } = instruction;
  const what = mask === undefined ? field || "A" : `${field || "A"} & ${hex(mask)}`;
  const { op, whenTrue, whenFalse } = test;
  const value = valueText(instruction, test.value, abis);
  const isInverse = whenTrue === index + 1;
  const target = numberText(isInverse ? whenFalse : whenTrue);
  const rest = isInverse || whenFalse === index + 1 ? "" : ` else ${numberText(whenFalse)}`;
  if (op === "&") {
    const relation = isInverse ? "==" : "!=";
    return `if ${what} & ${value} ${relation} 0 goto ${target}${rest}`;
  }
  return `if ${what} ${isInverse ? OPPOSITES[op] : op} ${value} goto ${target}${rest}`;
}

function valueText({ field, audit }: Instruction, value: number, abis: readonly Abi[]): string {
  if (field === "arch") return abiNames(value, abis).join("|") || hex(value);
  if (field !== "nr") return hex(value);
  const name = audit === undefined ? undefined : callName(value, audit, abis);
  const number = value < 0x40000000 ? `${value}` : hex(value);
  return name === undefined ? number : `${number} (${name})`;
}

/** More names are counted. */
const NAMED = 4;

/** For which calls the search for the number has ended here. */
function commentText({ op }: Step, calls: readonly string[] | undefined): string {
  if (calls === undefined || calls.length === 0 || (op !== "load" && op !== "return")) return "";
  const more = calls.length > NAMED ? ` and ${calls.length - NAMED} more` : "";
  return `  # ${calls.slice(0, NAMED).join(", ")}${more}`;
}

/** As an index: four digits, more where there are more. */
function numberText(index: number): string {
  return `${index}`.padStart(4, "0");
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
