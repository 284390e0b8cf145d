// `process.apparmorProfile` and `process.selinuxLabel` -> writes to the init's attributes in procfs. Pure.
// Spec: config.md#linux-process

import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";
import { planError } from "./problem.ts";

const PROFILE_AT = "/process/apparmorProfile";
const LABEL_AT = "/process/selinuxLabel";
const NO_SELINUX = "selinux label is specified in config, but SELinux is disabled or not supported";

/** Takes effect at the next execve(2). */
export function compileApparmor({ config, facts }: Context): InitOp[] {
  const { apparmorProfile = "" } = config.process;
  if (apparmorProfile === "") return [];
  if (!facts.apparmor) {
    const message = `apparmor failed to apply profile ${JSON.stringify(apparmorProfile)}: apparmor not enabled on this host`;
    throw planError(PROFILE_AT, message);
  }
  const text = `exec ${apparmorProfile}`;
  return [{ op: "writeProc", at: PROFILE_AT, path: "thread-self/attr/apparmor/exec", text }];
}

export function compileSelinux({ config, facts }: Context): InitOp[] {
  const { selinuxLabel = "" } = config.process;
  if (selinuxLabel === "") return [];
  if (!facts.selinux) {
    throw planError(LABEL_AT, NO_SELINUX);
  }
  return [{ op: "writeProc", at: LABEL_AT, path: "thread-self/attr/exec", text: selinuxLabel }];
}

/** The kernel would only say EINVAL to `context=`. The label, where there is one to set. */
export function mountLabel({ linux, facts }: Context): string {
  const { mountLabel: label = "" } = linux;
  if (label !== "" && !facts.selinux) throw planError("/linux/mountLabel", NO_SELINUX);
  return label;
}

/** Labels and sysctls need a procfs that nobody in the image can have meddled with. */
export function compileProc({ config, linux }: Context): InitOp[] {
  const { apparmorProfile = "", selinuxLabel = "" } = config.process;
  const hasSysctls = linux.sysctl !== undefined && Object.keys(linux.sysctl).length > 0;
  if (apparmorProfile === "" && selinuxLabel === "" && !hasSysctls) return [];
  return [{ op: "openProc", at: "" }];
}
