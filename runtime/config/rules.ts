// The table of rules: everything that the spec demands of config.json and a schema can't say. Pure.
// Spec: config.md, config-linux.md

import type { Problem } from "../errors.ts";
import { applyRules, type Rule } from "./rule.ts";
import { checkDevices, checkNetDevices } from "./rules/devices.ts";
import { checkAnnotations, checkProcess, checkVersion } from "./rules/document.ts";
import { checkClosId, checkSchemata } from "./rules/intel-rdt.ts";
import { checkMemoryPolicy } from "./rules/memory-policy.ts";
import { checkMounts } from "./rules/mounts.ts";
import {
  checkHostNames,
  checkMountNamespace,
  checkNamespaces,
  checkTimeOffsets,
  checkUserNamespace,
} from "./rules/namespaces.ts";
import {
  checkCgroupsPath,
  checkHookPaths,
  checkRestrictedPaths,
  checkRoot,
} from "./rules/paths.ts";
import { PROCESS_RULES } from "./rules/process.ts";
import { RESOURCE_RULES } from "./rules/resources.ts";
import { checkErrnos, checkListener, checkNotify, checkSyscallNames } from "./rules/seccomp.ts";
import { checkSysctls } from "./rules/sysctl.ts";
import type { Config, Linux } from "./types.ts";

const CONFIG_RULES: readonly Rule<Config>[] = [
  { reads: ["/ociVersion"], check: checkVersion },
  { reads: ["/process"], check: checkProcess },
  { reads: ["/root"], check: checkRoot },
  { reads: ["/hostname", "/domainname", "/linux/namespaces"], check: checkHostNames },
  { reads: ["/mounts", "/linux/namespaces"], check: checkMounts },
  { reads: ["/hooks"], check: checkHookPaths },
  { reads: ["/annotations"], check: checkAnnotations },
];

const LINUX_RULES: readonly Rule<Linux>[] = [
  { reads: ["/namespaces"], check: checkNamespaces },
  { reads: ["/namespaces", "/uidMappings", "/gidMappings"], check: checkUserNamespace },
  { reads: ["/namespaces", "/timeOffsets"], check: checkTimeOffsets },
  { reads: ["/namespaces", "/maskedPaths", "/readonlyPaths"], check: checkMountNamespace },
  { reads: ["/maskedPaths", "/readonlyPaths"], check: checkRestrictedPaths },
  { reads: ["/cgroupsPath"], check: checkCgroupsPath },
  { reads: ["/devices"], check: checkDevices },
  { reads: ["/namespaces", "/netDevices"], check: checkNetDevices },
  { reads: ["/namespaces", "/sysctl"], check: checkSysctls },
  { reads: ["/intelRdt"], check: checkClosId },
  { reads: ["/intelRdt"], check: checkSchemata },
  { reads: ["/memoryPolicy"], check: checkMemoryPolicy },
  { reads: ["/seccomp"], check: checkErrnos },
  { reads: ["/seccomp"], check: checkSyscallNames },
  { reads: ["/seccomp"], check: checkListener },
  { reads: ["/seccomp"], check: checkNotify },
];

/** What is wrong beyond `found`, which is what the schema said. */
export function checkRules(config: Config, found: readonly Problem[]): Problem[] {
  const problems = applyRules(CONFIG_RULES, config, "", found);

  // The spec makes the process optional; checkProcess has reported its absence.
  const { process, linux }: Partial<Config> = config;
  if (process !== undefined) {
    problems.push(...applyRules(PROCESS_RULES, process, "/process", found));
  }
  if (linux === undefined) return problems;

  problems.push(...applyRules(LINUX_RULES, linux, "/linux", found));
  if (linux.resources !== undefined) {
    problems.push(...applyRules(RESOURCE_RULES, linux.resources, "/linux/resources", found));
  }
  return problems;
}
