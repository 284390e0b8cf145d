import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RuntimeError } from "../errors.ts";
import { EMPTY_PLAN, syscallError } from "../host/testing.ts";
import type { Compiled } from "../plan/compile.ts";
import { type Failure, hintFor } from "./hints.ts";
import { type Blueprint, initialState } from "./initial-state.ts";
import { placeOf } from "./place.ts";
import { decodeState, encodeState, ociState, processOf, type State, stateReport } from "./state.ts";
import { checkStatus, type Operation, type Signs, type Status, statusOf } from "./status.ts";
import { attempt, callPhrase, failedWith, isSyscallError, type SyscallError } from "./syscall.ts";
import { launchError, stepsOf } from "./syscall-error.ts";

const test = suite("lifecycle/values");

const ALIVE: Signs = {
  isReady: true,
  isBeingCreated: false,
  isAlive: true,
  isWaiting: false,
  isFrozen: false,
};
const STATUSES: [signs: Partial<Signs>, status: Status][] = [
  [{}, "running"],
  [{ isWaiting: true }, "created"],
  [{ isFrozen: true }, "paused"],
  [{ isFrozen: true, isWaiting: true }, "paused"],
  [{ isAlive: false }, "stopped"],
  [{ isAlive: false, isWaiting: true }, "stopped"],
  [{ isReady: false, isBeingCreated: true }, "creating"],
  [{ isReady: false, isAlive: false }, "stopped"], // the command that created it was killed
];
for (const [signs, status] of STATUSES) {
  test(`statusOf() is ${status} for ${JSON.stringify(signs)}`, () => {
    assert.is(statusOf({ ...ALIVE, ...signs }), status);
  });
}

const REFUSALS: [operation: Operation, status: Status, message: string | null][] = [
  ["start", "created", null],
  ["start", "creating", "cannot start a container in the creating state"],
  ["start", "running", "cannot start an already running container"],
  ["start", "paused", "cannot start a container in the paused state"],
  ["start", "stopped", "cannot start a container that has stopped"],
  ["kill", "running", null],
  ["kill", "created", null],
  ["kill", "stopped", "container not running"],
  ["delete", "stopped", null],
  ["delete", "created", null],
  ["delete", "creating", "cannot delete container c1 that is not stopped: creating"],
  ["delete", "running", "cannot delete container c1 that is not stopped: running"],
  ["delete", "paused", "cannot delete container c1 that is not stopped: paused"],
];
for (const [operation, status, message] of REFUSALS) {
  test(`checkStatus() for ${operation} of a ${status} container`, () => {
    if (message === null) return checkStatus(operation, "c1", status);
    assert.throws(
      () => checkStatus(operation, "c1", status),
      (error: Error) => error.message === message,
    );
  });
}

const STATE: State = {
  version: 1,
  ociVersion: "1.3.0",
  id: "c1",
  bundle: "/b",
  rootfs: "/b/rootfs",
  created: "2026-11-22T14:00:50Z",
  annotations: { a: "b" },
  owner: 0,
  isReady: true,
  pid: 42,
  startTime: "18446744073709551615",
  hasPidNamespace: true,
  cgroups: [],
};

test("decodeState() reads what encodeState() wrote", () => {
  assert.equal(decodeState(encodeState(STATE), "c1"), STATE);
});

const DAMAGE: readonly (readonly [what: string, change: object])[] = [
  ["another version", { version: 2 }],
  ["another container", { id: "c2" }],
  ["a cgroup without a root", { cgroups: [{ path: "/c1" }] }],
  ["a cgroup that is null", { processes: null }],
  ["a pid of nobody", { pid: 0 }],
  ["a pid of everybody", { pid: -1 }],
  ["a start time that is no number", { startTime: "soon" }],
  ["a start time that is a number", { startTime: 1 }],
  ["a creation time that is none", { created: 7 }],
  ["annotations that are a list", { annotations: [] }],
  ["a hook without a path", { poststop: [{}] }],
];

