// What comes with the call, and must not decide: environments, directories, names, numbers.
// Spec: none; docs/security.md, rules 8, 9, 11, 12: T8, T9, T11, T12, T13, CVE-2025-23266, CVE-2024-40635, CVE-2026-30892,
// CVE-2022-29162, CVE-2022-27650, CVE-2024-3154

import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { exec, execInfo, idle, processFile } from "../harness/exec.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { reused } from "../races/reused.ts";
import { attack } from "./attack.ts";

const test = spec("attacks/callers");

/** A hook that writes down its environment and its directory. */
async function hooked(
  t: Sandbox,
  dir: string,
): Promise<{ env: string; cwd: string; rootfs: string }> {
  const out = join(dir, "hook");
  const bundle = t.bundle((config) => {
    const text = `busybox env >${out}.env; busybox pwd >${out}.cwd`;
    config.hooks = { createRuntime: [{ path: "/bin/busybox", args: ["sh", "-c", text] }] };
    config.process.args = ["/bin/true"];
  });
  await t.run(bundle, [], { env: { LD_PRELOAD: "/evil.so", SECRET: "s" }, cwd: bundle.rootfs });
  const read = (name: string) => readFileSync(`${out}.${name}`, "utf8");
  return { env: read("env"), cwd: read("cwd").trim(), rootfs: bundle.rootfs };
}

attack(test, "a hook with the caller's environment (CVE-2025-23266)", "runc", async (t, dir) => {
  const { env } = await hooked(t, dir);
  return /^(LD_PRELOAD|SECRET)=.*/m.exec(env)?.[0];
});

attack(test, "a hook in the image's directory (CVE-2025-23266)", "weak host", async (t, dir) => {
  const { cwd, rootfs } = await hooked(t, dir);
  if (cwd === rootfs) return "the hook ran in the image";
  assert.is(`${cwd}/rootfs`, rootfs);
  return undefined;
});

/** Ids that are no user: each could end as 0 where bits are cut off or text is read loosely. */
const NO_USERS = [
  "4294967296",
  "4294967295",
  "18446744073709551616",
  "-1",
  "0x0",
  "1.5",
  "1e3",
  " 1",
  "1 ",
  "",
];

const asUser = (uid: string) =>
  `{"ociVersion":"1.0.2","root":{"path":"rootfs"},"process":{"user":{"uid":${uid || '""'},"gid":0},"args":["/bin/id"],"cwd":"/"},"linux":{"namespaces":[{"type":"mount"}]}}`;

for (const uid of ["4294967296", "18446744073709551616"]) {
  attack(test, `a user ${uid} whose bits are cut off (CVE-2024-40635)`, "weak host", async (t) => {
    const bundle = t.bundle();
    writeFileSync(join(bundle.dir, "config.json"), asUser(uid));
    const { stdout } = await t.run(bundle);
    return stdout === "" ? undefined : stdout;
  });
}

for (const uid of NO_USERS) {
  test(`a user ${JSON.stringify(uid)} of config.json is nobody, least of all root (CVE-2024-40635)`, {
    deviates: "reads numbers its own way",
  }, async (t) => {
    const bundle = t.bundle();
    const run = (text: string) => {
      writeFileSync(join(bundle.dir, "config.json"), text);
      return t.run(bundle);
    };
    // what it looks like when it is root
    assert.match((await run(asUser("0"))).stdout, /^uid=0/);
    const { code, stdout } = await run(asUser(uid));
    // JSON has white space around numbers, and exponents
    if (uid.trim() === "1" || uid === "1e3") {
      assert.match(stdout, new RegExp(`^uid=${Number(uid)}\\b`));
    } else assert.is.not(code, 0);
    assert.not.match(stdout, /uid=0/);
  });
}

