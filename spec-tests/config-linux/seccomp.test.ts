// linux.seccomp: real system calls under real filters; the compiler itself is judged elsewhere.
// Spec: config-linux.md#seccomp

import { readFileSync, readlinkSync } from "node:fs";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { receive } from "../harness/helpers.ts";
import { type Act, ask } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";

const test = spec("config-linux/seccomp");

/** getpriority(2) on x86-64 and arm64: the runtimes' own last steps never need it. */
const NUMBER = process.arch === "x64" ? "140" : "141";
const ARCH = process.arch === "x64" ? "SCMP_ARCH_X86_64" : "SCMP_ARCH_AARCH64";

type Rule = Record<string, unknown>;

function filter(...syscalls: Rule[]) {
  return (config: Config) => {
    config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", architectures: [ARCH], syscalls };
  };
}

const rule = (action: string, extra: Rule = {}): Rule => ({
  names: ["getpriority"],
  action,
  ...extra,
});

const arg = (
  index: number,
  value: number | bigint,
  op: string,
  valueTwo?: number | bigint,
): Rule => ({
  args: [valueTwo === undefined ? { index, value, op } : { index, value, valueTwo, op }],
});

/** getpriority(PRIO_PROCESS = 0, 0) gives 20 - nice as a system call. */
const ERRNOS: [what: string, rule: Rule, argv: string[], errno: string | undefined][] = [
  ["ERRNO without errnoRet is EPERM", rule("SCMP_ACT_ERRNO"), ["0", "0"], "EPERM"],
  ["errnoRet", rule("SCMP_ACT_ERRNO", { errnoRet: 38 }), ["0", "0"], "ENOSYS"],
  ["ALLOW", rule("SCMP_ACT_ALLOW"), ["0", "0"], undefined],
  ["LOG allows", rule("SCMP_ACT_LOG"), ["0", "0"], undefined],
  [
    "an argument that is equal",
    rule("SCMP_ACT_ERRNO", arg(1, 7, "SCMP_CMP_EQ")),
    ["0", "7"],
    "EPERM",
  ],
  [
    "an argument that is not",
    rule("SCMP_ACT_ERRNO", arg(1, 7, "SCMP_CMP_EQ")),
    ["0", "0"],
    undefined,
  ],
  ["not equal", rule("SCMP_ACT_ERRNO", arg(1, 7, "SCMP_CMP_NE")), ["0", "0"], "EPERM"],
  ["greater or equal", rule("SCMP_ACT_ERRNO", arg(0, 5, "SCMP_CMP_GE")), ["5", "0"], "EPERM"],
  ["less than", rule("SCMP_ACT_ERRNO", arg(0, 1, "SCMP_CMP_LT")), ["0", "0"], "EPERM"],
  [
    "masked",
    rule("SCMP_ACT_ERRNO", arg(0, 0xf0, "SCMP_CMP_MASKED_EQ", 0x10)),
    ["0x1f", "0"],
    "EPERM",
  ],
  [
    "a 64-bit argument, beyond what a double holds",
    rule("SCMP_ACT_ERRNO", arg(1, 2n ** 63n + 1n, "SCMP_CMP_EQ")),
    ["0", "0x8000000000000001"],
    "EPERM",
  ],
  [
    "its neighbour is another",
    rule("SCMP_ACT_ERRNO", arg(1, 2n ** 63n + 1n, "SCMP_CMP_EQ")),
    ["0", "0x8000000000000000"],
    undefined,
  ],
];

for (const [what, syscall, argv, errno] of ERRNOS) {
  test(`${what} (config-linux.md#seccomp)`, async (t) => {
    const act = await ask<Act>(t, ["syscall", NUMBER, ...argv], filter(syscall));
    assert.is(act.errno, errno);
  });
}

