// Writes that were done + what their files said before -> the writes that undo them, the last first. Pure.

import type { HostOp } from "../ops.ts";

/** A file of a cgroup or a resctrl group. */
export interface GroupFile {
  readonly root: string;
  readonly path: string;
  readonly file: string;
}

/** The files that these steps may write, each once. Those of device rules can't be read: their undoing is compiled. */
export function writtenFiles(ops: readonly HostOp[]): GroupFile[] {
  const files = new Map<string, GroupFile>();
  for (const { root, path, file } of ops.flatMap(writesOf)) {
    if (!/^devices\./.test(file)) files.set(`${root}${path}/${file}`, { root, path, file });
  }
  return [...files.values()];
}

/** `oldText`: what a file said before; null where there was none. */
export function undoWrites(
  done: readonly HostOp[],
  oldText: (file: GroupFile) => string | null,
): HostOp[] {
  const writes = done.flatMap(writesOf).reverse();
  return writes.flatMap(({ root, path, file, text }): HostOp[] => {
    const old = oldText({ root, path, file });
    const before = old === null ? undefined : textBefore(file, text, old);
    if (before === undefined) return [];
    return [{ op: "writeCgroup", at: "", root, path, file, text: before, ignore: [] }];
  });
}

function writesOf(op: HostOp): (GroupFile & { readonly text: string })[] {
  const { op: tag } = op;
  if (tag === "writeCgroup" || tag === "writeResctrl") return [op];
  if (tag !== "writeFirstCgroup") return [];
  const { root, path, files, texts } = op;
  return files.map((file, index) => ({ root, path, file, text: texts[index] ?? "" }));
}

/** Files with one line a device, and what takes a device's line away. */
const KEYED: readonly (readonly [file: RegExp, nothing: string])[] = [
  [/^io\.max$/, "rbps=max wbps=max riops=max wiops=max"],
  [/^io\.(bfq\.)?weight$/, "default"],
  [/^blkio\.(throttle\.|(bfq\.)?weight_device|leaf_weight_device)/, "0"],
  [/^rdma\.max$/, "hca_handle=max hca_object=max"],
  [/^net_prio\.ifpriomap$/, "0"],
];

/** What has to be written for a file to say what it said; undefined where that is not known. */
function textBefore(file: string, written: string, old: string): string | undefined {
  if (file === "schemata") return old;
  if (file === "memory.oom_control") return /^oom_kill_disable (\d)/m.exec(old)?.[1];
  const lines = old.split("\n").filter((line) => line !== "");
  const nothing = KEYED.find(([name]) => name.test(file))?.[1];
  const [key = "", ...rest] = written.split(" ");
  if (nothing !== undefined && rest.length > 0) {
    return lines.find((line) => line.startsWith(`${key} `)) ?? `${key} ${nothing}`;
  }
  if (lines.length > 1) return lines.find((line) => line.startsWith("default "));
  // an empty write is none at all
  return lines[0] ?? "\n";
}