for (const [what, change] of DAMAGE) {
  test(`decodeState() refuses ${what}`, () => {
    const text = JSON.stringify({ ...STATE, ...change });
    assert.throws(() => decodeState(text, "c1"), /^the state of container c1 is damaged/);
  });
}

test("processOf() keeps 64 bits", () => {
  assert.equal(processOf(STATE), { pid: 42, startTime: 18446744073709551615n });
  const { pid, startTime, ...early } = STATE;
  assert.is(processOf(early), undefined);
});

test("ociState() has a pid while there is a process", () => {
  assert.equal(ociState(STATE, "running"), {
    ociVersion: "1.3.0",
    id: "c1",
    status: "running",
    pid: 42,
    bundle: "/b",
    annotations: { a: "b" },
  });
  const { annotations, ...plain } = STATE;
  assert.equal(ociState(plain, "stopped"), {
    ociVersion: "1.3.0",
    id: "c1",
    status: "stopped",
    bundle: "/b",
  });
});

test("stateReport() has runc's properties in runc's order", () => {
  assert.is(
    JSON.stringify(stateReport(STATE, "running", "root")),
    '{"ociVersion":"1.3.0","id":"c1","pid":42,"status":"running","bundle":"/b","rootfs":"/b/rootfs",' +
      '"created":"2026-11-22T14:00:50Z","annotations":{"a":"b"},"owner":"root"}',
  );
  assert.is(stateReport(STATE, "stopped", "").pid, 0);
  const { pid, annotations, ...early } = STATE;
  const report = stateReport(early, "creating", "");
  assert.is(report.pid, 0);
  assert.not.ok("annotations" in report);
});

const PLACES: [pointer: string, place: string][] = [
  ["", ""],
  ["/mounts/3", "mounts[3]"],
  ["/process/args/0", "process.args[0]"],
  ["/linux/sysctl/net.ipv4.ip_forward", 'linux.sysctl["net.ipv4.ip_forward"]'],
  ["/linux/resources/unified/a~1b~0c", 'linux.resources.unified["a/b~c"]'],
];
for (const [pointer, place] of PLACES) {
  test(`placeOf() writes ${pointer || "nothing"}`, () => assert.is(placeOf(pointer), place));
}

test("callPhrase() has call, errno and the kernel's words", () => {
  const phrase = (error: Error) => callPhrase(error as SyscallError);
  assert.is(
    phrase(syscallError("openat2", "ENOENT")),
    "openat2: ENOENT (no such file or directory)",
  );
  assert.is(
    phrase(syscallError("fsmount", "EPERM", { text: "tmpfs" })),
    "fsmount: EPERM (operation not permitted): tmpfs",
  );
  const silent = Object.assign(syscallError("", "", { text: "container init was OOM-killed" }), {
    strerror: "",
  });
  assert.is(phrase(silent), "container init was OOM-killed");
  assert.is(phrase(Object.assign(silent, { text: "", message: "died" })), "died");
});

test("failedWith() looks at failed calls only", () => {
  assert.ok(failedWith(syscallError("open", "ENOENT"), "ENOTDIR", "ENOENT"));
  assert.not.ok(failedWith(syscallError("open", "ENOENT"), "EACCES"));
  assert.not.ok(failedWith(new Error("ENOENT"), "ENOENT"));
  assert.not.ok(isSyscallError(null));
});

test("attempt() puts failed calls in context, and nothing else", () => {
  assert.is(
    attempt("count", () => 3),
    3,
  );
  assert.throws(
    () =>
      attempt("write x", () => {
        throw syscallError("write", "ENOSPC");
      }),
    (error: unknown) =>
      error instanceof RuntimeError && error.message === "cannot write x: write: ENOSPC (enospc)",
  );
  assert.throws(
    () =>
      attempt("write x", () => {
        throw new Error("defect");
      }),
    /^defect$/,
  );
});