test("defaultAction ERRNO with a list of what is allowed (config-linux.md#seccomp)", async (t) => {
  const act = await ask<Act>(t, ["syscall", NUMBER, "0", "0"], (config) => {
    config.linux.seccomp = {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 1,
      architectures: [ARCH],
      syscalls: [{ names: EVERYTHING_ELSE, action: "SCMP_ACT_ALLOW" }],
    };
  });
  assert.is(act.errno, "EPERM");
});

/** What a small static program, and any runtime's last steps, call. */
const EVERYTHING_ELSE = (
  "access arch_prctl brk capget capset chdir clone clone3 close close_range dup dup2 dup3 epoll_create1 epoll_ctl " +
  "epoll_pwait execve execveat exit exit_group faccessat faccessat2 fchdir fcntl fstat fstatfs futex getcwd " +
  "getdents64 getegid geteuid getgid getgroups getpid getppid getrandom getrlimit gettid getuid ioctl kill lseek " +
  "madvise mmap mprotect mremap munmap nanosleep newfstatat open openat openat2 pipe2 poll ppoll prctl pread64 " +
  "prlimit64 read readlink readlinkat restart_syscall rseq rt_sigaction rt_sigprocmask rt_sigreturn sched_getaffinity " +
  "sched_yield seccomp set_robust_list set_tid_address setgid setgroups setresgid setresuid setsid setuid " +
  "sigaltstack stat statfs statx tgkill umask uname unlink wait4 write writev"
).split(" ");

const DEATHS: [action: string, code: number][] = [
  ["SCMP_ACT_KILL_PROCESS", 128 + 31],
  ["SCMP_ACT_KILL", 128 + 31],
  ["SCMP_ACT_KILL_THREAD", 128 + 31],
  ["SCMP_ACT_TRAP", 128 + 31],
];

for (const [action, code] of DEATHS) {
  test(`${action} ends the process by SIGSYS (config-linux.md#seccomp)`, async (t) => {
    const bundle = t.bundle((config) => {
      args(config, "syscall", NUMBER, "0", "0");
      filter(rule(action))(config);
    });
    assert.is((await t.run(bundle)).code, code);
  });
}

test("unknown names are ignored (config-linux.md#seccomp)", async (t) => {
  const known = rule("SCMP_ACT_ERRNO");
  const act = await ask<Act>(
    t,
    ["syscall", NUMBER, "0", "0"],
    filter({ ...known, names: ["not_a_syscall", "getpriority"] }),
  );
  assert.is(act.errno, "EPERM");
});

test("a system call newer than the profile gets ENOSYS, not the default errno (config-linux.md#seccomp)", async (t) => {
  const act = await ask<Act>(t, ["syscall", "700", "0", "0"], (config) => {
    config.linux.seccomp = {
      defaultAction: "SCMP_ACT_ERRNO",
      architectures: [ARCH],
      syscalls: [{ names: EVERYTHING_ELSE, action: "SCMP_ACT_ALLOW" }],
    };
  });
  assert.is(act.errno, "ENOSYS");
});

for (const value of [true, false]) {
  test(`the filter is installed with noNewPrivileges ${value} (config-linux.md#seccomp)`, async (t) => {
    const bundle = t.bundle((config) => {
      config.process.noNewPrivileges = value;
      config.process.user = { uid: 1000, gid: 1000 };
      filter(rule("SCMP_ACT_ERRNO"))(config);
      script(config, "busybox grep Seccomp: /proc/self/status");
    });
    assert.match(succeeded("run", await t.run(bundle)).stdout, /2/);
  });
}

test("without seccomp there is no filter (config-linux.md#seccomp)", {
  needs: ["no filter around it"],
}, async (t) => {
  const bundle = t.bundle((config) => script(config, "busybox grep Seccomp: /proc/self/status"));
  const here = /Seccomp:\s*(\d)/.exec(readFileSync("/proc/self/status", "utf8"))![1]!;
  assert.match(succeeded("run", await t.run(bundle)).stdout, new RegExp(here));
});

