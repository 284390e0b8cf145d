// Rules of intelRdt: what is written to resctrl files is one line, in a directory of its own. Pure.
// Spec: config-linux.md#intelrdt

import { show } from "../problems.ts";
import type { Report } from "../rule.ts";
import type { Linux } from "../types.ts";

/** `closID` "specifies the identity", a directory name; "/" is the default class. */
export function checkClosId({ intelRdt }: Linux, report: Report): void {
  const id = intelRdt?.closID ?? "";
  const isName = id === "/" || (!id.includes("/") && id !== "." && id !== "..");
  if (!isName) report("/intelRdt/closID", `${show(id)} is neither "/" nor the name of a directory`);
}

/** "MUST NOT contain newlines"; memBwSchema "MUST start with `MB:`". */
export function checkSchemata({ intelRdt }: Linux, report: Report): void {
  const { schemata = [], l3CacheSchema = "", memBwSchema = "" } = intelRdt ?? {};
  const lines = schemata.map((line, index) => [`schemata/${index}`, line] as const);
  for (const [name, line] of [
    ...lines,
    ["l3CacheSchema", l3CacheSchema],
    ["memBwSchema", memBwSchema],
  ]) {
    if (line?.includes("\n")) report(`/intelRdt/${name}`, "must not contain newlines");
  }
  if (memBwSchema !== "" && !memBwSchema.startsWith("MB:")) {
    report("/intelRdt/memBwSchema", `${show(memBwSchema)} does not start with "MB:"`);
  }
}
