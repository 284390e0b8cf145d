// A bind mount, id-mapped or not -> one operation, and a descriptor where the init could not open the source. Pure.
// Spec: config.md#linux-mount-options

import type { IdMapping } from "../config/types.ts";
import { addFd, type Context } from "./context.ts";
import { hasUserNamespace, mapText } from "./ids.ts";
import { CLONE_NEWUSER } from "./kernel.ts";
import type { MountEntry } from "./mount-entry.ts";
import { parseMountOptions } from "./mount-options.ts";
import type { InitOp } from "./ops.ts";
import { absolutePath } from "./paths.ts";
import { planError } from "./problem.ts";
import { bindPropagation } from "./rootfs.ts";

/** Where runc shows the notify socket; its name there is `notify.sock`. */
export const NOTIFY_PLACE = "/run/notify";

export function compileBind(context: Context, entry: MountEntry): InitOp {
  const { at, mount, options, target } = entry;
  if (options.data.length > 0) {
    // mount(2) does not look at them, and old configs have some
    const words = options.data.map((word) => JSON.stringify(word)).join(", ");
    context.warnings.push(
      `${at}/options: ignored, a bind mount has no file system of its own: ${words}`,
    );
  }
  if ((mount.source ?? "") === "") throw planError(at, "a bind mount needs a source");
  const source = absolutePath(mount.source ?? "", context.options.bundle);
  return {
    op: "mountBind",
    at,
    target,
    source,
    fd: treeFd(context, entry, source),
    recursive: options.isRecursive,
    set: options.set,
    clear: options.clear,
    recursiveSet: options.recursiveSet,
    recursiveClear: options.recursiveClear,
    // with no word of its own it stays what the host's mounts became: a slave of them, unless the config says otherwise
    propagation: options.propagations[0] ?? bindPropagation(context),
  };
}

/** The host opens the source where the init can't: id-mapped, or beyond the reach of the container's root. */
function treeFd(context: Context, entry: MountEntry, source: string): number {
  const { at, options } = entry;
  const map = idMapOf(context, entry);
  const { facts } = context;
  const isOutOfReach =
    hasUserNamespace(context) && facts.euid === 0 && facts.hasForeignMounts !== true;
  if (map === undefined && !isOutOfReach) return -1;
  return addFd(context, {
    op: "tree",
    at,
    source,
    recursive: options.isRecursive,
    uidMap: map?.uidMap ?? "",
    gidMap: map?.gidMap ?? "",
    mapOf: map?.mapOf ?? "",
    recursiveMap: map !== undefined && options.isMappedBelow,
  });
}

interface IdMap {
  readonly uidMap: string;
  readonly gidMap: string;
  readonly mapOf: string;
}

function idMapOf(context: Context, { at, mount, options }: MountEntry): IdMap | undefined {
  const { uidMappings = [], gidMappings = [] } = mount;
  if (!options.isMapped && uidMappings.length === 0 && gidMappings.length === 0) return undefined;
  if (context.facts.euid !== 0) throw planError(at, "id-mapped mounts need the privileges of root");
  if (uidMappings.length > 0) return mapOfMount(uidMappings, gidMappings, at);
  // without mappings of its own: those of the container's user namespace
  const join = context.namespaces.joins.find(({ kind }) => kind === CLONE_NEWUSER);
  if (join !== undefined) return { uidMap: "", gidMap: "", mapOf: join.path };
  const { linux } = context;
  return mapOfMount(linux.uidMappings ?? [], linux.gidMappings ?? [], "/linux");
}

function mapOfMount(uids: readonly IdMapping[], gids: readonly IdMapping[], at: string): IdMap {
  return {
    uidMap: mapText(uids, `${at}/uidMappings`),
    gidMap: mapText(gids, `${at}/gidMappings`),
    mapOf: "",
  };
}

/** The socket directory that stands for the caller's NOTIFY_SOCKET, as runc shows it to the container. */
export function compileNotifyMount(context: Context): InitOp[] {
  const { notifyDirectory } = context.options;
  if (notifyDirectory === undefined) return [];
  const mount = { destination: NOTIFY_PLACE, source: notifyDirectory };
  const options = parseMountOptions(["bind", "nosuid", "noexec", "nodev", "ro"]);
  return [compileBind(context, { at: "", mount, target: NOTIFY_PLACE, options })];
}
