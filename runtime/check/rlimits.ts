// `process.rlimits` and the caller's own limits -> those that it may not set. Pure.
// Spec: config.md#posix-process

import type { Config } from "../config/types.ts";
import { error, type Finding, type Look } from "./finding.ts";

/** How /proc/PID/limits calls them (fs/proc/base.c). */
const TITLES: ReadonlyMap<string, string> = new Map([
  ["RLIMIT_CPU", "Max cpu time"],
  ["RLIMIT_FSIZE", "Max file size"],
  ["RLIMIT_DATA", "Max data size"],
  ["RLIMIT_STACK", "Max stack size"],
  ["RLIMIT_CORE", "Max core file size"],
  ["RLIMIT_RSS", "Max resident set"],
  ["RLIMIT_NPROC", "Max processes"],
  ["RLIMIT_NOFILE", "Max open files"],
  ["RLIMIT_MEMLOCK", "Max locked memory"],
  ["RLIMIT_AS", "Max address space"],
  ["RLIMIT_LOCKS", "Max file locks"],
  ["RLIMIT_SIGPENDING", "Max pending signals"],
  ["RLIMIT_MSGQUEUE", "Max msgqueue size"],
  ["RLIMIT_NICE", "Max nice priority"],
  ["RLIMIT_RTPRIO", "Max realtime priority"],
  ["RLIMIT_RTTIME", "Max realtime timeout"],
]);

const CAP_SYS_RESOURCE = 24n;

export function checkRlimits({ process }: Config, look: Look): Finding[] {
  const limits = look.text("/proc/self/limits");
  if (limits === undefined) return [];
  const mayRaise = hasSysResource(look);
  const mostFiles = Number(look.text("/proc/sys/fs/nr_open") ?? Number.POSITIVE_INFINITY);
  return (process.rlimits ?? []).flatMap(({ type, hard }, index) => {
    const at = `/process/rlimits/${index}/hard`;
    if (type === "RLIMIT_NOFILE" && Number(hard) > mostFiles) {
      const what = `${hard} is more than fs.nr_open, which is ${mostFiles}`;
      return [error(at, what, "lower it, or raise that with sysctl")];
    }
    const own = hardLimit(limits, TITLES.get(type) ?? type);
    if (mayRaise || own === undefined || BigInt(hard) <= own) return [];
    const what = `${hard} is more than the caller's own ${type}, which is ${own}`;
    return [error(at, what, "lower it, or give the caller CAP_SYS_RESOURCE")];
  });
}

/** `Max open files  1024  4096  files`: the second number; none for what is not limited. */
function hardLimit(limits: string, title: string): bigint | undefined {
  const line = limits.split("\n").find((one) => one.startsWith(`${title} `));
  const [, hard = "unlimited"] = line?.slice(title.length).trim().split(/\s+/) ?? [];
  return /^\d+$/.test(hard) ? BigInt(hard) : undefined;
}

/** In a user namespace other than the first the capability is worth nothing here. */
function hasSysResource({ text }: Look): boolean {
  if (!/^\s*0\s+0\s+4294967295\s*$/.test(text("/proc/self/uid_map") ?? "")) return false;
  const [, set = "0"] = /^CapEff:\s*(\w+)$/m.exec(text("/proc/self/status") ?? "") ?? [];
  return ((BigInt(`0x${set}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
}
