// A host for unit tests: files, processes and cgroups in memory, and a record of what was asked of it.
// It answers as the addon is documented to; what the kernel really does is for spec-tests.

import type {
  Facts,
  HookResult,
  HookRun,
  Host,
  Launch,
  LaunchEvent,
  Notify,
  Plan,
} from "./host.ts";
import { cgroupCalls } from "./testing-cgroups.ts";
import { type CriuScript, criuCalls } from "./testing-criu.ts";
import { FACTS } from "./testing-facts.ts";

/** An error as the addon throws it. */
export function syscallError(
  call: string,
  errnoName: string,
  more: { text?: string; phase?: string; op?: number } = {},
): Error {
  const strerror = STRERRORS.get(errnoName) ?? errnoName.toLowerCase();
  const fields = { code: "ERR_SYSCALL", errno: 1, errnoName, strerror, call, text: "", ...more };
  return Object.assign(new Error(`${call}: ${strerror}`), fields);
}

const STRERRORS = new Map([
  ["EACCES", "permission denied"],
  ["EEXIST", "file exists"],
  ["ENOENT", "no such file or directory"],
  ["ENOEXEC", "exec format error"],
  ["EPERM", "operation not permitted"],
]);

export const EMPTY_PLAN: Plan = {
  before: [],
  fds: [],
  sandbox: { namespaces: 0, joins: [], intoCgroup: "", preserveFds: 0 },
  after: [],
  init: [],
};

/** What a test puts in and looks at. */
export interface World {
  readonly host: Host;
  readonly files: Map<string, string>;
  /** Start time by pid. */
  readonly processes: Map<number, bigint>;
  /** `killCgroup /sys/fs/cgroup/x 9`, in order; reads are left out. */
  readonly calls: string[];
  /** What the next launches' `receive` gives, in order; an error is thrown. */
  readonly events: (LaunchEvent | Error)[];
  /** Errors to throw, by the call as it would be recorded, or by its first word. */
  readonly failures: Map<string, Error>;
  readonly locks: Set<string>;
  readonly cgroupFiles: Map<string, string>;
  /** Paths of which mayWrite() says yes. */
  readonly writable: Set<string>;
  mayMount: boolean;
  facts: Facts;
  hookResult: (hook: HookRun) => HookResult;
  /** What supervise() answers. */
  end: { exitCode?: number; signal?: number };
  /** What capture() answers. */
  captured: { exitCode: number; signal: number; output: string };
  /** What the waits of a watch answer, in order; then it is the end. */
  readonly watched: ("oom" | "end" | "timeout")[];
  /** Whether a killed process goes. */
  isMortal: boolean;
  output: { 1: string; 2: string };
  readonly criu: CriuScript;
}

export const event = (kind: LaunchEvent["kind"], fd = -1): LaunchEvent => ({ kind, op: 0, fd });

export const HOOK_DONE = { exitCode: 0, signal: 0, timedOut: false, orphaned: false, stderr: "" };

export function fakeWorld(): World {
  const world: World = {
    host: undefined as never,
    files: new Map(),
    processes: new Map(),
    calls: [],
    events: [],
    failures: new Map(),
    locks: new Set(),
    cgroupFiles: new Map(),
    writable: new Set(),
    mayMount: true,
    facts: FACTS,
    hookResult: () => HOOK_DONE,
    end: { exitCode: 0 },
    captured: { exitCode: 0, signal: 0, output: "" },
    watched: [],
    isMortal: true,
    output: { 1: "", 2: "" },
    criu: { events: [] },
  };
  return Object.assign(world, {
    host: {
      ...fileCalls(world),
      ...processCalls(world),
      ...cgroupCalls(world, record),
      ...criuCalls(world, record),
    } as unknown as Host,
  });
}

function record(world: World, ...words: (string | number)[]): void {
  const call = words.join(" ");
  world.calls.push(call);
  const failure = world.failures.get(call) ?? world.failures.get(String(words[0]));
  if (failure !== undefined) throw failure;
}

