// Creates a container: from a plan to a process that waits for its start. What fails is undone. Effects through the host.
// Spec: runtime.md#create, runtime.md#lifecycle

import { hooksAt } from "../hooks/order.ts";
import { runHooks } from "../hooks/run.ts";
import type { Launch, Lock, Notify, Plan } from "../host/host.ts";
import { claim, type Store, save, saveConfig } from "../store/store.ts";
import { deliverConsole, deliverListener, deliverPidfd } from "./deliver.ts";
import { type Blueprint, initialState } from "./initial-state.ts";
import { bindNotify, makeNotifyDirectory } from "./notify.ts";
import { ociState, type State } from "./state.ts";
import { attempt } from "./syscall.ts";
import { launchError, stepsOf } from "./syscall-error.ts";
import { type Attempt, undo } from "./undo.ts";

export interface CreateRequest extends Blueprint {
  /** The text of config.json, to be kept. */
  readonly configText: string;
  /** Sockets that get the terminal's master and a pidfd; a terminal without a socket stays with the caller. */
  readonly consoleSocket?: string;
  readonly pidfdSocket?: string;
  readonly pidFile?: string;
  /** The caller's NOTIFY_SOCKET, where the program runs at once; else `start` brings it. */
  readonly manager?: string;
  readonly isTraced: boolean;
  /** Told of each step that begins. */
  readonly onStep?: (step: string) => void;
}

/**
 * A container whose process waits for `start`, or is about to execute its program where the plan has no wait.
 * Who gets it closes `lock`, `launch` and a console that is not -1.
 */
export interface Created {
  readonly state: State;
  readonly launch: Launch;
  readonly lock: Lock;
  /** Master of the terminal, if no socket got it; else -1. */
  readonly consoleFd: number;
  /** Hears of the program's readiness. */
  readonly notify?: Notify;
}

/** @throws RuntimeError, with nothing left behind that could be removed */
export function createContainer(store: Store, request: CreateRequest): Created {
  request.onStep?.("claim the container id");
  const lock = claim(store, request.id);
  const progress: Attempt = { state: initialState(request), lock, isCloned: false, consoleFd: -1 };
  try {
    const launch = build(store, request, progress);
    const { state, consoleFd, notify } = progress;
    return { state, launch, lock, consoleFd, ...(notify !== undefined && { notify }) };
  } catch (error) {
    throw undo(store, progress, launchError(error, stepsOf(request.compiled.plan)));
  }
}

/** The steps in their order; `progress` has what is to be undone should the next one fail. */
function build(store: Store, request: CreateRequest, progress: Attempt): Launch {
  const { host } = store;
  const { id, pidFile, onStep } = request;

  // Before the first side effect: whoever finds this state can remove everything that follows.
  onStep?.("write the state");
  save(store, progress.state);
  saveConfig(store, id, request.configText);
  if (request.notify !== undefined) {
    makeNotifyDirectory(host, request.notify);
    if (request.manager !== undefined) {
      progress.notify = bindNotify(host, request.notify, request.manager);
    }
  }

  onStep?.("prepare the host's side");
  const launch = new host.Launch(request.compiled.plan, { trace: request.isTraced });
  progress.launch = launch;
  launch.prepare();

  onStep?.("clone the init");
  const pid = launch.clone();
  progress.isCloned = true;
  onStep?.("configure the init");
  launch.configure();

  // The init is at work by now. It ends with us, so that nothing is lost should we end before this is written.
  const goesAhead = canGoAhead(request);
  const startTime = String(launch.startTime());
  progress.state = { ...progress.state, pid, startTime, ...(goesAhead && { isReady: true }) };
  save(store, progress.state);
  if (goesAhead) launch.go();
  handshake(store, request, progress, launch);
  if (goesAhead) return launch;

  if (request.pidfdSocket !== undefined) deliverPidfd(host, request.pidfdSocket, launch.pidfd());
  if (pidFile !== undefined) {
    attempt(`write the pid file ${pidFile}`, () => host.writeNew(pidFile, String(pid), 0o644));
  }
  progress.state = { ...progress.state, isReady: true };
  save(store, progress.state);
  // Where there are fifos it waits at them for `start` now, and needs us no more.
  launch.go();
  return launch;
}

/** Nothing is left to be done between the init's last step and the program: it is told to go on before it asks. */
function canGoAhead({ compiled, pidFile, pidfdSocket }: CreateRequest): boolean {
  if (pidFile !== undefined || pidfdSocket !== undefined) return false;
  return !compiled.plan.init.some(
    // A listener is taken from the init, which has to be there yet.
    (step) =>
      step.op === "barrier" || step.op === "waitStart" || (step.op === "seccomp" && step.notify),
  );
}

/** Answers the init until it has done all its work. */
function handshake(store: Store, request: CreateRequest, progress: Attempt, launch: Launch): void {
  const { host } = store;
  const { config, onStep } = request;
  const timeoutMs = handshakeTimeout(request.compiled.plan.init);
  for (;;) {
    const event = launch.receive(timeoutMs);
    onStep?.(`the init reports: ${event.kind}`);
    switch (event.kind) {
      case "barrier": {
        const { state } = progress;
        const [made, creating] = [ociState(state, "created"), ociState(state, "creating")];
        runHooks(host, hooksAt("environment made", config.hooks), made, state.bundle, launch);
        runHooks(host, hooksAt("before pivot", config.hooks), creating, state.bundle, launch);
        launch.go();
        break;
      }
      case "console":
        progress.consoleFd = event.fd;
        if (request.consoleSocket === undefined) {
          host.fitConsole(event.fd);
          break;
        }
        deliverConsole(host, request.consoleSocket, event.fd);
        progress.consoleFd = -1;
        break;
      case "listener":
        deliverListener(host, config.linux?.seccomp, progress.state, event.fd);
        break;
      case "ready":
        return;
      case "exec":
        throw new Error("the init executed the program before it was told to");
      default:
        event.kind satisfies never;
    }
  }
}

/** How long the init may be silent, hooks aside: a frozen cgroup or a dead network file system holds it for ever. */
const SILENCE_MS = 120_000;

/** 0, no limit, when one of the init's hooks has none. */
function handshakeTimeout(init: Plan["init"]): number {
  let timeoutMs = SILENCE_MS;
  for (const op of init) {
    if (op.op !== "hook") continue;
    if (op.timeoutMs === 0) return 0;
    timeoutMs += op.timeoutMs;
  }
  return timeoutMs;
}
