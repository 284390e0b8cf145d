// `linux.cgroupsPath` -> the container's cgroup in every hierarchy, and who controls what there. Pure.
// Spec: config-linux.md#cgroups-path

import type { Linux } from "../../config/types.ts";
import type { CgroupFacts, Facts } from "../facts.ts";
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
  /** The container's own: v1 hierarchies in the order of the host, the unified one last. */
  readonly targets: readonly CgroupTarget[];
  /** Hierarchies in which it stays in the caller's cgroup, for none can be made. */
  readonly shared: readonly CgroupTarget[];
  /** Absolute path of the v2 cgroup that the init is cloned into; empty for none. */
  readonly cloneInto: string;
}

const AT = "/linux/cgroupsPath";

/** @throws RuntimeError (ERR_PLAN) for a path that leads up */
export function cgroupLayout(linux: Linux, facts: Facts, options: PlanOptions): CgroupLayout {
  const { cgroupsPath = "" } = linux;
  if (cgroupsPath.split("/").includes("..")) {
    throw planError(AT, `${JSON.stringify(cgroupsPath)} must not contain ".."`);
  }
  const targets: CgroupTarget[] = [];
  const shared: CgroupTarget[] = [];
  for (const parent of cgroupParents(facts.cgroup)) {
    // an engine that names a place means it, but not the half of a hybrid host that has no controllers to speak of
    const isSecondary = facts.cgroup.mode === "hybrid" && parent.version === 2;
    const mayShare = options.isRootless === true && (cgroupsPath === "" || isSecondary);
    if (mayShare && options.delegatedCgroups?.includes(parent.root) !== true) {
      shared.push({ ...parent, path: parent.own });
    } else targets.push({ ...parent, path: pathIn(parent.path, cgroupsPath, options.id) });
  }
  const last = targets.at(-1);
  return { targets, shared, cloneInto: last?.version === 2 ? hostPath(last) : "" };
}

interface CgroupParent extends CgroupTarget {
  /** The caller's own cgroup. */
  readonly own: string;
}

/** Where a container's cgroup is made if the config does not say, in every hierarchy; v1 in the order of the host. */
export function cgroupParents({ mode, hierarchies, unified }: CgroupFacts): CgroupParent[] {
  const parents = hierarchies.map(
    (hierarchy): CgroupParent => ({ ...hierarchy, version: 1, path: hierarchy.own }),
  );
  if (unified === undefined) return parents;
  // v2 gives controllers only to cgroups whose parent is empty: the caller's own parent, as in runc
  const path = mode === "v2" ? parentPath(unified.own) : unified.own;
  return [...parents, { ...unified, version: 2, path }];
}

/** As the host's paths name it. */
export function hostPath({ root, path }: CgroupPath): string {
  return path === "/" ? root : `${root}${path}`;
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
  const v1 = controllerTarget(layout, "freezer");
  if (v1 !== undefined) return { root: v1.root, path: v1.path, file: "freezer.state" };
  const v2 = layout.targets.find(({ version }) => version === 2);
  return v2 && { root: v2.root, path: v2.path, file: "cgroup.freeze" };
}
