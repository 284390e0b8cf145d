// Rules of seccomp that need no compiler. Pure.
// Spec: config-linux.md#seccomp

import type { Report } from "../rule.ts";
import type { Linux, SeccompAction } from "../types.ts";

const NOTIFY = "SCMP_ACT_NOTIFY";
const WITH_ERRNO: readonly SeccompAction[] = ["SCMP_ACT_ERRNO", "SCMP_ACT_TRACE"];

/** "When the action doesn't support an errno, the runtime MUST print and error and fail." */
export function checkErrnos({ seccomp }: Linux, report: Report): void {
  if (seccomp === undefined) return;
  if (seccomp.defaultErrnoRet !== undefined && !WITH_ERRNO.includes(seccomp.defaultAction)) {
    report("/seccomp/defaultErrnoRet", `${seccomp.defaultAction} has no errno`);
  }
  seccomp.syscalls?.forEach(({ action, errnoRet }, index) => {
    if (errnoRet !== undefined && !WITH_ERRNO.includes(action)) {
      report(`/seccomp/syscalls/${index}/errnoRet`, `${action} has no errno`);
    }
  });
}

/** "`names` MUST contain at least one entry." */
export function checkSyscallNames({ seccomp }: Linux, report: Report): void {
  seccomp?.syscalls?.forEach(({ names }, index) => {
    const at = `/seccomp/syscalls/${index}/names`;
    if (names.length === 0) report(at, "must have at least one entry");
    const empty = names.indexOf("");
    if (empty >= 0) report(`${at}/${empty}`, "must not be empty");
  });
}

/** Without a listener each such call would fail with ENOSYS; metadata "MUST NOT be set if `listenerPath` is not set". */
export function checkListener({ seccomp }: Linux, report: Report): void {
  if (seccomp === undefined) return;
  const { listenerPath = "", listenerMetadata = "", syscalls = [] } = seccomp;
  if (listenerPath !== "") return;
  const first = syscalls.findIndex(({ action }) => action === NOTIFY);
  if (first >= 0)
    report(`/seccomp/syscalls/${first}/action`, `${NOTIFY} needs /linux/seccomp/listenerPath`);
  if (listenerMetadata !== "") report("/seccomp/listenerMetadata", "needs listenerPath");
}

/** The init would wait for the agent before it could hand the agent its descriptor. */
export function checkNotify({ seccomp }: Linux, report: Report): void {
  if (seccomp?.defaultAction === NOTIFY)
    report("/seccomp/defaultAction", `${NOTIFY} can't be the default`);
  seccomp?.syscalls?.forEach(({ action, names }, index) => {
    const write = action === NOTIFY ? names.indexOf("write") : -1;
    if (write >= 0) report(`/seccomp/syscalls/${index}/names/${write}`, `write can't be ${NOTIFY}`);
  });
}
