// exec: who the program is and what it may do: from the command line, from a process document, from the container.
// Spec: config.md#process (exec is runc's)

import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { grant, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { exec, execInfo, idle, processFile, shell } from "../harness/exec.ts";
import { receive } from "../harness/helpers.ts";
import { messageOf } from "../harness/message.ts";
import { type Act, type Info, parse } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";
import type { Process } from "../harness/types.ts";

const test = spec("runtime/exec-process");

const KILL = 5;
const NET_BIND_SERVICE = 10;
const AUDIT_WRITE = 29;
const SYS_PTRACE = 19;

// --- from the command line

test("without options it is as the container's process (config.md#process)", async (t) => {
  const container = await idle(t, ({ process }) => {
    process.user = { uid: 7, gid: 8, additionalGids: [9, 10] };
    process.cwd = "/tmp";
    process.env.push("OWN=1");
    process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 100, hard: 200 }];
    process.oomScoreAdj = 500;
  });
  const seen = await execInfo(t, container);
  assert.equal([seen.uid[0], seen.gid[0], seen.groups], [7, 8, [9, 10]]);
  assert.is(seen.cwd, "/tmp");
  assert.ok(seen.env.includes("OWN=1"));
  assert.equal(seen.rlimits.RLIMIT_NOFILE ?? seen.rlimits.nofile ?? seen.rlimits.NOFILE, [
    "100",
    "200",
  ]);
  assert.is(seen.oomScoreAdj?.trim(), "500");
  assert.is(seen.noNewPrivileges, 1);
  assert.equal(seen.capabilities.bounding, [KILL, NET_BIND_SERVICE, AUDIT_WRITE]);
  assert.equal(seen.capabilities.inheritable, []);
  assert.equal(seen.capabilities.ambient, []);
});

test("the umask is the container's (config.md#user)", { since: "1.2: umask" }, async (t) => {
  const container = await idle(t, ({ process }) => {
    process.user.umask = 0o27;
  });
  assert.is((await execInfo(t, container)).umask, 0o27);
});

test("--env is added, and the last of a name counts (config.md#process)", async (t) => {
  const container = await idle(t, ({ process }) => process.env.push("A=container"));
  const { env } = await execInfo(t, container, ["-e", "A=1,2", "-e", "B=x", "-e", "B=y"]);
  assert.ok(env.includes("A=1,2"));
  assert.ok(env.includes("B=y"));
  assert.not.ok(env.includes("B=x"));
  assert.not.ok(env.includes("A=container"));
  assert.ok(env.includes("TERM=xterm"));
});

for (const [user, uid, gid] of [
  ["1000", 1000, 4],
  ["1000:100", 1000, 100],
  ["0:0", 0, 0],
  ["2147483647:2147483646", 2147483647, 2147483646],
] as const) {
  test(`--user ${user} (config.md#user)`, async (t) => {
    const container = await idle(t, ({ process }) => {
      process.user = { uid: 3, gid: 4 };
    });
    const seen = await execInfo(t, container, ["--user", user]);
    assert.equal(seen.uid.slice(0, 3), [uid, uid, uid]);
    assert.equal(seen.gid.slice(0, 3), [gid, gid, gid]);
  });
}

for (const user of ["root", "0:wheel", "1x", " 1", "0x1"]) {
  test(`--user ${JSON.stringify(user)} is no number (config.md#user)`, async (t) => {
    const container = await idle(t);
    const result = await exec(t, container, ["-u", user], ["true"]);
    assert.is(result.code, 255);
    assert.match(messageOf(result), /[ug]id/);
  });
}

for (const user of ["-1", "4294967295", "4294967296", "99999999999999999999"]) {
  test(`--user ${user} is no user's number (config.md#user)`, {
    deviates: "it is cut to 32 bits",
  }, async (t) => {
    const container = await idle(t);
    const result = await exec(t, container, [`--user=${user}`], ["true"]);
    assert.is(result.code, 255);
    assert.match(messageOf(result), /bad uid/);
  });
}

test("--additional-gids are added (config.md#user)", async (t) => {
  const container = await idle(t, ({ process }) => {
    process.user = { uid: 0, gid: 0, additionalGids: [5] };
  });
  assert.equal((await execInfo(t, container, ["-g", "6", "-g", "7"])).groups, [5, 6, 7]);
});

test("HOME is the user's (config.md#process)", async (t) => {
  const container = await idle(t, (_config, { rootfs }) => {
    writeFileSync(join(rootfs, "etc", "passwd"), "u:x:1000:1000::/home/of/u:/bin/sh\n");
  });
  const { env } = await execInfo(t, container, ["-u", "1000"]);
  assert.ok(env.includes("HOME=/home/of/u"));
});

test("--cwd (config.md#process)", async (t) => {
  const container = await idle(t);
  assert.is((await execInfo(t, container, ["--cwd", "/tmp"])).cwd, "/tmp");
});

