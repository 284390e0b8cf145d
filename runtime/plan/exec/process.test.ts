import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Process } from "../../config/types.ts";
import { BASE, messageOf } from "../testing.ts";
import { completeProcess, type ExecArguments, processOfArguments } from "./process.ts";

const test = suite("plan/exec/process");

const SAVED: Process = {
  ...BASE.process,
  terminal: true,
  user: { uid: 1, gid: 2, umask: 0o27, additionalGids: [3] },
  noNewPrivileges: true,
  capabilities: { bounding: ["CAP_KILL"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"] },
  rlimits: [{ type: "RLIMIT_CORE", soft: 1, hard: 2 }],
  apparmorProfile: "own",
  oomScoreAdj: 100,
};

const WANTED: ExecArguments = {
  args: ["ls"],
  env: [],
  additionalGids: [],
  capabilities: [],
  wantsTerminal: false,
};

const wanted = (more: Partial<ExecArguments> = {}) =>
  processOfArguments(SAVED, { ...WANTED, ...more });

test("processOfArguments() takes what is not given from the container's process, but for the terminal", () => {
  assert.equal(wanted(), { ...SAVED, args: ["ls"], terminal: false });
  assert.is(wanted({ wantsTerminal: true }).terminal, true);
});

test("processOfArguments() takes what is given", () => {
  const process = wanted({
    cwd: "/tmp",
    env: ["A=1"],
    user: "10:20",
    additionalGids: ["30", "+31"],
    noNewPrivileges: false,
    apparmorProfile: "other",
    selinuxLabel: "label",
  });
  assert.is(process.cwd, "/tmp");
  assert.equal(process.env?.slice(-1), ["A=1"]);
  assert.equal(process.user, { uid: 10, gid: 20, umask: 0o27, additionalGids: [3, 30, 31] });
  assert.is(process.noNewPrivileges, false);
  assert.is(process.apparmorProfile, "other");
  assert.is(process.selinuxLabel, "label");
  assert.equal(wanted({ user: "10" }).user.gid, 2);
});

for (const [what, more, message] of [
  ["no program", { args: [] }, /exec args cannot be empty/],
  ["a relative directory", { cwd: "tmp" }, /Cwd must be an absolute path/],
  ["a user's name", { user: "root" }, /bad uid: parsing "root": invalid syntax/],
  ["a group's name", { user: "0:root" }, /bad gid: parsing "root": invalid syntax/],
  ["an empty group", { user: "0:" }, /bad gid: parsing "": invalid syntax/],
  ["a negative user", { user: "-1" }, /bad uid: parsing "-1": invalid syntax/],
  ["what is no id", { user: "4294967295" }, /bad uid: 4294967295 is more than 4294967294/],
  ["a negative group", { additionalGids: ["-5"] }, /bad additional gid: parsing "-5"/],
] as const) {
  test(`processOfArguments() refuses ${what}`, () => {
    assert.match(
      messageOf(() => wanted(more)),
      message,
    );
  });
}

test("processOfArguments() adds capabilities, never to the inheritable ones (CVE-2022-29162)", () => {
  const { capabilities } = wanted({ capabilities: ["CAP_CHOWN", "CAP_KILL"] });
  assert.equal(capabilities, {
    bounding: ["CAP_KILL", "CAP_CHOWN", "CAP_KILL"],
    effective: ["CAP_CHOWN", "CAP_KILL"],
    permitted: ["CAP_CHOWN", "CAP_KILL"],
    inheritable: ["CAP_KILL"],
    ambient: ["CAP_KILL", "CAP_KILL"],
  });
  const bare = { ...WANTED, capabilities: ["CAP_CHOWN"] };
  assert.equal(processOfArguments(BASE.process, bare).capabilities, {
    bounding: ["CAP_CHOWN"],
    effective: ["CAP_CHOWN"],
    permitted: ["CAP_CHOWN"],
  });
});

test("completeProcess() takes from the container what limits, not what allows", () => {
  const process: Process = { args: ["a"], cwd: "/", user: { uid: 5, gid: 6 }, oomScoreAdj: 0 };
  assert.equal(completeProcess(process, SAVED), {
    ...process,
    user: { uid: 5, gid: 6, umask: 0o27 },
    capabilities: SAVED.capabilities,
    rlimits: SAVED.rlimits,
    apparmorProfile: "own",
    oomScoreAdj: 100,
  });
});

test("completeProcess() keeps what the process has itself", () => {
  const process: Process = {
    args: ["a"],
    cwd: "/",
    user: { uid: 5, gid: 6, umask: 0 },
    capabilities: {},
    rlimits: [{ type: "RLIMIT_CPU", soft: 1, hard: 1 }],
    apparmorProfile: "mine",
    selinuxLabel: "l",
  };
  assert.equal(completeProcess(process, SAVED), { ...process, oomScoreAdj: 100 });
  assert.equal(completeProcess(process, { ...BASE.process }), process);
});

test.run();
