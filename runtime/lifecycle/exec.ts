// Runs a further program in a container: from a plan to its end. Effects through the host.

import { parseSaved } from "../config/parse-saved.ts";
import type { Config } from "../config/types.ts";
import type { Launch, LaunchEvent, Plan } from "../host/host.ts";
import type { ExecTarget } from "../plan/exec/compile.ts";
import type { HostOp } from "../plan/ops.ts";
import { load, loadConfig, type Store } from "../store/store.ts";
import { deliverConsole, deliverListener, deliverPidfd } from "./deliver.ts";
import { observe } from "./observe.ts";
import { processOf, type State } from "./state.ts";
import { checkStatus, type Status } from "./status.ts";
import { attempt, failedWith, isSyscallError } from "./syscall.ts";
import { launchError, stepsOf } from "./syscall-error.ts";

/** A container that a program can be run in. */
export interface Running {
  readonly state: State;
  readonly status: Status;
  /** As it was at creation. */
  readonly config: Config;
  readonly target: ExecTarget;
}

/** @throws RuntimeError when there is none, or when nothing may be run in it now */
export function openContainer(store: Store, id: string, ignorePaused: boolean): Running {
  const state = load(store, id);
  const status = observe(store, state);
  checkStatus(ignorePaused ? "exec in paused" : "exec", id, status);
  const { text, hasBigIntegers } = loadConfig(store, id);
  const { pid, startTime } = processOf(state)!;
  const { rootfs, cgroups, hasNoKeyring, isRestored = false, unit } = state;
  const hasKeyring = hasNoKeyring !== true;
  const inUnit = unit === undefined ? {} : { unit };
  const target = { id, pid, startTime, rootfs, cgroups, hasKeyring, isRestored, ...inUnit };
  return { state, status, config: parseSaved(text, { hasBigIntegers }), target };
}

export interface ExecRequest {
  readonly container: Running;
  readonly plan: Plan;
  readonly consoleSocket?: string;
  readonly pidfdSocket?: string;
  readonly pidFile?: string;
  /** Signals wait for the program from the moment it is let go. */
  readonly isForeground: boolean;
  /** What moves the process where its caller may not clone it into the cgroup. */
  readonly detour?: HostOp;
  /** Where the container's first process is: taken where its own cgroup can't be entered any more. */
  readonly fallback?: () => string | undefined;
  readonly isTraced: boolean;
  readonly onStep?: (step: string) => void;
}

/** A program that runs. Who gets it closes `launch`, and a console that is not -1. */
export interface Executed {
  readonly launch: Launch;
  /** Master of the terminal, if no socket got it; else -1. */
  readonly consoleFd: number;
}

/** @throws RuntimeError, with nothing left of the process */
export function execProgram(store: Store, request: ExecRequest): Executed {
  const attempted: Attempted = { consoleFd: -1 };
  try {
    const { launch, pid } = cloneInto(store, request, attempted);
    request.onStep?.("configure the init");
    launch.configure();
    handshake(store, request, attempted, launch, pid);
    release(store, request, launch, pid);
    return { launch, consoleFd: attempted.consoleFd };
  } catch (error) {
    const isOver = hasEnded(store, request, error);
    attempted.launch?.abort();
    attempted.launch?.close();
    if (attempted.consoleFd >= 0) store.host.closeFd(attempted.consoleFd);
    if (isOver) checkStatus("exec", request.container.target.id, "stopped");
    throw launchError(error, stepsOf(request.plan), "run a program in the container");
  }
}

/** Waits for the program's end, passing signals and the terminal on: its exit code, or 128 plus the signal's number. */
export function waitForProgram({ host }: Store, { launch, consoleFd }: Executed): number {
  try {
    const end = host.supervise(launch, {
      consoleFd,
      signals: true,
      subreaper: false,
      isLast: true,
    });
    return end.exitCode ?? 128 + (end.signal ?? 0);
  } catch (error) {
    // Nobody would wait for it, nor pass anything on.
    launch.abort();
    throw launchError(error, () => undefined, "wait for the program");
  } finally {
    launch.close();
    if (consoleFd >= 0) host.closeFd(consoleFd);
  }
}

