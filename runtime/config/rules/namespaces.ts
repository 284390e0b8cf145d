// Rules about namespaces, and what needs one. Pure.
// Spec: config-linux.md#namespaces, #user-namespace-mappings, #offset-for-time-namespace, config.md#hostname

import { TIME_CLOCKS } from "../../../schemas/names.ts";
import { childPointer } from "../pointer.ts";
import { show } from "../problems.ts";
import type { Report } from "../rule.ts";
import type { Config, IdMapping, Linux, Namespace, NamespaceType } from "../types.ts";
import { requireAbsolute } from "./paths.ts";

/** utsname.nodename and .domainname, without the NUL. */
const MAX_HOST_NAME = 64;

export function namespaceOf(linux: Linux | undefined, type: NamespaceType): Namespace | undefined {
  return linux?.namespaces?.find((namespace) => namespace.type === type);
}

/** An empty path is an absent one, as in Go. */
export function isJoined(namespace: Namespace | undefined): boolean {
  return namespace?.path !== undefined && namespace.path !== "";
}

/** How to get a namespace that something needs. */
export const addNamespace = (type: NamespaceType): string =>
  `add {"type": "${type}"} to /linux/namespaces`;

/** #namespaces: "If a `namespaces` field contains duplicated namespaces with same `type`, the runtime MUST generate an error" */
export function checkNamespaces({ namespaces = [] }: Linux, report: Report): void {
  const seen = new Set<NamespaceType>();
  namespaces.forEach((namespace, index) => {
    const at = `/namespaces/${index}`;
    if (seen.has(namespace.type)) report(at, `a second ${namespace.type} namespace`);
    seen.add(namespace.type);
    if (isJoined(namespace)) requireAbsolute(namespace.path ?? "", `${at}/path`, report);
  });
}

/** config.md#hostname: without a namespace it would be the host's name that changes. */
export function checkHostNames(config: Config, report: Report): void {
  for (const name of ["hostname", "domainname"] as const) {
    const value = config[name] ?? "";
    if (value === "") continue;
    if (namespaceOf(config.linux, "uts") === undefined) {
      report(`/${name}`, `${show(value)} needs a uts namespace`, addNamespace("uts"));
    }
    if (value.length > MAX_HOST_NAME) {
      report(`/${name}`, `${show(value)} is longer than ${MAX_HOST_NAME} characters`);
    }
  }
}

/** #user-namespace-mappings: no mappings without a namespace, no new namespace without both kinds. */
export function checkUserNamespace(linux: Linux, report: Report): void {
  const user = namespaceOf(linux, "user");
  for (const name of ["uidMappings", "gidMappings"] as const) {
    const mappings = linux[name] ?? [];
    if (user === undefined && mappings.length > 0) {
      report(`/${name}`, "mappings need a user namespace", addNamespace("user"));
    }
    if (user !== undefined && !isJoined(user) && mappings.length === 0) {
      report(`/${name}`, "a new user namespace needs at least one mapping");
    }
    checkRanges(mappings, `/${name}`, report);
  }
}

/** What the kernel refuses with a bare EINVAL: ranges past the last id, and those that overlap. */
export function checkRanges(mappings: readonly IdMapping[], at: string, report: Report): void {
  mappings.forEach((mapping, index) => {
    for (const side of ["containerID", "hostID"] as const) {
      const end = mapping[side] + mapping.size;
      if (end > 2 ** 32 - 1)
        report(`${at}/${index}`, `${side} + size = ${end} is more than 4294967295`);
      const other = mappings.findIndex(
        (earlier, earlierIndex) =>
          earlierIndex < index &&
          earlier[side] < end &&
          mapping[side] < earlier[side] + earlier.size,
      );
      if (other >= 0) report(`${at}/${index}`, `overlaps entry ${other} in ${side}`);
    }
  });
}

/** #offset-for-time-namespace, time_namespaces(7): offsets are for a namespace that is still empty. */
export function checkTimeOffsets(linux: Linux, report: Report): void {
  const clocks = Object.keys(linux.timeOffsets ?? {});
  if (clocks.length === 0) return;
  const time = namespaceOf(linux, "time");
  if (time === undefined)
    report("/timeOffsets", "offsets need a time namespace", addNamespace("time"));
  if (isJoined(time))
    report("/timeOffsets", "offsets can't be given to a time namespace that is joined by path");
  for (const clock of clocks) {
    if (!(TIME_CLOCKS as readonly string[]).includes(clock)) {
      report(
        childPointer("/timeOffsets", clock),
        `${show(clock)} is not one of ${TIME_CLOCKS.join(", ")}`,
      );
    }
  }
}

/** Without a mount namespace of the container's own these would change the host's mounts. */
export function checkMountNamespace(linux: Linux, report: Report): void {
  if (namespaceOf(linux, "mount") !== undefined) return;
  for (const name of ["maskedPaths", "readonlyPaths"] as const) {
    if ((linux[name]?.length ?? 0) > 0) {
      report(`/${name}`, "restricted paths need a mount namespace", addNamespace("mount"));
    }
  }
}
