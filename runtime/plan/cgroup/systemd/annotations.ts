// Annotations `org.systemd.property.NAME` -> properties of the container's unit. Pure.
// The value is in the text form of GVariant, as in runc: `'text'`, `true`, `uint64 5`, `['a.service', 'b.service']`.
// Only what tells systemd when and how the unit starts, ends and is ordered, or limits it further: a property that
// names a program, a user, a cgroup or devices is none of a container's business.

import { childPointer } from "../../../config/pointer.ts";
import type { Config } from "../../../config/types.ts";
import type { UnitProperty } from "../../ops.ts";
import { planError } from "../../problem.ts";

const PREFIX = "org.systemd.property.";

type Type = "flag" | "number" | "integer" | "text" | "texts";

const ALLOWED: ReadonlyMap<string, Type> = new Map<string, Type>([
  ...["After", "Before", "BindsTo", "Conflicts", "PartOf", "PropagatesStopTo", "Requires"].map(
    (name) => [name, "texts"] as const,
  ),
  ...["Requisite", "StopPropagatedFrom", "Upholds", "Wants", "Documentation"].map(
    (name) => [name, "texts"] as const,
  ),
  ...["CollectMode", "Description", "JobTimeoutAction", "ManagedOOMMemoryPressure"].map(
    (name) => [name, "text"] as const,
  ),
  ...["ManagedOOMPreference", "ManagedOOMSwap", "OOMPolicy"].map((name) => [name, "text"] as const),
  ...["DefaultDependencies", "IgnoreOnIsolate", "RefuseManualStart", "RefuseManualStop"].map(
    (name) => [name, "flag"] as const,
  ),
  ...["SendSIGHUP", "SendSIGKILL", "StopWhenUnneeded", "IPAccounting"].map(
    (name) => [name, "flag"] as const,
  ),
  ...["TimeoutStopUSec", "RuntimeMaxUSec", "RuntimeRandomizedExtraUSec", "JobTimeoutUSec"].map(
    (name) => [name, "number"] as const,
  ),
  ...["CPUWeight", "StartupCPUWeight", "IOWeight", "StartupIOWeight", "DefaultMemoryLow"].map(
    (name) => [name, "number"] as const,
  ),
  ...["MemoryHigh", "MemoryLow", "MemoryMax", "MemoryMin", "MemorySwapMax", "TasksMax"].map(
    (name) => [name, "number"] as const,
  ),
  ["KillMode", "text"],
  ["KillSignal", "integer"],
  ["FinalKillSignal", "integer"],
  ["RestartKillSignal", "integer"],
]);

export function annotatedProperties({ annotations = {} }: Config): UnitProperty[] {
  return Object.entries(annotations)
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, value]) => {
      const at = childPointer("/annotations", key);
      const name = key.slice(PREFIX.length);
      return annotated(name, value, at);
    });
}

/** systemd's files say `TimeoutStopSec`, its bus `TimeoutStopUSec`. */
function annotated(given: string, value: string, at: string): UnitProperty {
  const inSeconds = /[a-z]Sec$/.test(given);
  const name = inSeconds ? given.replace(/Sec$/, "USec") : given;
  const type = ALLOWED.get(name);
  if (type === undefined) {
    throw planError(at, `${JSON.stringify(given)} is no property that a container may set`);
  }
  const words = value.trim();
  const wrong = (wanted: string): Error =>
    planError(at, `${JSON.stringify(value)} is not ${wanted}`, "the text form of GVariant");
  switch (type) {
    case "text":
      return { type, name, value: quotedText(words) ?? fail(wrong("a quoted text")) };
    case "texts":
      return { type, name, value: quotedTexts(words) ?? fail(wrong("a list of quoted texts")) };
    case "flag":
      if (words !== "true" && words !== "false") throw wrong("true or false");
      return { type, name, value: words === "true" };
    case "number":
      return { type, name, value: numberOf(words, inSeconds) ?? fail(wrong("a number")) };
    case "integer": {
      const number = Number(numberOf(words, false) ?? fail(wrong("a number")));
      if (number > 2 ** 31 - 1) throw wrong("a number of 31 bits");
      return { type, name, value: number };
    }
    default:
      return type satisfies never;
  }
}

function fail(error: Error): never {
  throw error;
}

const TEXT = /^(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/;

/** `'text'`, of any letters but NUL; the escapes that matter are those of the quotes. */
function quotedText(words: string): string | undefined {
  const match = TEXT.exec(words);
  if (match === null || match[0].length !== words.length) return undefined;
  return unescaped(match[1] ?? match[2] ?? "");
}

function unescaped(text: string): string {
  const CONTROLS = new Map([
    ["n", "\n"],
    ["t", "\t"],
  ]);
  return text.replace(/\\(.)/gs, (_, letter: string) => CONTROLS.get(letter) ?? letter);
}

function quotedTexts(words: string): string[] | undefined {
  if (/^(@as\s*)?\[\s*\]$/.test(words)) return [];
  let rest = words.startsWith("[") && words.endsWith("]") ? words.slice(1, -1).trim() : "";
  const texts: string[] = [];
  for (;;) {
    const match = TEXT.exec(rest);
    if (match === null) return undefined;
    texts.push(unescaped(match[1] ?? match[2] ?? ""));
    rest = rest.slice(match[0].length).trim();
    if (rest === "") return texts;
    if (!rest.startsWith(",")) return undefined;
    rest = rest.slice(1).trim();
  }
}

/** Of any of GVariant's types of numbers; seconds may have a fraction. */
function numberOf(words: string, inSeconds: boolean): bigint | undefined {
  const match = /^(?:(?:byte|u?int16|u?int32|u?int64|double|@[ynqiuxtd])\s+)?(\d+)(\.\d*)?$/.exec(
    words,
  );
  if (match === null) return undefined;
  const [, whole = "0", fraction = "."] = match;
  if (!inSeconds) return /^\.0*$/.test(fraction) ? inRange(BigInt(whole)) : undefined;
  const micros = BigInt(fraction.slice(1).padEnd(6, "0").slice(0, 6));
  return inRange(BigInt(whole) * 1_000_000n + micros);
}

function inRange(value: bigint): bigint | undefined {
  return value < 2n ** 64n ? value : undefined;
}
