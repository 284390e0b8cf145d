import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config, Process } from "../../config/types.ts";
import { CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER } from "../kernel.ts";
import { BASE, messageOf, someFacts } from "../testing.ts";
import { compileExec, type ExecTarget } from "./compile.ts";

const test = suite("plan/exec/compile");

const TARGET: ExecTarget = {
  id: "c1",
  pid: 42,
  startTime: 1000n,
  rootfs: "/bundle/rootfs",
  cgroups: [{ root: "/sys/fs/cgroup", path: "/c" }],
  hasKeyring: true,
};
const OPTIONS = { preserveFds: 2, subCgroups: new Map<string, string>(), timeoutMs: 5 };

function compiled(
  process: Partial<Process> = {},
  config: Partial<Config> = {},
  facts = someFacts(),
  target: Partial<ExecTarget> = {},
) {
  const whole = { ...BASE.process, ...process };
  return compileExec({ ...BASE, ...config }, whole, facts, { ...TARGET, ...target }, OPTIONS);
}

const ops = (...wanted: Parameters<typeof compiled>) =>
  compiled(...wanted).plan.init.map(({ op }) => op);

test("the process joins the first one's namespaces and is cloned into the container's cgroup", () => {
  const linux = { namespaces: [{ type: "mount" }, { type: "pid" }, { type: "user", path: "/u" }] };
  const { plan } = compiled({}, { linux } as never);
  assert.equal(plan.sandbox, {
    namespaces: 0,
    joins: [],
    joinProcess: {
      pid: 42,
      startTime: 1000n,
      namespaces: CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUSER,
      cgroups: [],
      timeoutMs: 5,
    },
    intoCgroup: "/sys/fs/cgroup/c",
    preserveFds: 2,
  });
  assert.equal([plan.before, plan.after, plan.fds], [[], [], []]);
});

test("the order of the steps, the filter before the user", () => {
  const seccomp = { defaultAction: "SCMP_ACT_ERRNO" } as const;
  const config = { linux: { ...BASE.linux, seccomp } };
  const expected = [
    ["cpuAffinity", "newSession", "joinKeyring", "openSharedRoot", "closeOnExec", "tryChangeDir"],
    ["seccomp", "credentials", "umask", "changeDir", "resolveProgram", "ready", "exec"],
  ];
  assert.equal(ops({}, config), expected.flat());
});

test("a user namespace is asked for its groups before the filter could answer", () => {
  const seccomp = { defaultAction: "SCMP_ACT_ERRNO" } as const;
  const mappings = [{ containerID: 0, hostID: 1000, size: 1 }];
  const namespaces = [{ type: "user" as const }];
  const linux = { namespaces, uidMappings: mappings, gidMappings: mappings, seccomp };
  const steps = ops({}, { linux });
  assert.ok(steps.indexOf("probeGroups") < steps.indexOf("seccomp"));
  assert.ok(steps.includes("probeGroups"));
  const asUser = ops({}, { linux }, someFacts({ euid: 1000, egid: 1000 }));
  assert.not.ok(asUser.includes("probeGroups"));
});

test("with no-new-privileges the filter comes last, and the terminal early", () => {
  const seccomp = { defaultAction: "SCMP_ACT_ERRNO" } as const;
  const found = ops(
    { noNewPrivileges: true, terminal: true },
    { linux: { ...BASE.linux, seccomp } },
  );
  assert.equal(found.slice(3, 6), ["openSharedRoot", "console", "noNewPrivileges"]);
  assert.equal(found.slice(-4), ["resolveProgram", "seccomp", "ready", "exec"]);
  const { plan } = compiled({ terminal: true });
  const console = plan.init.find(({ op }) => op === "console");
  assert.equal(console, {
    op: "console",
    at: "/process/terminal",
    bind: false,
    width: 0,
    height: 0,
    uid: 0,
  });
});

test("without a mount namespace the container is a chroot", () => {
  const { plan } = compiled({}, { linux: {} });
  assert.equal(
    plan.init.filter(({ op }) => op === "openSharedRoot" || op === "changeRoot"),
    [
      { op: "openSharedRoot", at: "", source: "/bundle/rootfs" },
      { op: "changeRoot", at: "" },
    ],
  );
});

test("without a keyring of the container there is none", () => {
  assert.not.ok(ops({}, {}, someFacts(), { hasKeyring: false }).includes("joinKeyring"));
});

test("what is done from outside: score, limits, the initial CPUs, resctrl groups", () => {
  const linux = {
    namespaces: [{ type: "user" }],
    uidMappings: [{ containerID: 0, hostID: 1000, size: 10 }],
    gidMappings: [{ containerID: 0, hostID: 1000, size: 10 }],
    intelRdt: { closID: "g", enableMonitoring: true },
  } as const;
  const { plan } = compiled(
    {
      oomScoreAdj: 7,
      rlimits: [{ type: "RLIMIT_CORE", soft: 1, hard: 2 }],
      execCPUAffinity: { initial: "0-1,9", final: "3" },
    },
    { linux: linux as never },
  );
  assert.equal(
    plan.after.map(({ op }) => op),
    ["writeInitProc", "raiseRlimit", "setAffinity", "joinResctrl", "joinResctrl"],
  );
  assert.equal(plan.after[2], {
    op: "setAffinity",
    at: "/process/execCPUAffinity/initial",
    cpus: Uint8Array.of(3, 2, 0, 0, 0, 0, 0, 0),
  });
  assert.equal(plan.init[0], {
    op: "cpuAffinity",
    at: "/process/execCPUAffinity/final",
    cpus: Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0),
  });
});

test("CPUs: all without a word, the initial ones where no final are given", () => {
  assert.equal(compiled().plan.init[0], { op: "cpuAffinity", at: "", cpus: new Uint8Array() });
  assert.is(ops({ execCPUAffinity: { initial: "1" } })[0], "newSession");
});

test("labels go through the host's procfs, each by a descriptor of its own", () => {
  const facts = someFacts({ apparmor: true, selinux: true });
  const { plan } = compiled({ apparmorProfile: "p", selinuxLabel: "l" }, {}, facts);
  assert.equal(plan.fds, [
    { op: "hostProc", at: "/process/apparmorProfile" },
    { op: "hostProc", at: "/process/selinuxLabel" },
  ]);
  assert.equal(
    plan.init.filter(({ op }) => op === "writeHostProc"),
    [
      {
        op: "writeHostProc",
        at: "/process/apparmorProfile",
        fd: 0,
        path: "thread-self/attr/apparmor/exec",
        text: "exec p",
      },
      {
        op: "writeHostProc",
        at: "/process/selinuxLabel",
        fd: 1,
        path: "thread-self/attr/exec",
        text: "l",
      },
    ],
  );
  assert.match(
    messageOf(() => compiled({ apparmorProfile: "p" })),
    /apparmor not enabled on this host/,
  );
});

test("warnings are handed back", () => {
  const { warnings } = compiled({ capabilities: { ambient: ["CAP_KILL"] } });
  assert.match(warnings.join(), /ambient: ignored CAP_KILL/);
});

test.run();
