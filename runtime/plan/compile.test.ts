import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config } from "../config/types.ts";
import { compilePlan } from "./compile.ts";
import type { Facts } from "./facts.ts";
import type { PlanOptions } from "./options.ts";
import { BASE, HYBRID, messageOf, OPTIONS, someFacts, V2 } from "./testing.ts";

const test = suite("compile");

const MAPS = [{ containerID: 0, hostID: 1000, size: 65_536 }];

/** Asks for a step of every kind. */
const EVERYTHING: Config = {
  ociVersion: "1.3.0",
  root: { path: "rootfs", readonly: true },
  hostname: "h",
  domainname: "d",
  process: {
    terminal: true,
    user: { uid: 0, gid: 0 },
    cwd: "/work",
    args: ["sh"],
    env: ["PATH=/bin"],
    capabilities: {},
    noNewPrivileges: true,
    oomScoreAdj: 100,
    apparmorProfile: "p",
    selinuxLabel: "l",
    rlimits: [{ type: "RLIMIT_NOFILE", soft: 1, hard: 2 }],
    scheduler: { policy: "SCHED_OTHER", nice: 1 },
    ioPriority: { class: "IOPRIO_CLASS_IDLE", priority: 0 },
  },
  mounts: [
    { destination: "/proc", type: "proc" },
    { destination: "/dev", type: "tmpfs", options: ["ro"] },
    { destination: "/data", source: "/data", options: ["rbind"] },
  ],
  hooks: {
    createRuntime: [{ path: "/h" }],
    createContainer: [{ path: "/h" }],
    startContainer: [{ path: "/h" }],
  },
  linux: {
    namespaces: [
      { type: "pid" },
      { type: "mount" },
      { type: "network" },
      { type: "user" },
      { type: "cgroup" },
      { type: "time" },
    ],
    uidMappings: MAPS,
    gidMappings: MAPS,
    rootfsPropagation: "shared",
    sysctl: { "net.a": "1" },
    maskedPaths: ["/m"],
    readonlyPaths: ["/r"],
    personality: { domain: "LINUX" },
    memoryPolicy: { mode: "MPOL_LOCAL" },
    seccomp: {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_ERRNO" }],
    },
    netDevices: { eth0: {} },
    intelRdt: { closID: "gold" },
    cgroupsPath: "/c",
    resources: { pids: { limit: 3 } },
  },
};

const ORDER = [
  ["unshare", "timeOffsets", "becomeRoot", "newSession", "joinKeyring", "linkUp"],
  ["hostPropagation", "openRoot", "mountFs", "mountFs", "mountBind", "mountBind"],
  [...Array(6).fill("mountBind"), ...Array(6).fill("symlink")],
  ["openProc", "barrier", "hook", "pivotRoot", "setMountAttr", "makeDirectory", "console"],
  ["setMountAttr", "setMountAttr", "hostname", "domainname", "writeProc", "writeProc"],
  ["readonlyPath", "maskPath", "noNewPrivileges", "scheduler", "ioPriority", "personality"],
  ["memoryPolicy", "writeProc", "rlimit", "closeOnExec", "ownStdio", "tryChangeDir"],
  [
    "exitOnSignals",
    "credentials",
    "umask",
    "changeDir",
    "findHome",
    "resolveProgram",
    "seccomp",
    "ready",
    "waitStart",
    "hook",
    "exec",
  ],
].flat();

function compile(
  config: Partial<Config> = {},
  facts: Partial<Facts> = {},
  options: Partial<PlanOptions> = {},
) {
  return compilePlan({ ...BASE, ...config }, someFacts(facts), { ...OPTIONS, ...options });
}

function everything(process: Partial<Config["process"]> = {}) {
  const facts = {
    cgroup: { ...HYBRID, unified: { ...V2.unified!, controllers: ["pids"] } },
    apparmor: true,
    selinux: true,
  };
  const options = { fifoDirectory: "/run/c1", notifyDirectory: "/run/c1/notify" };
  const config = { ...EVERYTHING, process: { ...EVERYTHING.process, ...process } };
  return compile(config, facts, options);
}

test("compilePlan() has the steps of the init in runc's order (runtime.md#lifecycle)", () => {
  assert.equal(
    everything().plan.init.map(({ op }) => op),
    ORDER,
  );
});

test("compilePlan() installs the filter before the privileges go, where it needs them", () => {
  const { plan } = everything({ noNewPrivileges: false });
  const ops = plan.init.map(({ op }) => op);
  assert.ok(ops.indexOf("closeOnExec") < ops.indexOf("seccomp"));
  assert.ok(ops.indexOf("seccomp") < ops.indexOf("credentials"));
});

test("compilePlan() has the steps of the host in order", () => {
  const { plan } = everything();
  assert.equal(
    plan.after.map(({ op }) => op).filter((op) => op !== "joinCgroup"),
    ["idMaps", "raiseRlimit", "moveNetDevice", "writeInitProc", "writeCgroup", "joinResctrl"],
  );
  assert.equal(
    plan.fds.map(({ op }) => op),
    ["tree", "tree", "fifo", "fifo"],
  );
});

test("compilePlan() tells what to remove, where to look, and no more", () => {
  const { cgroups, resctrlGroups, freezer, processes, warnings } = compile();
  const own = { root: "/sys/fs/cgroup", path: "/user.slice/c1" };
  assert.equal(cgroups, [own]);
  assert.equal(freezer, { ...own, file: "cgroup.freeze" });
  assert.equal(processes, own);
  assert.equal([resctrlGroups, warnings], [[], []]);
  const rootless = compile({}, {}, { isRootless: true });
  assert.equal(
    [rootless.cgroups, rootless.freezer, rootless.processes],
    [[], undefined, undefined],
  );
});

test("compilePlan() warns where nobody can find all processes", () => {
  const warned = (type: "pid" | "mount") =>
    compile({ linux: { namespaces: [{ type }] } }, {}, { isRootless: true }).warnings;
  assert.equal(warned("pid"), []);
  assert.match(warned("mount").join(), /^\/linux\/namespaces: without a pid namespace/);
});

test("compilePlan() sets up no devices over a bound /dev", () => {
  const mounts = [{ destination: "/dev", source: "/dev", options: ["rbind"] }];
  const { plan } = compile({ mounts });
  assert.not(plan.init.some(({ op }) => op === "makeDevice" || op === "symlink"));
});

test("compilePlan() takes an absolute root, and a config without linux", () => {
  const { linux: _, ...bare } = BASE;
  const { plan } = compilePlan({ ...bare, root: { path: "/r" } }, someFacts(), OPTIONS);
  const [open] = plan.init.filter(({ op }) => op === "openSharedRoot");
  assert.is(open?.op === "openSharedRoot" && open.source, "/r");
  assert.is(plan.sandbox.namespaces, 0);
});

test("compilePlan() wants a user namespace of those who are not root", () => {
  const message = "/linux/namespaces: rootless container requires user namespaces";
  assert.is(
    messageOf(() => compile({}, { euid: 1000 })),
    message,
  );
  const linux = {
    namespaces: [{ type: "mount" }, { type: "user" }],
    uidMappings: MAPS,
    gidMappings: MAPS,
  } as const;
  assert.is(compile({ linux }, { euid: 1000 }, { isRootless: true }).plan.after[0]?.op, "idMaps");
});

test("compilePlan() gives every step a pointer or none, never undefined", () => {
  const { plan } = everything();
  const steps = [...plan.before, ...plan.fds, ...plan.sandbox.joins, ...plan.after, ...plan.init];
  assert.ok(steps.every(({ at }) => at === "" || at.startsWith("/")));
});

test.run();
