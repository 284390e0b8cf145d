// A plan -> text for people, one line a step, and JSON for programs. Pure.

import * as kernel from "./kernel.ts";
import { NAMESPACE_FLAGS } from "./namespaces.ts";
import type { BusSocket, FdOp, HostOp, InitOp, Plan, UnitProperty } from "./ops.ts";

type Step = InitOp | HostOp | FdOp;
type Value =
  | string
  | number
  | bigint
  | boolean
  | readonly (string | number)[]
  | readonly BusSocket[]
  | readonly UnitProperty[]
  | Uint8Array;

/** Where the pointers stand, unless a line is longer. */
const POINTER_COLUMN = 96;
const LONGEST_TEXT = 64;

/** Fields that say most are shown without their name. */
const BARE = new Set(["target", "path", "source", "name", "fstype", "params", "args"]);

const ATTRIBUTES: readonly (readonly [bit: number, name: string])[] = [
  [kernel.ATTR_RDONLY, "ro"],
  [kernel.ATTR_NOSUID, "nosuid"],
  [kernel.ATTR_NODEV, "nodev"],
  [kernel.ATTR_NOEXEC, "noexec"],
  [kernel.ATTR_NOATIME, "noatime"],
  [kernel.ATTR_STRICTATIME, "strictatime"],
  [kernel.ATTR_NODIRATIME, "nodiratime"],
  [kernel.ATTR_NOSYMFOLLOW, "nosymfollow"],
];

const PROPAGATIONS: readonly (readonly [bit: number, name: string])[] = [
  [kernel.MS_SHARED, "shared"],
  [kernel.MS_SLAVE, "slave"],
  [kernel.MS_PRIVATE, "private"],
  [kernel.MS_UNBINDABLE, "unbindable"],
];

/** How numbers of a field are shown. */
const NUMBERS: ReadonlyMap<string, (value: number) => string> = new Map([
  ["attrs", attributes],
  ["set", attributes],
  ["clear", clearedAttributes],
  ["recursiveSet", attributes],
  ["recursiveClear", clearedAttributes],
  ["propagation", propagation],
  ["namespaces", namespaces],
  ["kind", deviceKind],
  ["mode", octal],
  ["mask", octal],
  ["bounding", hexadecimal],
  ["permitted", hexadecimal],
  ["effective", hexadecimal],
  ["inheritable", hexadecimal],
  ["ambient", hexadecimal],
]);

/** Zeros that say something. */
const WORTH_ZERO = new Set(["uid", "gid", "major", "minor", "soft", "hard", "go", "resource"]);

export function explainText(plan: Plan): string {
  const { sandbox } = plan;
  const cloneLine = line(
    "clone",
    fieldsText({ namespaces: sandbox.namespaces, intoCgroup: sandbox.intoCgroup }),
    "",
  );
  const joins = sandbox.joins.map(({ at, kind, path }) =>
    line("join", `${namespaces(kind)} ${path}`, at),
  );
  const kept =
    sandbox.preserveFds === 0
      ? []
      : [line("keep", `${sandbox.preserveFds} descriptors from 3 on`, "")];
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ["on the host, before the clone", plan.before.map(stepLine)],
    ["descriptors for the init", plan.fds.map((step, index) => stepLine(step, index))],
    ["the sandbox", [cloneLine, ...joins, ...kept]],
    ["on the host, after the clone", plan.after.map(stepLine)],
    ["on the host, while the init is at work", (plan.meanwhile ?? []).map(stepLine)],
    ["in the container", plan.init.map(stepLine)],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.join("\n")}\n`)
    .join("\n");
}

/** Bytes become `{"bytes": 120}`; integers beyond 2^53 become strings. */
export function explainJson(plan: Plan): string {
  const replace = (_key: string, value: unknown): unknown => {
    if (value instanceof Uint8Array) return { bytes: value.length };
    return typeof value === "bigint" ? String(value) : value;
  };
  return `${JSON.stringify(plan, replace, 2)}\n`;
}

function stepLine(step: Step, index: number): string {
  const { op, at, ...fields } = step;
  const number = op === "fifo" || op === "tree" ? `#${index} ` : "";
  return line(op, number + fieldsText(fields), at);
}

function line(op: string, text: string, at: string): string {
  const start = `  ${op.padEnd(18)}${text}`;
  if (at === "") return start.trimEnd();
  const sameLine = start.padEnd(POINTER_COLUMN);
  return `${sameLine}  ${at}`;
}

function fieldsText(fields: { readonly [name: string]: Value }): string {
  const words: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    const text = valueText(name, value);
    if (text === "") continue;
    if (value === true) words.push(name);
    else words.push(BARE.has(name) ? text : `${name}=${text}`);
  }
  return words.join("  ");
}

/** Empty for what goes without saying. */
function valueText(name: string, value: Value): string {
  if (typeof value === "boolean") return value ? name : "";
  if (typeof value === "number" || typeof value === "bigint") return numberText(name, value);
  if (typeof value === "string") return quoted(value);
  if (value instanceof Uint8Array) return value.length === 0 ? "" : `<${value.length} bytes>`;
  return value.map(itemText).join(",");
}

function itemText(item: string | number | BusSocket | UnitProperty): string {
  if (typeof item === "string") return quoted(item);
  if (typeof item === "number") return String(item);
  if ("path" in item) return quoted(item.path);
  const value = item.type === "pairs" ? pairsText(item.keys, item.values) : item.value;
  return `${item.name}=${valueText("", value) || String(value)}`;
}

function pairsText(keys: readonly string[], values: readonly string[]): string {
  return keys.map((key, index) => `${key} ${values[index]}`).join("; ");
}

function numberText(name: string, value: number | bigint): string {
  if (name === "fd") return value === -1 ? "" : `#${value}`;
  const show = NUMBERS.get(name);
  if (Number(value) === 0 && !WORTH_ZERO.has(name) && name !== "mask") return "";
  return show === undefined ? String(value) : show(Number(value));
}

/** As it is where nothing in it could be misread. */
function quoted(text: string): string {
  if (text === "") return "";
  if (text.length > LONGEST_TEXT && text.includes("\n")) return `<${text.length} characters>`;
  return /^[\x21-\x2b\x2d-\x7e]+$/.test(text) ? text : JSON.stringify(text);
}

function attributes(bits: number): string {
  return bitNames(ATTRIBUTES, bits);
}

/** Clearing the whole field of the access time is how another value is set. */
function clearedAttributes(bits: number): string {
  const hasField = (bits & kernel.ATTR_ATIME) === kernel.ATTR_ATIME;
  const others = bitNames(ATTRIBUTES, hasField ? bits & ~kernel.ATTR_ATIME : bits);
  return [others, ...(hasField ? ["atime"] : [])].filter((name) => name !== "").join(",");
}

function propagation(flags: number): string {
  return `${(flags & kernel.MS_REC) === 0 ? "" : "r"}${bitNames(PROPAGATIONS, flags & ~kernel.MS_REC)}`;
}

function namespaces(flags: number): string {
  return bitNames(
    [...NAMESPACE_FLAGS].map(([name, bit]) => [bit, name]),
    flags,
  );
}

function bitNames(names: readonly (readonly [bit: number, name: string])[], bits: number): string {
  return names
    .filter(([bit]) => (bits & bit) === bit)
    .map(([, name]) => name)
    .join(",");
}

function deviceKind(kind: number): string {
  return kind === kernel.S_IFBLK ? "block" : kind === kernel.S_IFIFO ? "fifo" : "char";
}

function octal(value: number): string {
  return `0${value.toString(8)}`;
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16)}`;
}