test("a denied execve is the container's error (config-linux.md#seccomp)", async (t) => {
  const bundle = t.bundle(filter({ names: ["execve"], action: "SCMP_ACT_ERRNO" }));
  const result = await t.run(bundle);
  assert.is.not(result.code, 0);
  assert.match(result.stderr, /operation not permitted/);
});

const FLAGS = [
  "SECCOMP_FILTER_FLAG_LOG",
  "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
  "SECCOMP_FILTER_FLAG_TSYNC",
];

for (const flag of FLAGS) {
  test(`flag ${flag} (config-linux.md#seccomp)`, { since: "1.2: all flags" }, async (t) => {
    const act = await ask<Act>(t, ["syscall", NUMBER, "0", "0"], (config) => {
      filter(rule("SCMP_ACT_ERRNO"))(config);
      config.linux.seccomp!.flags = [flag];
    });
    assert.is(act.errno, "EPERM");
  });
}

for (const [answer, errno] of [
  ["13", "EACCES"],
  ["continue", undefined],
] as const) {
  test(`NOTIFY: the listener answers ${answer} (config-linux.md#seccomp)`, async (t) => {
    const listener = await receive(t, "seccomp", answer);
    const act = await ask<Act>(t, ["syscall", NUMBER, "0", "0"], (config) => {
      filter(rule("SCMP_ACT_NOTIFY"))(config);
      config.linux.seccomp!.listenerPath = listener.path;
      config.linux.seccomp!.listenerMetadata = "for the agent";
    });
    assert.is(act.errno, errno);
    await listener.call.sees(`syscall ${NUMBER}`);
  });
}

test("NOTIFY: the listener's message (config-linux.md#containerprocessstate)", async (t) => {
  const listener = await receive(t, "seccomp", "continue");
  const bundle = t.bundle((config) => {
    filter(rule("SCMP_ACT_NOTIFY"))(config);
    config.linux.seccomp!.listenerPath = listener.path;
    config.linux.seccomp!.listenerMetadata = "for the agent";
    args(config, "idle");
  });
  const container = await t.create(bundle);
  const message = await listener.message();
  assert.is(message.fds, 1);
  assert.is(message.rest, 0, "one state, then the connection is closed");
  assert.match(message.file, /seccomp notify/);
  const data = JSON.parse(message.data);
  const state = await container.state();
  assert.equal(data.fds, ["seccompFd"]);
  assert.is(data.metadata, "for the agent");
  assert.is(data.pid, state.pid);
  assert.is(data.state.id, container.id);
  assert.is(data.state.bundle, bundle.dir);
  assert.ok(readlinkSync(`/proc/${state.pid}/ns/pid`));
});

test("NOTIFY without listenerPath is an error (config-linux.md#seccomp)", async (t) => {
  const bundle = t.bundle(filter(rule("SCMP_ACT_NOTIFY")));
  const result = await t.run(bundle);
  assert.is(result.code, 1);
  assert.match(result.stderr, /listener/i);
});

test("NOTIFY with nobody at listenerPath is an error (config-linux.md#seccomp)", async (t) => {
  const bundle = t.bundle((config) => {
    filter(rule("SCMP_ACT_NOTIFY"))(config);
    config.linux.seccomp!.listenerPath = "/nonexistent/listener";
  });
  const result = await t.run(bundle);
  assert.is(result.code, 1);
  assert.match(result.stderr, /no such file or directory/);
});

test("a profile may deny getcwd, with and without no-new-privileges (config-linux.md#seccomp)", {
  deviates: "checks the working directory beneath the filter",
}, async (t) => {
  for (const noNewPrivileges of [true, false]) {
    const bundle = t.bundle((config) => {
      filter({ names: ["getcwd"], action: "SCMP_ACT_ERRNO" })(config);
      config.process.noNewPrivileges = noNewPrivileges;
      config.process.cwd = "/tmp";
      script(config, "ls -d /proc/self/cwd/../bin");
    });
    const { stdout } = succeeded("run", await t.run(bundle));
    assert.is(stdout, "/proc/self/cwd/../bin\n");
  }
});

test.run();