test("--cap adds to bounding, effective and permitted, never to inheritable (config.md#linux-process)", async (t) => {
  const container = await idle(t);
  const { capabilities } = await execInfo(t, container, ["--cap", "CAP_SYS_PTRACE"]);
  const all = [KILL, NET_BIND_SERVICE, SYS_PTRACE, AUDIT_WRITE];
  assert.equal(capabilities.bounding, all);
  assert.equal(capabilities.effective, all);
  assert.equal(capabilities.permitted, all);
  assert.equal(capabilities.inheritable, []);
  assert.equal(capabilities.ambient, []);
});

test("--cap of what is inheritable becomes ambient (config.md#linux-process)", {
  since: "1.2: --cap leaves ambient capabilities alone",
}, async (t) => {
  const container = await idle(t, ({ process }) => {
    process.capabilities!.inheritable = ["CAP_KILL"];
    process.user = { uid: 1000, gid: 1000 };
  });
  const { capabilities } = await execInfo(t, container, ["-c", "CAP_KILL", "-c", "CAP_SYS_PTRACE"]);
  assert.equal(capabilities.ambient, [KILL]);
  assert.equal(capabilities.inheritable, [KILL]);
});

test("another user has no capabilities by itself (config.md#linux-process)", async (t) => {
  const container = await idle(t);
  const { capabilities } = await execInfo(t, container, ["-u", "1000"]);
  assert.equal(capabilities.ambient, []);
  assert.equal(capabilities.inheritable, []);
  const inShell = await shell(t, container, "grep CapEff /proc/self/status", "-u", "1000");
  assert.match(inShell, /CapEff:\s*0{16}/);
});

for (const [flag, own, expected] of [
  ["--no-new-privs", false, 1],
  ["--no-new-privs=false", true, 0],
] as const) {
  test(`${flag} (config.md#linux-process)`, async (t) => {
    const container = await idle(t, ({ process }) => {
      process.noNewPrivileges = own;
    });
    assert.is((await execInfo(t, container, [flag])).noNewPrivileges, expected);
  });
}

test("--apparmor and --process-label without such a module (config.md#linux-process)", {
  needs: ["no AppArmor", "no SELinux"],
}, async (t) => {
  const container = await idle(t);
  const profile = await exec(t, container, ["--apparmor", "some"], ["true"]);
  assert.is(profile.code, 255);
  assert.match(messageOf(profile), /apparmor/);
});

// --- from a document

test("--process says all that the program is (config.md#process)", async (t) => {
  const container = await idle(t, ({ process }) => {
    process.env.push("OF=container");
    process.user = { uid: 5, gid: 6 };
  });
  const file = processFile(t, {
    user: { uid: 1000, gid: 100, additionalGids: [100, 200] },
    env: ["PATH=/bin", "F=1"],
    cwd: "/tmp",
    capabilities: { bounding: ["CAP_KILL"], effective: [], permitted: [], inheritable: [] },
    rlimits: [{ type: "RLIMIT_NOFILE", soft: 50, hard: 60 }],
  });
  const result = await exec(t, container, ["--process", file], []);
  const seen = parse<Info>(succeeded("exec", result).stdout);
  assert.equal([seen.uid[0], seen.gid[0], seen.groups], [1000, 100, [100, 200]]);
  assert.equal(
    seen.env.filter((entry) => !entry.startsWith("HOME=")),
    ["PATH=/bin", "F=1"],
  );
  assert.is(seen.cwd, "/tmp");
  assert.equal(seen.capabilities.bounding, [KILL]);
  // only what the document says, though the container has it
  assert.is(seen.noNewPrivileges, 0);
});

test("the container's capabilities where the document has none (config.md#process)", async (t) => {
  const container = await idle(t);
  const file = processFile(t, { env: ["PATH=/bin"] });
  const seen = parse<Info>(succeeded("exec", await exec(t, container, ["-p", file], [])).stdout);
  assert.equal(seen.capabilities.bounding, [KILL, NET_BIND_SERVICE, AUDIT_WRITE]);
});

test("the container's limits where the document has none (config.md#process)", {
  deviates: "it leaves its caller's limits",
}, async (t) => {
  const container = await idle(t, ({ process }) => {
    process.rlimits = [{ type: "RLIMIT_CORE", soft: 11, hard: 12 }];
  });
  const file = processFile(t, { env: ["PATH=/bin"] });
  const seen = parse<Info>(succeeded("exec", await exec(t, container, ["-p", file], [])).stdout);
  assert.ok(Object.values(seen.rlimits).some(([soft, hard]) => soft === "11" && hard === "12"));
});

