// The kernel takes every filter, and real calls under installed filters do what their profile says.

import { execFileSync } from "node:child_process";
import { profileText, type SeccompProfile } from "../../runtime/seccomp/profile.ts";
import { readCases } from "./cases.ts";
import { CompileError, compile, plainText } from "./compiler.ts";
import { engineProfiles, generatedProfiles } from "./differential.ts";
import { buildC } from "./programs.ts";
import { Tally } from "./tally.ts";

const MAX_INSTRUCTIONS = 4096;
const SIGSYS = "signal 31";
const EPERM = "-1";
const EFAULT = "-14";
const EINVAL = "-22";
const ENOSYS = "-38";
const DONE = "done";

/** Default ALLOW and one call for each action. */
const ACTIONS: SeccompProfile = {
  defaultAction: "SCMP_ACT_ALLOW",
  syscalls: [
    { names: ["getppid"], action: "SCMP_ACT_KILL_PROCESS" },
    { names: ["getuid"], action: "SCMP_ACT_KILL" },
    { names: ["getgid"], action: "SCMP_ACT_TRAP" },
    { names: ["geteuid"], action: "SCMP_ACT_LOG" },
    { names: ["getegid"], action: "SCMP_ACT_TRACE" },
    { names: ["getpgrp"], action: "SCMP_ACT_ERRNO", errnoRet: 0 },
    { names: ["umask"], action: "SCMP_ACT_ERRNO", errnoRet: 13 },
    { names: ["getsid"], action: "SCMP_ACT_NOTIFY" },
    {
      names: ["kcmp"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: 7,
      args: [{ index: 0, op: "SCMP_CMP_GE", value: 1n << 32n }],
    },
  ],
};

/** Profile, call (ABI, number, arguments), what comes of it; `done`: no error. */
const CALLS: readonly (readonly [profile: string, call: string, result: string])[] = [
  ["docker-new-01", "x86_64 110", DONE], // getppid
  ["docker-new-01", "x86_64 135 0xffffffff", DONE], // personality, to ask
  ["docker-new-01", "x86_64 135 0x1000000", EPERM],
  ["docker-new-01", "x86_64 135 0x100000008", EPERM], // 8 only in the low word
  ["docker-new-01", "x86_64 41 2 1 0", DONE], // socket: AF_INET
  ["docker-new-01", "x86_64 41 40 1 0", EPERM], // AF_VSOCK
  ["docker-new-01", "x86_64 41 38 5 0", EPERM], // AF_ALG
  ["docker-new-01", "x86_64 435 0 0", ENOSYS], // clone3
  ["docker-new-01", "x86_64 165", EPERM], // mount
  ["docker-new-01", "x86_64 250", EPERM], // keyctl
  ["docker-new-01", "x86_64 56 0x10000000", EPERM], // clone: CLONE_NEWUSER
  ["docker-new-01", "x86_64 56 0x800", EINVAL], // CLONE_SIGHAND without CLONE_VM: passes, and fails in the kernel
  ["docker-new-01", "x86_64 469", ENOSYS], // newer than the profile
  ["docker-new-01", "x86_64 1000", ENOSYS],
  ["docker-new-01", "x86_64 0xffffffff", ENOSYS],
  ["docker-new-01", "x86_64 0x400000a5", EPERM], // mount of x32
  ["docker-new-01", "i386 20", DONE], // getpid
  ["docker-new-01", "i386 21", EPERM], // mount
  ["docker-new-01", "i386 136 0xffffffff", DONE],
  ["docker-new-01", "i386 136 0x1000000", EPERM],
  ["docker-new-01", "i386 102 1 0", EFAULT], // socketcall(SYS_SOCKET): passes
  ["docker-new-01", "i386 359 40 1 0", EPERM],
  ["docker-new-01", "i386 1000", ENOSYS],
  ["podman-old-12", "x86_64 41 16 3 9", EINVAL], // AF_NETLINK, NETLINK_AUDIT
  ["podman-old-12", "x86_64 41 16 3 0", DONE],
  ["podman-old-12", "x86_64 161", EPERM], // chroot
  ["podman-old-12", "x86_64 250", EINVAL], // keyctl for key 0: passes
  ["actions", "x86_64 110", SIGSYS],
  ["actions", "x86_64 102", SIGSYS],
  ["actions", "x86_64 104", SIGSYS],
  ["actions", "x86_64 107", DONE],
  ["actions", "x86_64 108", ENOSYS], // no tracer
  ["actions", "x86_64 111", "0"],
  ["actions", "x86_64 95", "-13"],
  ["actions", "x86_64 124", ENOSYS], // no listener
  ["actions", "x86_64 312 0x100000000", "-7"],
  ["actions", "x86_64 312 0xffffffff", "-3"], // kcmp looks for such a process: ESRCH
  ["actions", "i386 20", SIGSYS], // an architecture that is not listed
  ["actions", "x86_64 0x40000027", SIGSYS], // x32 that is not listed
];

export function runKernel(): Tally[] {
  const accepted = new Tally("kernel: filters accepted");
  const calls = new Tally("kernel: calls under a filter");
  const built = buildC("kernel.c");
  if (!("path" in built)) {
    for (const tally of [accepted, calls]) tally.skip(built.reason);
    return [accepted, calls];
  }
  checkAccepted(built.path, accepted);
  if (process.arch === "x64") checkCalls(built.path, calls);
  else calls.skip(`the calls are those of x86_64, this is ${process.arch}`);
  return [accepted, calls];
}

function checkAccepted(program: string, tally: Tally): void {
  const named = [
    ...readCases().map(({ name, profile, native }) => ({
      name,
      profile,
      native: native ?? "x86_64",
    })),
    ...engineProfiles(),
    ...generatedProfiles(),
  ];
  const filters = named.flatMap(({ name, profile, native }) => {
    try {
      return [{ name, filter: compile(profileText(profile, native).text) }];
    } catch (error) {
      if (error instanceof CompileError) return [];
      throw error;
    }
  });
  filters.push({ name: "the longest", filter: longest(tally) });
  const answers = talk(
    program,
    filters.map(({ filter }) => `F ${filter.toString("hex")}`),
  );
  filters.forEach(({ name }, i) => {
    tally.check(answers[i] === "ok", () => `${name}: errno ${answers[i]}`);
  });
}

/** The longest filter of its kind; with one rule more the compiler must refuse. */
function longest(tally: Tally): Buffer {
  const text = (rules: number) => {
    const args = Array.from({ length: rules }, (_, i) => ({
      index: 0,
      op: "SCMP_CMP_EQ",
      value: i * 3,
    }));
    return plainText({
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [{ names: ["personality"], action: "SCMP_ACT_ALLOW", args }],
    });
  };
  for (let rules = 1000; ; rules++) {
    try {
      compile(text(rules));
    } catch (error) {
      const message = String((error as Error).message);
      tally.check(/4096/.test(message), () => `${rules} rules: ${message}`);
      const filter = compile(text(rules - 1));
      tally.check(
        filter.length / 8 > MAX_INSTRUCTIONS - 8,
        () => `the longest has ${filter.length / 8}`,
      );
      return filter;
    }
  }
}

function checkCalls(program: string, tally: Tally): void {
  const profiles = new Map([
    ...engineProfiles().map((one) => [one.name, one.profile] as const),
    ["actions", ACTIONS],
  ]);
  const commands = CALLS.flatMap(([profile, call]) => {
    const { text } = profileText(profiles.get(profile)!, "x86_64");
    return [`F ${compile(text).toString("hex")}`, `C ${call}`];
  });
  const answers = talk(program, commands);
  CALLS.forEach(([profile, call, expected], i) => {
    const answer = answers[2 * i + 1]!;
    const holds = expected === DONE ? /^\d+$/.test(answer) : answer === expected;
    tally.check(holds, () => `${profile}: ${call}: ${answer}, not ${expected}`);
  });
}

export function talk(program: string, commands: readonly string[]): string[] {
  const input = commands.map((command) => `${command}\n`).join("");
  return execFileSync(program, { input, encoding: "utf8", maxBuffer: 1 << 28 }).split("\n");
}