test("users of exec --user are what they say, or nobody (CVE-2026-30892)", {
  deviates: "reads numbers its own way",
  timeoutMs: 90_000,
}, async (t) => {
  const container = await idle(t);
  const asked = async (user: string) => exec(t, container, ["--user", user], ["/bin/id"]);
  assert.match((await asked("0")).stdout, /^uid=0/);
  for (const user of ["1", "1:2", "2147483648", "4294967294"]) {
    assert.match((await asked(user)).stdout, new RegExp(`^uid=${user.split(":")[0]}\\b`), user);
  }
  // an empty one is none: runc's default
  const others = NO_USERS.filter((user) => user !== "");
  for (const user of [...others, "1:4294967296", "1:-1", "1:", ":1", "a"]) {
    const { code, stdout } = await asked(user);
    assert.is.not(code, 0, `${JSON.stringify(user)}: ${stdout}`);
    assert.is(stdout, "", JSON.stringify(user));
  }
});

attack(test, "a limit that a double rounds (T9)", "weak host", async (t) => {
  const exact = "9007199254740993";
  const bundle = t.bundle((config) => {
    config.process.rlimits = [{ type: "RLIMIT_FSIZE", hard: 424242, soft: 424242 }];
    script(config, "cat /proc/self/limits");
  });
  const path = join(bundle.dir, "config.json");
  writeFileSync(path, readFileSync(path, "utf8").replaceAll("424242", exact));
  const { stdout, stderr } = await t.run(bundle);
  const line = /^Max file size.*/m.exec(stdout)?.[0];
  assert.ok(line, stderr);
  return line.includes(exact) ? undefined : line;
});

for (const user of ["4294967296", "1:4294967296", "a", "0x0"]) {
  attack(test, `exec --user ${user} that becomes root (CVE-2026-30892)`, "weak host", async (t) => {
    const { stdout } = await exec(t, await idle(t), ["--user", user], ["/bin/id"]);
    return stdout === "" ? undefined : stdout;
  });
}

attack(
  test,
  "exec --cap that is inheritable (CVE-2022-29162, CVE-2022-27650)",
  "weak host",
  async (t) => {
    const { capabilities } = await execInfo(t, await idle(t), ["--cap", "CAP_KILL"]);
    const { inheritable } = capabilities;
    return inheritable.length === 0 ? undefined : `capabilities ${inheritable} are inheritable`;
  },
);

test("exec --cap fills neither the inheritable nor the ambient set (CVE-2022-29162, CVE-2022-27650)", async (t) => {
  const container = await idle(t);
  const inherited = ["CAP_KILL"];
  // a document may ask for it: the look that follows would see it
  const sets = ["bounding", "effective", "permitted", "inheritable"] as const;
  const capabilities = Object.fromEntries(sets.map((set) => [set, inherited]));
  const file = processFile(t, { capabilities });
  const shown = JSON.parse((await exec(t, container, ["--process", file], [])).stdout);
  assert.equal(shown.capabilities.inheritable, [5]);
  const info = await execInfo(t, container, ["--cap", "CAP_KILL", "--cap", "CAP_SYS_ADMIN"]);
  assert.equal(info.capabilities.inheritable, []);
  assert.equal(info.capabilities.ambient, []);
});

attack(test, "an id that leads out of the state root (T11)", "weak host", async (t) => {
  const bundle = t.bundle((config) => args(config, "info"));
  // a container that is made keeps the streams
  await t.startRuntime(["create", "--bundle", bundle.dir, `../${t.token}`]).exited;
  const isOutside = existsSync(join(t.dir, t.token));
  await t.runtime(["delete", "--force", `../${t.token}`]);
  return isOutside ? "its state lies beside the state root" : undefined;
});

for (const id of ["..", ".", "../x", "a/../../x", "/x", "x/", "a\\..", "%2e%2e", ".x"]) {
  test(`an id ${JSON.stringify(id)} makes nothing anywhere (T11)`, {
    deviates: "takes some of them",
  }, async (t) => {
    const bundle = t.bundle((config) => args(config, "info"));
    for (const command of [["create", "--bundle", bundle.dir], ["delete", "--force"], ["state"]]) {
      assert.is.not((await t.runtime([...command, id])).code, 0, command[0]);
    }
    assert.not.ok(existsSync(join(t.dir, "x")));
  });
}

