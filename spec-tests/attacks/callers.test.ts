// What comes with the call, and must not decide: environments, directories, names, numbers.
// Spec: none; docs/security.md, rules 8, 9, 11, 12: T8, T9, T11, T12, T13, CVE-2025-23266, CVE-2024-40635, CVE-2026-30892,
// CVE-2022-29162, CVE-2022-27650, CVE-2024-3154

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { exec, execInfo, idle, processFile } from "../harness/exec.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
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
  const read = (name: string) =>
    existsSync(`${out}.${name}`) ? readFileSync(`${out}.${name}`, "utf8") : "";
  return { env: read("env"), cwd: read("cwd").trim(), rootfs: bundle.rootfs };
}

attack(test, "a hook with the caller's environment (CVE-2025-23266)", "runc", async (t, dir) => {
  const { env } = await hooked(t, dir);
  return /^(LD_PRELOAD|SECRET)=.*/m.exec(env)?.[0];
});

test("a hook's directory is not the image's, whatever the caller's is (CVE-2025-23266)", async (t) => {
  const { cwd, rootfs } = await hooked(t, t.dir);
  assert.is(`${cwd}/rootfs`, rootfs);
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
  test(`a cgroup path ${path} leads nowhere (T11, T15)`, { deviates: "cleans it" }, async (t) => {
    const bundle = t.bundle((config) => {
      config.linux.cgroupsPath = path.replace("x", t.token);
      args(config, "info");
    });
    const { code, stderr } = await t.run(bundle);
    assert.is(code, 1);
    assert.match(stderr, /cgroupsPath.* must not contain/);
  });
}

test("a sub-cgroup of exec that leads up (T15)", { deviates: "says it otherwise" }, async (t) => {
  const container = await idle(t);
  for (const path of ["..", "../x", "a/../../x", "pids:../x"]) {
    assert.is((await exec(t, container, ["--cgroup", path], ["/bin/true"])).code, 255, path);
  }
});

test("a pid file that is a link replaces the link, not what it points at (T1)", async (t) => {
  const secret = join(t.dir, "secret");
  writeFileSync(secret, "host's");
  mkdirSync(join(t.dir, "out"));
  const file = join(t.dir, "out", "pid");
  symlinkSync(secret, file);
  // what a plain write would do
  writeFileSync(file, "host's, through the link");
  assert.is(readFileSync(secret, "utf8"), "host's, through the link");
  const bundle = t.bundle((config) => args(config, "idle"));
  const container = await t.create(bundle, { flags: ["--pid-file", file] });
  assert.is(Number(readFileSync(file, "utf8")), (await container.state()).pid);
  assert.is(readFileSync(secret, "utf8"), "host's, through the link");
});

test("annotations of other runtimes change nothing (CVE-2024-3154, T13)", async (t) => {
  const hook = join(t.dir, "out");
  const bundle = t.bundle((config) => {
    config.annotations = {
      "org.systemd.property.ExecStartPre": `touch ${hook}`,
      "run.oci.hooks.stdout": hook,
      "run.oci.handler": "wasm",
      "run.oci.keep_original_groups": "1",
      "io.kubernetes.cri-o.TrySkipVolumeSELinuxLabel": "true",
    };
    script(config, "id -G");
  });
  const { code, stdout } = await t.run(bundle);
  assert.is(code, 0);
  assert.is(stdout, "0\n");
  assert.not.ok(existsSync(hook));
});

test.run();
