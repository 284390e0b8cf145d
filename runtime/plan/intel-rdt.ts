// `linux.intelRdt` -> a resctrl group, its schemata, the init in it. Pure.
// Spec: config-linux.md#intelrdt

import type { IntelRdt } from "../config/types.ts";
import type { CgroupPath } from "./cgroup/path.ts";
import type { Context } from "./context.ts";
import type { HostOp } from "./ops.ts";

const ROOT = "/sys/fs/resctrl";
const AT = "/linux/intelRdt";

/** A group that is removed with the container must not have been there before it. */
const OWN = { shared: false, schemata: "" };

export interface CompiledRdt {
  readonly ops: HostOp[];
  /** Groups that are the container's own, to be removed with it; the last made is the first to go. */
  readonly groups: CgroupPath[];
}

export function compileIntelRdt({ linux, options }: Context): CompiledRdt {
  const { intelRdt } = linux;
  if (intelRdt === undefined) return { ops: [], groups: [] };
  const { closID = "", enableMonitoring = false } = intelRdt;
  const root = ROOT;
  const path = groupOf(intelRdt, options.id);
  const text = schemataText(intelRdt);
  const ops: HostOp[] = [];
  const groups: CgroupPath[] = [];
  // "If `closID` is set and none of the schemata: the runtime MUST check that it exists", which joining it does
  if (closID === "" || text !== "")
    ops.push({ op: "makeResctrl", at: `${AT}/closID`, root, path, ...sharing(intelRdt) });
  if (closID === "") groups.push({ root, path });
  if (text !== "") ops.push({ op: "writeResctrl", at: AT, root, path, file: "schemata", text });
  ops.push({ op: "joinResctrl", at: `${AT}/closID`, root, path });
  if (enableMonitoring) {
    const at = `${AT}/enableMonitoring`;
    const monitor = `${path === "/" ? "" : path}/mon_groups/${options.id}`;
    ops.push(
      { op: "makeResctrl", at, root, path: monitor, ...OWN },
      { op: "joinResctrl", at, root, path: monitor },
    );
    groups.push({ root, path: monitor });
  }
  return { ops, groups };
}

/** The schemata of a group that is there. */
export function compileSchemata(intelRdt: IntelRdt, id: string): HostOp[] {
  const text = schemataText(intelRdt);
  if (text === "") return [];
  const path = groupOf(intelRdt, id);
  return [{ op: "writeResctrl", at: AT, root: ROOT, path, file: "schemata", text }];
}

function groupOf({ closID = "" }: IntelRdt, id: string): string {
  return closID === "/" ? "/" : `/${closID === "" ? id : closID}`;
}

/** One that is there must have the schemas already; `schemata` is only written. */
function sharing(intelRdt: IntelRdt) {
  if ((intelRdt.closID ?? "") === "") return OWN;
  return { shared: true, schemata: schemataText({ ...intelRdt, schemata: [] }) };
}

/** "the value written must be the non-`MB:` line(s) in l3CacheSchema and the line in memBwSchema" when both are there. */
function schemataText({ l3CacheSchema = "", memBwSchema = "", schemata = [] }: IntelRdt): string {
  const cache =
    memBwSchema === ""
      ? l3CacheSchema
      : l3CacheSchema
          .split("\n")
          .filter((line) => !line.startsWith("MB:"))
          .join("\n");
  const lines = [cache, memBwSchema, ...schemata].filter((line) => line !== "");
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}