for (const [what, text, message] of [
  ["is not there", null, /no such file or directory/],
  ["is no JSON", "{", /JSON|unexpected/i],
  ["has no arguments", '{"cwd":"/","args":[]}', /args/],
  ["has a relative directory", '{"cwd":"x","args":["true"]}', /absolute path/],
] as const) {
  test(`a document that ${what}: 255 (config.md#process)`, async (t) => {
    const container = await idle(t);
    const path = join(t.dir, "p.json");
    if (text !== null) writeFileSync(path, text);
    const result = await exec(t, container, ["--process", path], []);
    assert.is(result.code, 255);
    assert.match(messageOf(result), message);
  });
}

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), "..", "fixtures", "engines");
const DOCUMENTS = readdirSync(FIXTURES).filter((name) => name.includes("-exec-"));

/** What the recorded programs print. */
const OUTPUT = new Map<string, RegExp>([
  ["tty", /^\/dev\/(pts\/)?\d+/],
  ["echo hi", /^hi$/m],
  ["sh -c id -u; pwd", /^1000\r?\n\/tmp/],
  ["sh -c id -u; id -g", /^1000\r?\n100/],
  ["sh -c id -u; pwd; echo $F", /^1000\r?\n\/tmp/],
]);

for (const name of DOCUMENTS) {
  test(`${name} runs as its engine asks (config.md#process)`, async (t) => {
    const recorded = JSON.parse(readFileSync(join(FIXTURES, name), "utf8")) as Process;
    const container = await idle(t, (config, { rootfs }) => {
      grant(config, ...(recorded.capabilities?.bounding ?? []));
      symlinkSync("busybox", join(rootfs, "bin", "tty"));
    });
    const file = join(t.dir, "recorded.json");
    writeFileSync(file, JSON.stringify(recorded));
    const console = recorded.terminal ? await receive(t, "console") : null;
    const pidFile = join(t.dir, "exec.pid");
    const flags = ["--process", file, "--detach", "--pid-file", pidFile];
    if (console) flags.push("--console-socket", console.path);
    const { stdout } = succeeded("exec", await exec(t, container, flags, []));
    const printed = console ? (await console.call.closed).stdout.split("\n").slice(2) : [stdout];
    assert.match(printed.join("\n"), OUTPUT.get(recorded.args.join(" "))!);
    assert.ok(existsSync(pidFile));
  });
}

// --- what is the container's for every process of it

test("the container's filter (config-linux.md#seccomp)", { needs: ["x86-64"] }, async (t) => {
  const container = await idle(t, ({ linux }) => {
    linux.seccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      architectures: ["SCMP_ARCH_X86_64"],
      syscalls: [{ names: ["getpriority"], action: "SCMP_ACT_ERRNO", errnoRet: 38 }],
    };
  });
  for (const flag of ["--no-new-privs", "--no-new-privs=false"]) {
    const result = await exec(t, container, [flag], ["/bin/probe", "syscall", "140", "0", "0"]);
    assert.is(parse<Act>(succeeded("exec", result).stdout).errno, "ENOSYS", flag);
  }
});

test("the container's keyring, personality, I/O priority (config.md#linux-process)", {
  since: "1.2: ioPriority",
}, async (t) => {
  const container = await idle(t, ({ process }) => {
    process.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 6 };
  });
  const seen = await execInfo(t, container);
  assert.equal(seen.ioPriority, { class: 2, data: 6 });
  assert.match(seen.keyring ?? "", new RegExp(`_ses\\.${container.id}`));
});

test("no keyring of its own where the container has none (config.md#linux-process)", async (t) => {
  const bundle = t.bundle((config) => script(config, "sleep 100"));
  const container = await t.create(bundle, { flags: ["--no-new-keyring"] });
  await container.start();
  const { keyring } = await execInfo(t, container);
  assert.not.ok(keyring?.includes(`_ses.${container.id}`));
});

test("execCPUAffinity: final (config.md#linux-process)", {
  needs: ["two CPUs"],
  since: "1.3: execCPUAffinity",
}, async (t) => {
  const container = await idle(t, ({ process }) => {
    process.execCPUAffinity = { initial: "0", final: "1" };
  });
  assert.equal((await execInfo(t, container)).affinity, [1]);
});

test("execCPUAffinity: initial alone stays (config.md#linux-process)", {
  needs: ["two CPUs"],
  since: "1.3: execCPUAffinity",
}, async (t) => {
  const container = await idle(t, ({ process }) => {
    process.execCPUAffinity = { initial: "1" };
  });
  const [first] = (await execInfo(t, container)).affinity;
  assert.ok(first === 1 || first === 0);
});

test("edits of the bundle since then do not matter (runtime.md#lifecycle)", {
  deviates: "it reads the bundle's config.json again",
}, async (t) => {
  const container = await idle(t, ({ process }) => process.env.push("KEPT=yes"));
  const { bundle } = await container.state();
  writeFileSync(join(bundle, "config.json"), "not even JSON");
  assert.ok((await execInfo(t, container)).env.includes("KEPT=yes"));
});

test.run();
