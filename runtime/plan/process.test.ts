import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config, Linux } from "../config/types.ts";
import { environmentOf } from "./environment.ts";
import type { Facts } from "./facts.ts";
import * as process from "./process.ts";
import { BASE, messageOf, processContext, someContext } from "./testing.ts";

const test = suite("process");

const SETS = { bounding: 0, permitted: 0, effective: 0, inheritable: 0, ambient: 0 };
const MAPS = [{ containerID: 0, hostID: 1000, size: 10 }];

function user(fields: Partial<Config["process"]>, linux: Linux = {}, facts: Partial<Facts> = {}) {
  const config = { process: { ...BASE.process, capabilities: {}, ...fields }, linux };
  const context = someContext(config, facts);
  return [...process.compileDirectory(context), ...process.compileUser(context)];
}

test("compileDirectory(), compileUser() go into the directory as root, become the user, go there again", () => {
  assert.equal(user({ user: { uid: 7, gid: 8, additionalGids: [9], umask: 0o77 }, cwd: "/home" }), [
    { op: "ownStdio", at: "/process/user", uid: 7 },
    { op: "tryChangeDir", at: "/process/cwd", path: "/home" },
    {
      op: "credentials",
      at: "/process/user",
      uid: 7,
      gid: 8,
      groups: [9],
      keepGroups: false,
      ...SETS,
    },
    { op: "umask", at: "/process/user/umask", mask: 0o77 },
    { op: "changeDir", at: "/process/cwd", path: "/home" },
  ]);
});

test("compileUser() leaves the streams to root, and has a umask of 022", () => {
  const ops = user({});
  assert.equal(
    ops.map(({ op }) => op),
    ["tryChangeDir", "credentials", "umask", "changeDir"],
  );
  assert.equal(ops[2], { op: "umask", at: "/process/user/umask", mask: 0o22 });
});

const USER: Linux = {
  namespaces: [{ type: "mount" }, { type: "user" }],
  uidMappings: MAPS,
  gidMappings: MAPS,
};
const OWN: Linux = {
  ...USER,
  uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
  gidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
};

test("compileUser() keeps the groups where setgroups(2) is denied", () => {
  const ops = user({}, OWN, { euid: 1000, egid: 1000 });
  const credentials = ops.find(({ op }) => op === "credentials");
  assert.is(credentials?.op === "credentials" && credentials.keepGroups, true);
  assert.is(ops[0]?.op, "ownStdio");
});

const UNMAPPED: readonly (readonly [
  user: Config["process"]["user"],
  linux: Linux,
  message: string,
])[] = [
  [
    { uid: 10, gid: 0 },
    USER,
    "/process/user/uid: uid 10 is not mapped in the user namespace (add it to /linux/uidMappings)",
  ],
  [
    { uid: 0, gid: 11 },
    USER,
    "/process/user/gid: gid 11 is not mapped in the user namespace (add it to /linux/gidMappings)",
  ],
  [
    { uid: 0, gid: 0, additionalGids: [1, 12] },
    USER,
    "/process/user/additionalGids/1: gid 12 is not mapped in the user namespace (add it to /linux/gidMappings)",
  ],
  [
    { uid: 0, gid: 0, additionalGids: [0] },
    OWN,
    "/process/user/additionalGids: cannot set any additional groups in a rootless container (map more than one group to have the help of newgidmap)",
  ],
];

for (const [ids, linux, message] of UNMAPPED) {
  test(`compileUser() refuses ${JSON.stringify(ids)}`, () => {
    assert.is(
      messageOf(() => user({ user: ids }, linux, { euid: 1000, egid: 1000 })),
      message,
    );
  });
}

test("compileUser() does without groups where root of a user namespace can't set them", () => {
  const context = someContext(
    { process: { ...BASE.process, user: { uid: 0, gid: 0, additionalGids: [5] } } },
    { inUserNamespace: true, deniesSetgroups: true },
  );
  const credentials = process.compileUser(context).find(({ op }) => op === "credentials");
  assert.ok(credentials?.op === "credentials" && credentials.keepGroups);
  assert.equal(credentials?.op === "credentials" && credentials.groups, []);
  assert.match(context.warnings[0]!, /^\/process\/user\/additionalGids: ignored/);
});

test("compileProgram() looks the program up in the container's PATH, and HOME where it is missing", () => {
  const withHome = processContext({ args: ["ls", "-l"] });
  const program = (search: string) => ({
    op: "resolveProgram",
    at: "/process/args/0",
    name: "ls",
    search,
  });
  assert.equal(process.compileProgram(withHome, environmentOf(withHome)), [program("/bin")]);
  const without = processContext({ args: ["ls"], env: [], user: { uid: 5, gid: 0 } });
  assert.equal(process.compileProgram(without, environmentOf(without)), [
    { op: "findHome", at: "", uid: 5 },
    program(""),
  ]);
});

test("compileExec() hands over arguments and environment", () => {
  const context = processContext({ args: ["a", "b"], env: ["X=1"] });
  assert.equal(process.compileExec(context, environmentOf(context)), [
    { op: "exec", at: "/process/args", args: ["a", "b"], env: ["X=1"] },
  ]);
});

test("compileWorkingDirectory() makes what is not the root", () => {
  assert.equal(process.compileWorkingDirectory(processContext({ cwd: "/." })), []);
  assert.equal(process.compileWorkingDirectory(processContext({ cwd: "/a/b" })), [
    { op: "makeDirectory", at: "/process/cwd", path: "/a/b" },
  ]);
});

test("compileOomScore() writes it, 0 too", () => {
  assert.equal(process.compileOomScore(processContext({})), []);
  const at = "/process/oomScoreAdj";
  const op = { op: "writeInitProc", at, file: "oom_score_adj", text: "0" };
  assert.equal(process.compileOomScore(processContext({ oomScoreAdj: 0 })), [op]);
});

test("compileNoNewPrivileges() and compileCloseOnExec()", () => {
  assert.equal(process.compileNoNewPrivileges(processContext({ noNewPrivileges: false })), []);
  assert.equal(process.compileNoNewPrivileges(processContext({ noNewPrivileges: true })), [
    { op: "noNewPrivileges", at: "/process/noNewPrivileges" },
  ]);
  assert.equal(
    process.compileCloseOnExec(processContext({}, {}, { listenFds: 1, preserveFds: 2 })),
    [{ op: "closeOnExec", at: "", from: 6 }],
  );
});

test.run();
