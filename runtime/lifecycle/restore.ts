// Makes a container anew from what `checkpoint` wrote. What fails is undone. Effects through the host.

import { hooksAt } from "../hooks/order.ts";
import { runHooks } from "../hooks/run.ts";
import type { Criu, CriuEvent, Host, Plan } from "../host/host.ts";
import type { Context } from "../plan/context.ts";
import {
  bindsOf,
  inheritedPipes,
  namespacesToEnter,
  restoreMounts,
} from "../plan/criu/external.ts";
import { loopbackPlan } from "../plan/criu/loopback.ts";
import { configFileOf, RESTORE_LOG, restoreOptions } from "../plan/criu/options.ts";
import { preparePlan } from "../plan/criu/prepare.ts";
import { type RestorePlan, restorePlan } from "../plan/criu/run.ts";
import type { RestoreWishes } from "../plan/criu/wishes.ts";
import type { CgroupDriver } from "../plan/driver.ts";
import { planError } from "../plan/problem.ts";
import { claim, directoryOf, type Store, save, saveConfig } from "../store/store.ts";
import { DESCRIPTORS } from "./checkpoint.ts";
import {
  checkFeatures,
  checkLsm,
  converse,
  criuError,
  endCriu,
  makeDirectories,
  type RunningCriu,
  startCriu,
  stopCriu,
} from "./criu.ts";
import { deleteOwn } from "./delete.ts";
import { deliverConsole } from "./deliver.ts";
import { type Blueprint, initialState } from "./initial-state.ts";
import { makeNotifyDirectory } from "./notify.ts";
import { ociState, processOf, type State } from "./state.ts";
import { attempt } from "./syscall.ts";
import { launchError, stepsOf } from "./syscall-error.ts";
import { type Attempt, undo } from "./undo.ts";

export interface RestoreRequest extends Blueprint {
  readonly wishes: RestoreWishes;
  /** A fresh context of the config for each use: compiling adds to it. */
  readonly context: () => Context;
  /** Who makes the cgroups in place of the runtime. */
  readonly driver?: CgroupDriver;
  readonly configText: string;
  /** Absolute paths of directories; without one for logs it is that of the images. */
  readonly images: string;
  readonly work?: string;
  readonly search: string;
  readonly consoleSocket?: string;
  readonly pidFile?: string;
  readonly notify: string;
  readonly onStep?: (step: string) => void;
}

export interface Restored {
  readonly state: State;
  /** Of the first process, which is our child; to be closed. */
  readonly pidfd: number;
  /** Master of the terminal, if no socket got it; else -1. */
  readonly consoleFd: number;
}

/**
 * Waits for the end of the first process, passing signals and the terminal on, and deletes the container: its exit code, or 128
 * plus the signal's number.
 */
export function waitForRestored(
  store: Store,
  { state, pidfd, consoleFd }: Restored,
  subreaper: boolean,
): { exitCode: number; warnings: readonly string[] } {
  const { host } = store;
  const { pid } = processOf(state)!;
  const options = { consoleFd, signals: true, subreaper, isLast: false };
  let end: ReturnType<typeof host.superviseChild>;
  try {
    end = host.superviseChild(pid, pidfd, options);
  } catch (error) {
    // Nobody would wait for it, nor pass anything on.
    deleteOwn(store, state);
    throw launchError(error, () => undefined, "wait for the container's program");
  } finally {
    host.closeFd(pidfd);
    if (consoleFd >= 0) host.closeFd(consoleFd);
  }
  const { warnings } = deleteOwn(store, state);
  return { exitCode: end.exitCode ?? 128 + (end.signal ?? 0), warnings };
}

interface Progress extends Attempt {
  running?: RunningCriu;
  pidfd: number;
}

/** @throws RuntimeError, with nothing left behind that could be removed */
export function restoreContainer(store: Store, request: RestoreRequest): Restored {
  const lock = claim(store, request.id);
  const state = initialState(request);
  const progress: Progress = { state, lock, isCloned: false, consoleFd: -1, pidfd: -1 };
  try {
    restore(store, request, progress);
  } catch (error) {
    throw abandon(store, progress, error);
  }
  lock.close();
  const { pidfd, consoleFd } = progress;
  return { state: progress.state, pidfd, consoleFd };
}

/** The steps in their order; `progress` has what is to be undone should the next one fail. */
function restore(store: Store, request: RestoreRequest, progress: Progress): void {
  const { host } = store;
  const { id, images, work, notify, pidFile, onStep } = request;
  save(store, progress.state);
  saveConfig(store, id, request.configText);
  // a container that had such a directory gets one, though nobody waits for its readiness a second time
  makeNotifyDirectory(host, notify);
  makeDirectories(host, images, work);

  onStep?.("make the mount points");
  runToReady(host, preparePlan(request.context()), "make the mount points");
  onStep?.("run CRIU");
  const places = placesOf(store, request);
  const running = startCriu(host, (end) => {
    const { search, driver } = request;
    places.plan = restorePlan(request.context(), { search, end }, places, driver);
    return places.plan.plan;
  });
  progress.running = running;
  progress.launch = running.launch;
  const { pid } = talk(store, request, progress, places, running);

  endCriu(running);
  if (pidFile !== undefined) {
    attempt(`write the pid file ${pidFile}`, () => host.writeNew(pidFile, String(pid), 0o644));
  }
  progress.state = { ...progress.state, isReady: true };
  save(store, progress.state);
  running.launch.close();
}