function fileCalls(world: World) {
  const { files } = world;
  const has = (path: string) =>
    files.has(path) || [...files.keys()].some((name) => name.startsWith(`${path}/`));
  const read = (path: string): string => {
    const failure = world.failures.get(`readText ${path}`);
    if (failure !== undefined) throw failure;
    const text = files.get(path);
    if (text === undefined) throw syscallError("open", "ENOENT", { text: path });
    return text;
  };
  return {
    readText: (path: string) => ({ text: read(path), hasBigIntegers: /\d{16}/.test(read(path)) }),
    writeText: (path: string, text: string) => {
      record(world, "writeText", path);
      files.set(path, text);
    },
    appendText: (path: string, text: string) => {
      record(world, "appendText", path);
      files.set(path, (files.get(path) ?? "") + text);
    },
    writeNew: (path: string, text: string) => {
      record(world, "writeNew", path);
      files.set(path, text);
    },
    makeDir: (path: string) => {
      record(world, "makeDir", path);
      if (has(path)) throw syscallError("mkdir", "EEXIST", { text: path });
      files.set(`${path}/.`, "");
    },
    makeDirs: (path: string) => record(world, "makeDirs", path),
    listDir: (path: string) => {
      if (!has(path)) throw syscallError("open", "ENOENT", { text: path });
      const names = [...files.keys()].filter((name) => name.startsWith(`${path}/`));
      return [...new Set(names.map((name) => name.slice(path.length + 1).split("/")[0]!))];
    },
    removeTree: (path: string) => {
      record(world, "removeTree", path);
      for (const name of [...files.keys()]) {
        if (name === path || name.startsWith(`${path}/`)) files.delete(name);
      }
    },
    exists: has,
    inspect: (path: string) =>
      has(path)
        ? {
            mode: files.has(path) ? 0o100755 : 0o040755,
            uid: 0,
            gid: 0,
            head: files.get(path) ?? "",
          }
        : null,
    mayWrite: (path: string) => world.writable.has(path),
    mayMount: () => world.mayMount,
    isWaiting: (stateDir: string) => has(`${stateDir}/start`),
    realPath: (path: string) => {
      if (path === ".") return "/cwd";
      if (path === "/proc/self") return "/proc/77";
      if (!has(path)) throw syscallError("open", "ENOENT", { text: path });
      return path;
    },
    lock: (path: string) => {
      const directory = path.slice(0, path.lastIndexOf("/"));
      if (!has(directory)) throw syscallError("open", "ENOENT", { text: path });
      if (world.locks.has(path)) throw syscallError("flock", "EAGAIN");
      world.locks.add(path);
      return { close: () => void world.locks.delete(path) };
    },
  };
}

function processCalls(world: World) {
  const { processes } = world;
  const isThere = (pid: number, startTime: bigint) => processes.get(pid) === startTime;
  const cgroupFile = (root: string, path: string, file: string) => `${root}${path}/${file}`;
  return {
    facts: () => world.facts,
    write: (fd: 1 | 2, text: string) => {
      world.output[fd] += text;
    },
    startTime: (pid: number) => processes.get(pid) ?? null,
    signal: (pid: number, startTime: bigint, signal: number) => {
      record(world, "signal", pid, signal);
      if (!isThere(pid, startTime)) return false;
      if (signal === 9 && world.isMortal) processes.delete(pid);
      return true;
    },
    waitGone: (pid: number, startTime: bigint) => !isThere(pid, startTime),
    runHook: (hook: HookRun) => {
      record(world, "runHook", hook.path, hook.stdin);
      return world.hookResult(hook);
    },
    start: (directory: string, pid: number) => {
      record(world, "start", directory, pid);
      world.files.delete(`${directory}/start`);
    },
    sendFds: (socket: string, fds: number[], text: string) =>
      record(world, "sendFds", socket, fds.join(), text),
    closeFd: (fd: number) => record(world, "closeFd", fd),
    fitConsole: () => {},
    readCgroup: (root: string, path: string, file: string) =>
      world.cgroupFiles.get(cgroupFile(root, path, file)) ?? null,
    writeCgroup: (root: string, path: string, file: string, text: string) => {
      record(world, "writeCgroup", cgroupFile(root, path, file), text);
    },
    removeCgroups: (paths: { root: string; path: string }[], _timeoutMs: number, kill = false) =>
      record(
        world,
        "removeCgroups",
        ...paths.map(({ root, path }) => root + path),
        ...(kill ? ["kill"] : []),
      ),
    killCgroup: (root: string, path: string, signal: number) =>
      record(world, "killCgroup", root + path, signal),
    holdSignals: () => record(world, "holdSignals"),
    supervise: (_launch: Launch, options: object, notify?: Notify) => {
      record(world, "supervise", JSON.stringify(options), ...(notify ? ["with notify"] : []));
      processes.delete(PID);
      return world.end;
    },
    Launch: launchClass(world),
    Notify: notifyClass(world),
  };
}

function notifyClass(world: World) {
  return class FakeNotify {
    constructor(path: string, manager: string) {
      record(world, "Notify", path, manager);
    }
    wait = () => record(world, "Notify.wait");
    waitFor = (pid: number) => record(world, "Notify.waitFor", pid);
    close = () => record(world, "Notify.close");
  };
}

/** Pid and start time of every fake init. */
export const PID = 42;
export const START_TIME = 1000n;

function launchClass(world: World) {
  return class FakeLaunch {
    prepare = () => record(world, "prepare");
    clone = () => {
      record(world, "clone");
      world.processes.set(PID, START_TIME);
      return PID;
    };
    configure = () => record(world, "configure");
    receive = (): LaunchEvent => {
      const next = world.events.shift();
      if (next === undefined) throw syscallError("recvmsg", "ETIMEDOUT");
      if (next instanceof Error) throw next;
      return next;
    };
    go = () => record(world, "go");
    startTime = () => START_TIME;
    pidfd = () => 7;
    waitEnd = () => {
      world.processes.delete(PID);
      return world.end;
    };
    abort = () => {
      record(world, "abort");
      world.processes.delete(PID);
    };
    trace = () => '{"traceEvents":[{"name":"clone"}]}';
    close = () => record(world, "close");
  };
}