const PLAN = {
  ...EMPTY_PLAN,
  before: [
    {
      op: "writeCgroup",
      at: "/linux/resources/cpu/cpus",
      root: "/c",
      path: "/x",
      file: "cpuset.cpus",
      text: "9",
      ignore: [],
    },
  ],
  fds: [{ op: "fifo", at: "", path: "/run/trunc/c1/start" }],
  sandbox: {
    ...EMPTY_PLAN.sandbox,
    joins: [{ at: "/linux/namespaces/0", kind: 0x4000_0000, path: "/var/run/netns/x" }],
  },
  after: [{ op: "joinCgroup", at: "", root: "/c", path: "/x" }],
  init: [
    { op: "mountBind", at: "/mounts/3", target: "/data", source: "/src", fd: -1 },
    { op: "resolveProgram", at: "/process/args/0", name: "sh", search: "/bin" },
    { op: "resolveProgram", at: "/process/args/0", name: "/no", search: "" },
    { op: "exec", at: "/process/args/0", args: ["sh", "-c"], env: [] },
    { op: "exec", at: "/process/args/0", args: [], env: [] },
    { op: "pivotRoot", at: "" },
    { op: "mountFs", at: "/mounts/5", target: "/in", fstype: "nofs" },
  ],
} as never;

const MESSAGES: [phase: string, op: number, call: string, errno: string, message: string][] = [
  [
    "before",
    0,
    "write",
    "ENOSPC",
    "linux.resources.cpu.cpus (cpuset.cpus): write: ENOSPC (enospc)",
  ],
  ["fds", 0, "mkfifo", "EACCES", "fifo (/run/trunc/c1/start): mkfifo: EACCES (permission denied)"],
  [
    "join",
    0,
    "openat",
    "ENOENT",
    "linux.namespaces[0] (/var/run/netns/x): openat: ENOENT (no such file or directory)",
  ],
  ["after", 0, "write", "EBUSY", "joinCgroup (/x): write: EBUSY (ebusy)"],
  [
    "init",
    0,
    "open_tree",
    "ENOENT",
    "mounts[3] (/src on /data): open_tree: ENOENT (no such file or directory)",
  ],
  [
    "init",
    1,
    "access",
    "ENOENT",
    'process.args[0]: exec: "sh": executable file not found in $PATH',
  ],
  [
    "init",
    2,
    "access",
    "ENOENT",
    'process.args[0]: exec: "/no": stat /no: no such file or directory',
  ],
  ["init", 6, "fsopen", "ENODEV", "mounts[5] (/in): fsopen: ENODEV (enodev): nofs"],
  ["init", 2, "access", "EACCES", 'process.args[0]: exec: "/no": permission denied'],
  ["init", 3, "execve", "ENOEXEC", "process.args[0] (sh): execve: ENOEXEC (exec format error)"],
  ["init", 4, "execve", "ENOENT", "process.args[0]: execve: ENOENT (no such file or directory)"],
  ["init", 5, "pivot_root", "EINVAL", "pivotRoot: pivot_root: EINVAL (einval)"],
  ["init", 99, "read", "EIO", "cannot create the container: read: EIO (eio)"],
  [
    "clone",
    0,
    "clone3",
    "EPERM",
    "cannot create the container: clone3: EPERM (operation not permitted)",
  ],
];
for (const [phase, op, call, errno, message] of MESSAGES) {
  test(`launchError() says "${message}"`, () => {
    const error = launchError(syscallError(call, errno, { phase, op }), stepsOf(PLAN));
    assert.instance(error, RuntimeError);
    assert.is((error as RuntimeError).message, message);
  });
}

test("launchError() has the pointer and a hint", () => {
  const error = launchError(
    syscallError("execve", "ENOEXEC", { phase: "init", op: 3 }),
    stepsOf(PLAN),
  ) as RuntimeError;
  assert.is(error.at, "/process/args/0");
  assert.match(error.hint ?? "", /another architecture/);
});

test("launchError() leaves other errors alone", () => {
  const defect = new Error("defect");
  assert.is(launchError(defect, stepsOf(PLAN)), defect);
  const unplaced = launchError(syscallError("open", "EIO"), stepsOf(PLAN)) as RuntimeError;
  assert.is(unplaced.message, "cannot create the container: open: EIO (eio)");
});

