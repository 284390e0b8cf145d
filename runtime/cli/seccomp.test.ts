// seccomp through main(), with the real compiler behind files in memory.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fakeWorld } from "../host/testing.ts";
import { main } from "../main.ts";
import { host } from "../node/addon.ts";

const test = suite("cli/seccomp");

const PROFILE = {
  defaultAction: "SCMP_ACT_ERRNO",
  architectures: ["SCMP_ARCH_X86"],
  syscalls: [
    { names: ["read", "mseal"], action: "SCMP_ACT_ALLOW" },
    {
      names: ["socket"],
      action: "SCMP_ACT_ALLOW",
      args: [{ index: 0, value: 40, op: "SCMP_CMP_NE" }],
    },
    { names: ["mount"], action: "SCMP_ACT_ERRNO", errnoRet: 0 },
    { names: ["ptrace"], action: "SCMP_ACT_TRACE", errnoRet: 5000 },
    { names: ["reboot"], action: "SCMP_ACT_KILL_PROCESS" },
    { names: ["kexec_load"], action: "SCMP_ACT_LOG" },
  ],
};
const CONFIG = {
  ociVersion: "1.3.0",
  process: { cwd: "/", args: ["sh"] },
  root: { path: "rootfs" },
};

async function trunc(line: string, files: Record<string, object | string> = {}) {
  const world = fakeWorld();
  const present = {
    "/p.json": PROFILE,
    "/b/config.json": { ...CONFIG, linux: { seccomp: PROFILE } },
    ...files,
  };
  for (const [path, content] of Object.entries(present))
    world.files.set(path, typeof content === "string" ? content : JSON.stringify(content));
  const both = { ...world.host, seccomp: host.seccomp, facts: () => world.facts };
  const code = await main(both, line.split(" "), () => undefined);
  return { code, out: world.output[1], err: world.output[2] };
}

const NEWER =
  ": newer than all calls that these name, so it fails as one that the kernel does not have";
const VERDICTS: [call: string, code: number, out: string][] = [
  ["read", 0, "read() on x86_64: SCMP_ACT_ALLOW by syscalls/0"],
  ["socket AF_INET", 0, "socket(0x2) on x86_64: SCMP_ACT_ALLOW by syscalls/1/args/0"],
  [
    "socket 40",
    2,
    "socket(0x28) on x86_64: SCMP_ACT_ERRNO 1 (EPERM) by defaultAction: no rule holds",
  ],
  ["--arch x86 socketcall 1", 0, "socketcall(0x1) on x86: SCMP_ACT_ALLOW by syscalls/1"],
  ["mount -1", 2, "mount(0xffffffffffffffff) on x86_64: SCMP_ACT_ERRNO 0 by syscalls/2"],
  ["ptrace", 4, "ptrace() on x86_64: SCMP_ACT_TRACE 5000 by syscalls/3"],
  ["reboot", 2, "reboot() on x86_64: SCMP_ACT_KILL_PROCESS by syscalls/4"],
  ["kexec_load", 0, "kexec_load() on x86_64: SCMP_ACT_LOG by syscalls/5"],
  ["9999", 2, `9999() on x86_64: SCMP_ACT_ERRNO 38 (ENOSYS) by syscalls${NEWER}`],
  [
    "read --arch SCMP_ARCH_X32",
    2,
    "read() on x32: SCMP_ACT_KILL_THREAD by architectures: not in this list",
  ],
];
for (const [call, code, text] of VERDICTS) {
  test(`seccomp test ${call}`, async () => {
    const out = `${text.replace(" by ", " by /linux/seccomp/")}\n`;
    for (const source of ["/p.json", "/b", "/b/config.json"])
      assert.equal(await trunc(`seccomp test ${source} ${call}`), { code, out, err: "" });
  });
}

const REFUSED: [line: string, err: string, files?: Record<string, object | string>][] = [
  ["test /p.json raed", 'unknown system call "raed" on x86_64; did you mean read?'],
  [
    "test /p.json semop --arch x86",
    "semop has no number of its own on x86: test ipc with 1 as its first argument",
  ],
  ["test /p.json 0x40000000", 'unknown system call "0x40000000" on x86_64'],
  ["test /p.json socket AF_VSOK", '"AF_VSOK" is no number of 64 bits; did you mean AF_VSOCK?'],
  ["test /p.json read 1 2 3 4 5 6 7", "a system call has six arguments, not 7"],
  ["test /p.json", '"seccomp test" needs the name of a system call'],
  ["disasm /p.json read", '"seccomp disasm" takes one bundle or profile'],
  ["show /p.json", '"seccomp" knows disasm and test, not "show"'],
  ["disasm /none", "cannot read /none: open: ENOENT (no such file or directory): /none"],
  [
    "disasm /b",
    "config.json: /linux/seccomp: is not there: no system call is filtered",
    { "/b/config.json": CONFIG },
  ],
  [
    "disasm /p.json",
    '/p.json: /linux/seccomp/architectures/0: "SCMP_ARCH_VAX"',
    { "/p.json": { ...PROFILE, architectures: ["SCMP_ARCH_VAX"] } },
  ],
  [
    "disasm /p.json",
    "/p.json: /linux/seccomp/syscalls/6: the same conditions on the same system call",
    {
      "/p.json": {
        ...PROFILE,
        syscalls: [...PROFILE.syscalls, { ...PROFILE.syscalls[1], action: "SCMP_ACT_LOG" }],
      },
    },
  ],
  [
    "disasm /p.json",
    '/p.json: is a profile for an engine ("archMap")',
    { "/p.json": { archMap: [] } },
  ],
  ["disasm /p.json", "/p.json: ", { "/p.json": '{}},"hooks":{}' }],
];
for (const [line, err, files] of REFUSED) {
  test(`seccomp ${line}: ${err}`, async () => {
    const said = await trunc(`seccomp ${line}`, files);
    assert.is(said.code, 1);
    assert.is(said.out, "");
    assert.ok(said.err.startsWith(`trunc: ${err}`), said.err);
  });
}

test("seccomp test --format json", async () => {
  const { out } = await trunc("seccomp test -f json /b socket AF_VSOCK 1");
  const { instructions, ...rest } = JSON.parse(out);
  assert.type(instructions, "number");
  assert.equal(rest, {
    syscall: "socket",
    number: 41,
    arch: "SCMP_ARCH_X86_64",
    args: ["0x28", "0x1"],
    action: "SCMP_ACT_ERRNO",
    errnoRet: 1,
    errno: "EPERM",
    by: "default",
    at: "/linux/seccomp/defaultAction",
  });
});

test("seccomp disasm shows the filter, as text and as JSON", async () => {
  const { code, out } = await trunc("seccomp disasm /b");
  assert.is(code, 0);
  assert.match(out, /^0000 {2}load arch\n/);
  assert.match(out, /\n\nx86_64:\n0002/);
  assert.match(out, /\n\nx86:\n/);
  assert.match(out, /load args\[0\]\.low {2}# socket\n/);
  const steps = JSON.parse((await trunc("seccomp disasm /b -f json")).out);
  assert.equal(steps[0], { index: 0, op: "load", field: "arch" });
  assert.equal(
    steps.filter((step: { action?: string }) => step.action === "TRACE(5000)").length > 0,
    true,
  );
});

test.run();