interface Places {
  readonly root: string;
  readonly files: readonly { readonly at: string; readonly key: string; readonly path: string }[];
  plan?: RestorePlan;
}

function placesOf(store: Store, { id, context }: RestoreRequest): Places {
  const { files, unknown } = namespacesToEnter(context().linux);
  const [first] = unknown;
  if (first !== undefined) {
    throw planError(first.at, `CRIU can't restore into a ${first.type} namespace that is there`);
  }
  return { root: `${directoryOf(store, id)}/criu-root`, files };
}

function talk(
  { host, root }: Store,
  request: RestoreRequest,
  progress: Progress,
  places: Places,
  running: RunningCriu,
): CriuEvent {
  const { id, wishes, images, work } = request;
  const { criu, version } = running;
  try {
    checkLsm(version, wishes);
    checkFeatures(running, { memTrack: false, lazyPages: wishes.lazyPages });
    const options = optionsFor(host, request, places, running);
    // CRIU mounts in these directories: they must be of its mount namespace
    const seen = (path: string) => `/proc/${running.pid}/root${host.realPath(path)}`;
    criu.order("restore", options, seen(images), work === undefined ? "" : seen(work));
    return converse(criu, (event) => onNotify({ host, root }, request, progress, event));
  } catch (error) {
    throw criuError(host, error, `restore container ${id}`, `${work ?? images}/${RESTORE_LOG}`);
  }
}

function optionsFor(
  host: Host,
  { wishes, images, config, context }: RestoreRequest,
  { root, files, plan }: Places,
  { pid }: RunningCriu,
): Parameters<Criu["order"]>[1] {
  const configFile = configFileOf(config.annotations, (path) => host.exists(path));
  const numbers = plan?.fileNumbers ?? [];
  const { linux } = context();
  return restoreOptions(wishes, {
    root,
    ...(configFile !== undefined && { configFile }),
    mounts: restoreMounts(context(), bindsOf(context())),
    joins: namespacesToEnter(linux).joins,
    inherited: [
      ...files.map(({ key }, index) => ({ key, fd: numbers[index] ?? -1 })),
      ...inheritedPipes(descriptorsOf(host, images)),
    ],
    cgroups: host.readText(`/proc/${pid}/cgroup`, 1 << 20).text,
  });
}

function descriptorsOf(host: Host, images: string): string[] {
  const path = `${images}/${DESCRIPTORS}`;
  const { text } = attempt(`read ${path}`, () => host.readText(path, 1 << 20));
  const list: unknown = JSON.parse(text);
  return Array.isArray(list) ? list.map(String) : [];
}

function onNotify(
  store: Store,
  request: RestoreRequest,
  progress: Progress,
  { script, pid, fd }: CriuEvent,
): void {
  const { host } = store;
  request.onStep?.(`CRIU: ${script}`);
  switch (script) {
    case "setup-namespaces": {
      runToReady(host, loopbackPlan(request.context(), pid), "bring the loopback device up");
      progress.isCloned = true;
      runCreateHooks(host, request, { ...progress.state, pid });
      break;
    }
    case "post-restore": {
      const startTime = host.startTime(pid);
      if (startTime === null) throw new Error("the restored process is gone");
      progress.pidfd = host.openPidfd(pid, startTime);
      // from now on a delete finds it
      progress.state = { ...progress.state, pid, startTime: String(startTime), isRestored: true };
      save(store, progress.state);
      break;
    }
    case "orphan-pts-master":
      takeConsole(host, request, progress, fd);
      break;
    default:
      if (fd >= 0) host.closeFd(fd);
  }
}

/** As creation does, where the namespaces are there. */
function runCreateHooks(host: Host, { config, bundle }: RestoreRequest, state: State): void {
  const [made, creating] = [ociState(state, "created"), ociState(state, "creating")];
  runHooks(host, hooksAt("environment made", config.hooks), made, bundle);
  runHooks(host, hooksAt("before pivot", config.hooks), creating, bundle);
}

function takeConsole(
  host: Host,
  { consoleSocket }: RestoreRequest,
  progress: Progress,
  fd: number,
): void {
  progress.consoleFd = fd;
  if (consoleSocket === undefined) return;
  deliverConsole(host, consoleSocket, fd);
  progress.consoleFd = -1;
}

/** Runs a plan that has no program: it is done when its init is ready. */
function runToReady(host: Host, plan: Plan | undefined, what: string): void {
  if (plan === undefined) return;
  const launch = new host.Launch(plan, { trace: false });
  try {
    launch.prepare();
    launch.clone();
    launch.configure();
    const { kind } = launch.receive(READY_TIMEOUT_MS);
    if (kind !== "ready") throw new Error(`the init reports ${kind}`);
  } catch (error) {
    throw launchError(error, stepsOf(plan), what);
  } finally {
    launch.abort();
    launch.close();
  }
}

/** Mounts of a dead network file system hang. */
const READY_TIMEOUT_MS = 120_000;

const SIGKILL = 9;
const GONE_TIMEOUT_MS = 10_000;

/** What was restored already first, then CRIU, which ends what it has not finished, then all else. */
function abandon(store: Store, progress: Progress, error: unknown): unknown {
  const { host } = store;
  const process = processOf(progress.state);
  if (process !== undefined) {
    host.signal(process.pid, process.startTime, SIGKILL);
    host.waitGone(process.pid, process.startTime, GONE_TIMEOUT_MS);
  }
  if (progress.running !== undefined) stopCriu(host, progress.running);
  if (progress.pidfd >= 0) host.closeFd(progress.pidfd);
  return undo(store, progress, error);
}