const NOTHING: Failure = { errnoName: "EIO", call: "read", text: "", op: "", at: "" };
test("launchError() says of a hook in the container what it says of one outside", () => {
  const init = [{ op: "hook", at: "/hooks/createContainer/1", path: "/h", args: [] }];
  const plan = { ...EMPTY_PLAN, init } as never;
  const error = syscallError("hook", "ECANCELED", {
    phase: "init",
    op: 0,
    text: "exit status 3: no",
  });
  assert.is(
    (launchError(error, stepsOf(plan)) as Error).message,
    "hooks.createContainer[1] /h: exit 3: no",
  );
});

test("launchError() does not say a path twice", () => {
  const error = syscallError("open", "ENOENT", { phase: "join", op: 0, text: "/var/run/netns/x" });
  assert.is(
    (launchError(error, stepsOf(PLAN)) as Error).message,
    "linux.namespaces[0] (/var/run/netns/x): open: ENOENT (no such file or directory)",
  );
});

const HINTS: [failure: Partial<Failure>, hint: RegExp | null][] = [
  [{}, null],
  [{ errnoName: "EPERM", call: "fsmount", op: "mountFs" }, /in a user namespace, proc and sysfs/],
  [{ errnoName: "ENOTDIR", op: "mountBind" }, /a file can only be mounted on a file/],
  [
    { errnoName: "ENOEXEC", op: "exec", text: "/bin/x: ELF machine 183" },
    /built for Arm \(64 bit\)$/,
  ],
  [
    { errnoName: "ENOEXEC", op: "exec", text: "/bin/x: ELF machine 9999" },
    /built for machine type 9999$/,
  ],
  [{ errnoName: "ENOEXEC", op: "exec" }, /another architecture/],
  [
    { errnoName: "ENOENT", op: "writeProc", at: "/linux/sysctl/net.x" },
    /does not have this sysctl/,
  ],
  [{ errnoName: "ENOSPC", op: "joinCgroup" }, /cpuset/],
  [{ errnoName: "ENOMEM", call: "execveat" }, /memory limit/],
  [{ errnoName: "ENOSPC", op: "mountFs" }, /disk/],
  [{ errnoName: "EPERM", call: "capset" }, /process\.capabilities/],
  [{ errnoName: "ENOSPC", op: "makeResctrl" }, /^the processor has no more/],
  [{ errnoName: "EEXIST", op: "makeResctrl" }, /name it in closID$/],
  [{ errnoName: "ENOENT", op: "joinResctrl" }, /^resctrl must be mounted/],
  [{ errnoName: "ENOSPC", call: "clone3" }, /namespaces/],
  [{ errnoName: "EOPNOTSUPP", call: "clone3" }, /can't hold processes/],
  [{ errnoName: "ENAMETOOLONG", call: "tmpcopyup" }, /64 directories/],
  [{ errnoName: "ENOSPC", call: "move_mount" }, /fs\.mount-max/],
  [
    { errnoName: "EBUSY", op: "writeCgroup", at: "/linux/resources/memory/limit" },
    /more is in use/,
  ],
  [{ errnoName: "EBUSY", op: "enableControllers" }, /can't hold processes/],
  [{ errnoName: "EAGAIN", call: "clone3" }, /limit of processes/],
  [{ errnoName: "EINVAL", at: "/process/selinuxLabel" }, /SELinux policy/],
  [{ errnoName: "EPERM", call: "openat2", op: "makeCgroup" }, /^a filter around this runtime/],
  [{ errnoName: "EPERM", call: "keyctl", op: "joinKeyring" }, /--no-new-keyring$/],
  [{ errnoName: "EPERM", call: "move_mount", op: "openRoot" }, /^it takes CAP_SYS_ADMIN, and no/],
];
for (const [failure, hint] of HINTS) {
  test(`hintFor() ${JSON.stringify(failure)}`, () => {
    const found = hintFor({ ...NOTHING, ...failure });
    if (hint === null) assert.is(found, undefined);
    else assert.match(found ?? "", hint);
  });
}

const CONFIG = {
  ociVersion: "1.2.0",
  process: { args: ["sh"], cwd: "/", user: { uid: 0, gid: 0 } },
  root: { path: "rootfs" },
  linux: { namespaces: [{ type: "mount" }, { type: "pid" }] },
} as const;
const COMPILED: Compiled = { plan: EMPTY_PLAN, cgroups: [], resctrlGroups: [], warnings: [] };
const blueprint = (more: Partial<Blueprint> = {}): Blueprint => ({
  id: "c1",
  bundle: "/b",
  config: CONFIG,
  compiled: COMPILED,
  owner: 0,
  now: "2026-11-22T14:00:50Z",
  ...more,
});

test("initialState() has what a delete needs", () => {
  assert.equal(initialState(blueprint()), {
    version: 1,
    ociVersion: "1.3.0",
    id: "c1",
    bundle: "/b",
    rootfs: "/b/rootfs",
    created: "2026-11-22T14:00:50Z",
    owner: 0,
    isReady: false,
    hasPidNamespace: true,
    cgroups: [],
    hasNoKeyring: true,
  });
});

test("initialState() says when there is a keyring by saying nothing", () => {
  const init = [{ op: "joinKeyring", at: "", name: "_ses.c1" }] as const;
  const compiled = { ...COMPILED, plan: { ...EMPTY_PLAN, init: init as never } };
  assert.is(initialState(blueprint({ compiled })).hasNoKeyring, undefined);
});

test("initialState() keeps annotations, late hooks and the notify directory", () => {
  const hooks = {
    poststart: [{ path: "/a" }],
    poststop: [{ path: "/z" }],
    createRuntime: [{ path: "/r" }],
  };
  const config = { ...CONFIG, annotations: { a: "b" }, hooks, linux: {} };
  const state = initialState(blueprint({ config, notify: "/n" }));
  assert.equal(state.annotations, { a: "b" });
  assert.equal(
    [state.poststart, state.poststop, state.notify],
    [hooks.poststart, hooks.poststop, "/n"],
  );
  assert.is(state.hasPidNamespace, false);
});

test("initialState() does not take a joined pid namespace for its own", () => {
  const config = {
    ...CONFIG,
    linux: { namespaces: [{ type: "pid", path: "/proc/1/ns/pid" }] },
  } as const;
  assert.is(initialState(blueprint({ config })).hasPidNamespace, false);
  const empty = { ...CONFIG, linux: { namespaces: [{ type: "pid", path: "" }] } } as const;
  assert.is(initialState(blueprint({ config: empty })).hasPidNamespace, true);
});

test("initialState() has the cgroups, resource-control groups and freezer of the plan", () => {
  const cgroups = [
    { root: "/c/pids", path: "/x" },
    { root: "/c/freezer", path: "/x" },
  ];
  const resctrlGroups = [{ root: "/sys/fs/resctrl", path: "/x" }];
  const freezer = { ...cgroups[1]!, file: "freezer.state" };
  const compiled = { ...COMPILED, cgroups, resctrlGroups, freezer, processes: cgroups[1]! };
  const state = initialState(blueprint({ compiled, owner: 1000 }));
  assert.equal(state.cgroups, [...cgroups, ...resctrlGroups]);
  assert.equal([state.freezer, state.processes, state.owner], [freezer, cgroups[1], 1000]);
});

test("initialState() keeps the steps that start still has to do", () => {
  const init = [
    { op: "ready", at: "" },
    { op: "waitStart", at: "", go: 0, result: 1 },
    { op: "exec", at: "/process/args/0", args: ["/bin/sh"], env: [] },
  ] as const;
  const compiled = { ...COMPILED, plan: { ...EMPTY_PLAN, init: init as never } };
  assert.equal(initialState(blueprint({ compiled })).late, {
    first: 1,
    steps: [
      { op: "waitStart", at: "", subject: "" },
      { op: "exec", at: "/process/args/0", subject: "/bin/sh" },
    ],
  });
});

test.run();
