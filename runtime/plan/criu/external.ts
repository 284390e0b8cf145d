// What of a container comes from outside, so that CRIU neither writes it down nor makes it anew: mounts, namespaces, pipes. Pure.

import type { CriuInheritFd, CriuPair } from "../../../native/addon/index.d.ts";
import type { Linux, NamespaceType } from "../../config/types.ts";
import { compileNotifyMount } from "../bind-mounts.ts";
import type { Context } from "../context.ts";
import { compileDevices } from "../devices.ts";
import { compileMounts } from "../mounts.ts";
import type { InitOp } from "../ops.ts";
import { cleanPath } from "../paths.ts";

/** A bind mount of the host's. */
export interface Bind {
  /** As the config has it: its name in the images, for at restore there is no container yet to resolve it in. */
  readonly target: string;
  readonly source: string;
}

/** A path of the container as it is now; null when there is nothing. */
export type Resolve = (path: string) => { readonly path: string; readonly isDir: boolean } | null;

const NULL_DEVICE = "/dev/null";

/** Every bind mount that creation makes, those of cgroups, devices and the notify socket too. */
export function bindsOf(context: Context): Bind[] {
  const ops: InitOp[] = [
    ...compileMounts(context).ops,
    ...compileNotifyMount(context),
    ...compileDevices(context),
  ];
  const binds: Bind[] = [];
  for (const op of ops) {
    if (op.op === "mountBind") binds.push({ target: cleanPath(op.target), source: op.source });
  }
  return binds;
}

/** For a dump: the place of each mount from outside, and the name under which the images have it. */
export function dumpMounts(
  { linux }: Context,
  binds: readonly Bind[],
  resolve: Resolve,
): CriuPair[] {
  const mounts: CriuPair[] = [];
  for (const { target } of binds) {
    const place = resolve(target);
    if (place !== null) mounts.push({ key: place.path, value: target });
  }
  // a masked file is the null device bound over it; a masked directory is a file system of the container's own
  for (const path of linux.maskedPaths ?? []) {
    const place = resolve(path);
    if (place !== null && !place.isDir) mounts.push({ key: place.path, value: NULL_DEVICE });
  }
  return mounts;
}

/** For a restore: where each of those names is to be had. */
export function restoreMounts({ linux }: Context, binds: readonly Bind[]): CriuPair[] {
  const mounts = binds.map(({ target, source }) => ({ key: target, value: source }));
  if ((linux.maskedPaths ?? []).length > 0) mounts.push({ key: NULL_DEVICE, value: NULL_DEVICE });
  return mounts;
}

/** Kinds that CRIU knows as external; the word in /proc/PID/ns, and runc's key, which images share. */
const EXTERNAL: ReadonlyMap<NamespaceType, { readonly file: string; readonly key: string }> =
  new Map([
    ["network", { file: "net", key: "extRootNetNS" }],
    ["pid", { file: "pid", key: "extRootPidNS" }],
  ]);

/** Kinds that CRIU enters by path before it makes the processes. */
const JOINED: ReadonlyMap<NamespaceType, string> = new Map([
  ["mount", "mnt"],
  ["ipc", "ipc"],
  ["uts", "uts"],
  ["user", "user"],
  ["time", "time"],
]);

/** The files of /proc/PID/ns whose links {@link externalNamespaces} wants. */
export function externalNamespaceFiles(linux: Linux): string[] {
  return pathsOf(linux).flatMap(({ type }) => EXTERNAL.get(type)?.file ?? []);
}

/** For a dump: `net[4026531840]:extRootNetNS`. `links`: what /proc/PID/ns says of each kind, `net:[4026531840]`. */
export function externalNamespaces(linux: Linux, links: ReadonlyMap<string, string>): string[] {
  const external: string[] = [];
  for (const { type } of pathsOf(linux)) {
    const known = EXTERNAL.get(type);
    const inode = /\[(\d+)\]/.exec(links.get(known?.file ?? "") ?? "")?.[1];
    if (known !== undefined && inode !== undefined) {
      external.push(`${known.file}[${inode}]:${known.key}`);
    }
  }
  return external;
}

export interface NamespacesToEnter {
  /** Files to open for CRIU, each with the key under which the images have the namespace. */
  readonly files: readonly { readonly at: string; readonly key: string; readonly path: string }[];
  readonly joins: readonly CriuPair[];
  /** Kinds that CRIU can't enter. */
  readonly unknown: readonly { readonly at: string; readonly type: NamespaceType }[];
}

export function namespacesToEnter(linux: Linux): NamespacesToEnter {
  const files: { at: string; key: string; path: string }[] = [];
  const joins: CriuPair[] = [];
  const unknown: { at: string; type: NamespaceType }[] = [];
  for (const { type, path, at } of pathsOf(linux)) {
    const known = EXTERNAL.get(type);
    const joined = JOINED.get(type);
    if (known !== undefined) files.push({ at, key: known.key, path });
    else if (joined !== undefined) joins.push({ key: joined, value: path });
    else unknown.push({ at, type });
  }
  return { files, joins, unknown };
}

function pathsOf(linux: Linux): { type: NamespaceType; path: string; at: string }[] {
  const all = (linux.namespaces ?? []).map(({ type, path = "" }, index) => ({
    type,
    path,
    at: `/linux/namespaces/${index}`,
  }));
  return all.filter(({ path }) => path !== "");
}

/** For a restore: the pipes that were the standard streams, by their number; ours take their place. */
export function inheritedPipes(descriptors: readonly string[]): CriuInheritFd[] {
  return descriptors.flatMap((key, fd) => (key.startsWith("pipe:") ? [{ key, fd }] : []));
}