for (const path of ["/../x", "../x", "/a/../../x", "a/../../../x"]) {
  attack(test, `a cgroup path ${path} (T11, T15)`, "weak host", async (t) => {
    const bundle = t.bundle((config) => {
      config.linux.cgroupsPath = path.replace("x", t.token);
      script(config, "echo ran");
    });
    const { stdout, stderr } = await t.run(bundle);
    if (stdout === "") assert.match(stderr, /cgroupsPath.* must not contain/);
    return stdout === "" ? undefined : "it ran in a cgroup that a path leads up to";
  });
}

attack(test, "a sub-cgroup of exec's that is another container's (T15)", "weak host", async (t) => {
  const [container, other] = [await idle(t), await idle(t)];
  const cgroup = readFileSync(`/proc/${(await other.state()).pid}/cgroup`, "utf8").split("\n")[0]!;
  const flags = ["--cgroup", `../${basename(cgroup)}`];
  const { code, stdout } = await exec(t, container, flags, ["/bin/echo", "ran"]);
  if (stdout === "") assert.is(code, 255);
  return stdout === "" ? undefined : "it ran within the other's limits";
});

test("a sub-cgroup of exec that leads up (T15)", { deviates: "says it otherwise" }, async (t) => {
  const container = await idle(t);
  for (const path of ["..", "../x", "a/../../x", "pids:../x"]) {
    assert.is((await exec(t, container, ["--cgroup", path], ["/bin/true"])).code, 255, path);
  }
});

attack(
  test,
  "a pid file that is a link to a file of the host's (T1)",
  "weak host",
  async (t, dir) => {
    const secret = join(dir, "secret");
    writeFileSync(secret, "host's");
    const file = join(dir, "pid");
    symlinkSync(secret, file);
    const bundle = t.bundle((config) => args(config, "idle"));
    const container = await t.create(bundle, { flags: ["--pid-file", file] });
    assert.is(Number(readFileSync(file, "utf8")), (await container.state()).pid);
    const text = readFileSync(secret, "utf8");
    return text === "host's" ? undefined : `the host's file holds ${JSON.stringify(text)}`;
  },
);

attack(test, "a process that was given the first process's pid (T11)", "weak host", async (t) => {
  const { id, wasKilled } = await reused(t);
  await t.runtime(["kill", id, "KILL"]);
  return (await wasKilled()) ? "another process was killed" : undefined;
});

attack(test, "a kernel parameter of the host's (CVE-2025-52881)", "weak host", async (t) => {
  const bundle = t.bundle((config) => {
    // what it is already: the witness changes nothing either
    const own = readFileSync("/proc/sys/vm/swappiness", "utf8").trim();
    config.linux.sysctl = { "vm.swappiness": own };
    script(config, "echo ran");
  });
  const { stdout } = await t.run(bundle);
  return stdout === "" ? undefined : "it was written";
});

/** Each would be seen in the hook's file or in what the program prints. */
const ANNOTATIONS = {
  "org.systemd.property.ExecStartPre": "touch /hook",
  "run.oci.hooks.stdout": "/hook",
  "run.oci.handler": "no-such-handler",
  "run.oci.keep_original_groups": "1",
  "io.kubernetes.cri-o.TrySkipVolumeSELinuxLabel": "true",
};

attack(test, "annotations that the runtime obeys (CVE-2024-3154, T13)", "crun", async (t, dir) => {
  const out = join(dir, "out");
  const bundle = t.bundle((config) => {
    config.annotations = { "run.oci.hooks.stdout": out };
    const hook = { path: "/bin/busybox", args: ["busybox", "echo", "hooked"] };
    config.hooks = { createRuntime: [hook] };
    config.process.rlimits = [];
    config.process.args = ["/bin/true"];
  });
  await t.run(bundle);
  return existsSync(out) ? "a file of the annotation's was written" : undefined;
});

test("annotations of other runtimes change nothing (CVE-2024-3154, T13)", async (t) => {
  const hook = join(t.dir, "out");
  const bundle = t.bundle((config) => {
    config.annotations = Object.fromEntries(
      Object.entries(ANNOTATIONS).map(([name, value]) => [name, value.replace("/hook", hook)]),
    );
    script(config, "id -G");
  });
  const { code, stdout } = await t.run(bundle);
  assert.is(code, 0);
  assert.is(stdout, "0\n");
  assert.not.ok(existsSync(hook));
});

test.run();
