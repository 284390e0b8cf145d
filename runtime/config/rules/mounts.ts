// Rules of mounts. Pure.
// Spec: config.md#mounts, config.md#linux-mount-options (idmap, ridmap), config.md#posix-platform-mounts

import { show } from "../problems.ts";
import type { Report } from "../rule.ts";
import type { Config, Linux, Mount } from "../types.ts";
import { checkRanges, isJoined, namespaceOf } from "./namespaces.ts";

export function checkMounts({ mounts = [], linux }: Config, report: Report): void {
  mounts.forEach((mount, index) => {
    const at = `/mounts/${index}`;
    if (mount.destination === "") report(`${at}/destination`, "must not be empty");
    checkIdMap(mount, at, linux, report);
  });
}

function checkIdMap(mount: Mount, at: string, linux: Linux | undefined, report: Report): void {
  const { uidMappings = [], gidMappings = [], options = [] } = mount;
  const option = options.find((word) => word === "idmap" || word === "ridmap");
  const hasMappings = uidMappings.length > 0 || gidMappings.length > 0;
  if (option === undefined && !hasMappings) return;

  // "If specified, it MUST be specified along with `gidMappings`", and the other way round
  if (hasMappings && uidMappings.length === 0)
    report(`${at}/uidMappings`, "is needed beside gidMappings");
  if (hasMappings && gidMappings.length === 0)
    report(`${at}/gidMappings`, "is needed beside uidMappings");

  // "If there are no `uidMappings` and `gidMappings` specified and the container isn't using user namespaces, an error MUST be returned"
  if (!hasMappings && namespaceOf(linux, "user") === undefined) {
    report(
      `${at}/options`,
      `${option} needs uidMappings and gidMappings here, or a user namespace`,
    );
  }

  // The kernel allows a mapping only on a detached copy, which is what a bind mount starts as.
  if (!options.some((word) => word === "bind" || word === "rbind")) {
    const kind = mount.type === undefined ? "this mount" : `a ${show(mount.type)} mount`;
    report(`${at}/options`, `${kind} can't be id-mapped`, 'only mounts with "bind" or "rbind" can');
  }
  checkRanges(uidMappings, `${at}/uidMappings`, report);
  checkRanges(gidMappings, `${at}/gidMappings`, report);
}

/** A joined user namespace has its mappings already. */
export function hasSpareMappings(linux: Linux): boolean {
  const count = (linux.uidMappings?.length ?? 0) + (linux.gidMappings?.length ?? 0);
  return isJoined(namespaceOf(linux, "user")) && count > 0;
}