/** A pid namespace whose first process has ended takes no further one: the kernel calls that a lack of memory. */
function hasEnded({ host }: Store, { container }: ExecRequest, error: unknown): boolean {
  const { pid, startTime } = container.target;
  return failedWith(error, "ENOMEM") && host.startTime(pid) !== startTime;
}

/** What is to be taken back. */
interface Attempted {
  launch?: Launch;
  consoleFd: number;
}

/** Where the kernel says that nobody can enter a v2 cgroup any more: removed, or with controllers for its children. */
const REFUSALS = ["EBUSY", "ENOENT", "EOPNOTSUPP"];

function cloneInto(
  { host }: Store,
  request: ExecRequest,
  attempted: Attempted,
): { launch: Launch; pid: number } {
  const { plan, isTraced, onStep } = request;
  const start = (plan: Plan): { launch: Launch; pid: number } => {
    const launch = new host.Launch(plan, { trace: isTraced });
    attempted.launch = launch;
    launch.prepare();
    return { launch, pid: launch.clone() };
  };
  onStep?.("clone the init into the container");
  try {
    return start(plan);
  } catch (error) {
    const other = otherWay(request, error);
    if (other === undefined) throw error;
    onStep?.(other.what);
    attempted.launch?.abort();
    attempted.launch?.close();
    return start(other.plan);
  }
}

/** The plan for when the container's own cgroup can't be cloned into. */
function otherWay(
  { plan, detour, fallback }: ExecRequest,
  error: unknown,
): { plan: Plan; what: string } | undefined {
  if (!isSyscallError(error) || error.phase !== "clone") return undefined;
  const { sandbox, after } = plan;
  if (detour !== undefined && failedWith(error, "EACCES", "EPERM")) {
    const way = { ...plan, sandbox: { ...sandbox, intoCgroup: "" }, after: [detour, ...after] };
    return { plan: way, what: "have systemd move it into the container's cgroup instead" };
  }
  const intoCgroup = failedWith(error, ...REFUSALS) ? fallback?.() : undefined;
  if (intoCgroup === undefined) return undefined;
  const what = `enter the cgroup ${intoCgroup} of the container's first process instead`;
  return { plan: { ...plan, sandbox: { ...sandbox, intoCgroup } }, what };
}

/** How long the init may be silent: a dead network file system holds it for ever. */
const SILENCE_MS = 120_000;

/** Answers the init until it has done all its work. */
function handshake(
  { host }: Store,
  { container, consoleSocket, onStep }: ExecRequest,
  attempted: Attempted,
  launch: Launch,
  pid: number,
): void {
  const { state, status, config } = container;
  const timeoutMs = status === "paused" ? 0 : SILENCE_MS;
  for (;;) {
    const event = launch.receive(timeoutMs);
    onStep?.(`the init reports: ${event.kind}`);
    switch (event.kind) {
      case "console":
        attempted.consoleFd = event.fd;
        if (consoleSocket === undefined) {
          host.fitConsole(event.fd);
          break;
        }
        attempted.consoleFd = -1;
        deliverConsole(host, consoleSocket, event.fd);
        break;
      case "listener": {
        const { seccomp } = config.linux ?? {};
        deliverListener(host, seccomp, state, event.fd, pid, status);
        break;
      }
      case "ready":
        return;
      case "barrier":
      case "exec":
        throw outOfTurn(event.kind);
      default:
        event.kind satisfies never;
    }
  }
}

/** Everything that may fail comes before the program runs, but for its execution. */
function release({ host }: Store, request: ExecRequest, launch: Launch, pid: number): void {
  const { pidfdSocket, pidFile, isForeground } = request;
  if (pidfdSocket !== undefined) deliverPidfd(host, pidfdSocket, launch.pidfd(), "setns");
  if (pidFile !== undefined) {
    attempt(`write the pid file ${pidFile}`, () => host.writeNew(pidFile, String(pid), 0o644));
  }
  if (isForeground) host.holdSignals();
  launch.go();
  const { kind } = launch.receive(0);
  if (kind !== "exec") throw outOfTurn(kind);
}

function outOfTurn(kind: LaunchEvent["kind"]): Error {
  return new Error(`the init reports ${kind} instead of what was due`);
}
