// `linux.cgroupsPath` -> the container's cgroup in every hierarchy, and who controls what there. Pure.
// Spec: config-linux.md#cgroups-path

import type { Linux } from "../../config/types.ts";
import type { Facts, Hierarchy } from "../facts.ts";
import type { PlanOptions } from "../options.ts";
import { cleanPath, joinPath, parentPath } from "../paths.ts";
import { planError } from "../problem.ts";

export interface CgroupPath {
  /** Mount point of the hierarchy. */
  readonly root: string;
  /** Beneath it, with a leading slash. */
  readonly path: string;
}

/** The container's cgroup in one hierarchy. */
export interface CgroupTarget extends CgroupPath {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
}

export interface CgroupLayout {
  /** v1 hierarchies in the order of the host, the unified one last. */
  readonly targets: readonly CgroupTarget[];
  /** They are the container's own; else it stays in those of the caller. */
  readonly isOwn: boolean;
  /** Absolute path of the v2 cgroup that the init is cloned into; empty for none. */
  readonly cloneInto: string;
}

const AT = "/linux/cgroupsPath";

/** `hasLimits`: something is to be written, so that cgroups are needed even where they can hardly be had. */
export function cgroupLayout(
  linux: Linux,
  facts: Facts,
  options: PlanOptions,
  hasLimits: boolean,
): CgroupLayout {
  const { cgroupsPath = "" } = linux;
  if (cgroupsPath.split("/").includes("..")) {
    throw planError(AT, `${JSON.stringify(cgroupsPath)} must not contain ".."`);
  }
  const { mode, hierarchies, unified } = facts.cgroup;
  const isOwn = cgroupsPath !== "" || hasLimits || options.isRootless !== true;
  const targets: CgroupTarget[] = hierarchies.map((hierarchy) => {
    const path = isOwn ? pathIn(hierarchy.own, cgroupsPath, options.id) : hierarchy.own;
    return target(1, hierarchy, path);
  });
  if (unified !== undefined) {
    // v2 gives controllers only to cgroups whose parent is empty: the caller's own parent, as in runc
    const base = mode === "v2" ? parentPath(unified.own) : unified.own;
    const path = isOwn ? pathIn(base, cgroupsPath, options.id) : unified.own;
    targets.push(target(2, unified, path));
  }
  const last = targets.at(-1);
  const cloneInto = isOwn && last?.version === 2 ? hostPath(last) : "";
  return { targets, isOwn, cloneInto };
}

/** As the host's paths name it. */
export function hostPath({ root, path }: CgroupPath): string {
  return path === "/" ? root : `${root}${path}`;
}

function target(version: 1 | 2, { root, controllers }: Hierarchy, path: string): CgroupTarget {
  return { version, root, path, controllers };
}

/** Absolute: beneath the mount point. Relative or absent: beneath the caller's own. */
function pathIn(base: string, cgroupsPath: string, id: string): string {
  if (cgroupsPath.startsWith("/")) return cleanPath(cgroupsPath);
  return joinPath(base, cgroupsPath === "" ? id : cgroupsPath);
}

/** Where a controller is: on a hybrid host each is in one hierarchy. */
export function controllerTarget(
  layout: CgroupLayout,
  controller: string,
): CgroupTarget | undefined {
  return layout.targets.find(({ controllers }) => controllers.includes(controller));
}

/** The hierarchy that tells which processes a container has: the unified one, else one that every host has. */
export function processesTarget({ targets }: CgroupLayout): CgroupTarget | undefined {
  return (
    targets.find(({ version }) => version === 2) ??
    targets.find(({ controllers }) => controllers.includes("freezer")) ??
    targets.find(({ controllers }) => controllers.includes("devices")) ??
    targets[0]
  );
}

export interface FreezerFile extends CgroupPath {
  readonly file: string;
}

/** v1's freezer where there is one, for a hybrid host's unified hierarchy need not hold the container. */
export function freezerFile(layout: CgroupLayout): FreezerFile | undefined {
  if (!layout.isOwn) return undefined;
  const v1 = controllerTarget(layout, "freezer");
  if (v1 !== undefined) return { root: v1.root, path: v1.path, file: "freezer.state" };
  const v2 = layout.targets.find(({ version }) => version === 2);
  return v2 && { root: v2.root, path: v2.path, file: "cgroup.freeze" };
}
