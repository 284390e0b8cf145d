// What can go wrong at a call, and the names of calls. Pure, but for the table that it reads.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../harness/build.ts";

export interface Kind {
  readonly name: string;
  /** 0 is SIGKILL. */
  readonly errno: number;
}

export const KINDS: readonly Kind[] = [
  { name: "EPERM", errno: 1 },
  { name: "ENOMEM", errno: 12 },
  { name: "ENOSPC", errno: 28 },
  { name: "EINTR", errno: 4 },
  { name: "SIGKILL", errno: 0 },
];

const NAMES = readNames();

export function callName(number: number): string {
  return NAMES.get(number) ?? `call ${number}`;
}

/** Calls that a signal can interrupt. */
const SLEEPING = new Set([
  ...["read", "write", "open", "openat", "recvmsg", "recvfrom", "sendmsg", "sendto", "poll"],
  ...["ppoll", "wait4", "waitid", "flock", "connect", "accept", "accept4", "futex", "getrandom"],
  ...["nanosleep", "clock_nanosleep", "epoll_wait", "epoll_pwait", "rt_sigtimedwait", "pause"],
  "close",
]);

/** Calls that can't fail, or not for these reasons: libc and Rust's std end the process if they do. */
const SUCCEEDING = new Set([
  ...["exit", "exit_group", "rt_sigreturn", "getpid", "getppid", "gettid", "getuid", "geteuid"],
  ...["getgid", "getegid", "getpgrp", "umask", "set_tid_address", "sched_yield"],
  ...["restart_syscall", "arch_prctl", "futex", "getrandom"],
]);

/** `earlier`: the calls of the process before this one. */
export function canFail(number: number, { name }: Kind, earlier: readonly number[]): boolean {
  if (name === "SIGKILL") return true;
  const call = callName(number);
  if (call.endsWith("nanosleep") && name !== "EINTR") return false;
  // musl's start-up takes the memory for its thread storage for granted.
  if (call === "mmap" && earlier.length <= 1) return false;
  return !SUCCEEDING.has(call) && (name !== "EINTR" || SLEEPING.has(call));
}

function readNames(): Map<number, string> {
  const text = readFileSync(join(REPOSITORY, "native", "seccomp", "syscalls.tsv"), "utf8");
  const rows = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    rows.slice(1).flatMap((row) => {
      const [name, , number] = row.split("\t");
      return number === undefined || number === "-" ? [] : [[Number(number), name!] as const];
    }),
  );
}
