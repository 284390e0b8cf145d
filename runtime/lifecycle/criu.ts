// Runs CRIU and talks with it: from a plan to its answer. Effects through the host.

import { RuntimeError } from "../errors.ts";
import type { Criu, CriuEvent, Host, Launch, Plan } from "../host/host.ts";
import { failureText } from "../plan/criu/log.ts";
import type { RestoreWishes } from "../plan/criu/wishes.ts";
import { attempt, isSyscallError } from "./syscall.ts";
import { launchError, stepsOf } from "./syscall-error.ts";

/** 3.15: external pid namespaces, and `status-ready`. As the addon gives versions. */
const OLDEST = 31_500;

/** How long CRIU may take to be there. */
const START_TIMEOUT_MS = 60_000;

/** CRIU, at work. Who gets it closes the conversation and the launch. */
export interface RunningCriu {
  readonly criu: Criu;
  readonly launch: Launch;
  readonly pid: number;
  readonly version: number;
}

/** Starts CRIU as the program of a plan that `compile` makes for its end of the connection. */
export function startCriu(host: Host, compile: (end: number) => Plan): RunningCriu {
  const criu = new host.Criu();
  const end = criu.takeEnd();
  let launch: Launch | undefined;
  try {
    const plan = compile(end);
    launch = new host.Launch(plan, { trace: false });
    const pid = execute(launch, plan);
    host.closeFd(end);
    criu.askVersion();
    const { version } = criu.receive();
    if (version < OLDEST) throw tooOld(version);
    return { criu, launch, pid, version };
  } catch (error) {
    host.closeFd(end);
    criu.close();
    launch?.abort();
    launch?.close();
    throw error;
  }
}

function execute(launch: Launch, plan: Plan): number {
  try {
    launch.prepare();
    const pid = launch.clone();
    launch.configure();
    const ready = launch.receive(START_TIMEOUT_MS);
    if (ready.kind !== "ready") throw new Error(`the init of CRIU reports ${ready.kind}`);
    launch.go();
    const { kind } = launch.receive(START_TIMEOUT_MS);
    if (kind !== "exec") throw new Error(`the init of CRIU reports ${kind}`);
    return pid;
  } catch (error) {
    throw isMissing(error, plan) ? missing(error) : launchError(error, stepsOf(plan), "run CRIU");
  }
}

function isMissing(error: unknown, plan: Plan): boolean {
  return isSyscallError(error) && stepsOf(plan)(error)?.op === "resolveProgram";
}

function missing(cause: unknown): RuntimeError {
  const message = 'CRIU is needed: exec: "criu": executable file not found in $PATH';
  return new RuntimeError("ERR_STATE", message, { hint: "install criu", cause });
}

function tooOld(version: number): RuntimeError {
  const text = versionText(version);
  return new RuntimeError("ERR_STATE", `CRIU ${text} is too old: it must be 3.15 or later`);
}

/** 31701 -> "3.17.1" */
export function versionText(version: number): string {
  const parts = [version / 10_000, (version / 100) % 100, version % 100];
  return parts.map(Math.floor).join(".");
}

/** Refuses what this CRIU on this kernel can't do. */
export function checkFeatures(
  { criu }: RunningCriu,
  wanted: { memTrack: boolean; lazyPages: boolean },
): void {
  if (!wanted.memTrack && !wanted.lazyPages) return;
  criu.askFeatures(wanted.memTrack, wanted.lazyPages);
  const found = criu.receive();
  const lacking = [
    ...(wanted.memTrack && !found.memTrack ? ["MemTrack"] : []),
    ...(wanted.lazyPages && !found.lazyPages ? ["LazyPages"] : []),
  ];
  if (lacking.length === 0) return;
  const message = `criu is missing features: [${lacking.join(" ")}]`;
  throw new RuntimeError("ERR_STATE", message, {
    hint: "criu check --all tells what this kernel lacks",
  });
}

/** 3.16 is the first that sets labels other than those in the images. */
export function checkLsm(version: number, wishes: RestoreWishes): void {
  if (version >= 31_600) return;
  const { lsmProfile, lsmMountContext } = wishes;
  const option = lsmProfile === undefined ? "--lsm-mount-context" : "--lsm-profile";
  if (lsmProfile === undefined && lsmMountContext === undefined) return;
  throw new RuntimeError("ERR_STATE", `${option} requires at least CRIU 3.16`);
}

/** Answers CRIU until the work is done. */
export function converse(criu: Criu, onNotify: (event: CriuEvent) => void): CriuEvent {
  for (;;) {
    const event = criu.receive();
    if (event.kind === "done") return event;
    onNotify(event);
    criu.proceed();
  }
}

/** Lets a CRIU that has answered end, and waits for that; its launch stays open. */
export function endCriu({ criu, launch }: RunningCriu): void {
  criu.close();
  const { exitCode, signal } = launch.waitEnd();
  if (exitCode === 0) return;
  const how = signal === undefined ? `exit status ${exitCode}` : `signal ${signal}`;
  throw new RuntimeError("ERR_STATE", `criu failed after its work was done: ${how}`);
}

/** How long CRIU may take to put back what it changed. */
const STOP_TIMEOUT_MS = 30_000;

/** Ends the conversation, wherever it is. CRIU lets go of processes that it holds, or ends those that it made: killed, it would not. */
export function stopCriu(host: Host, { criu, launch, pid }: RunningCriu): void {
  criu.close();
  const startTime = host.startTime(pid);
  if (startTime !== null) host.waitGone(pid, startTime, STOP_TIMEOUT_MS);
  launch.abort();
}

/** What CRIU said, and what its log says of the reason; any other error as it is. */
export function criuError(host: Host, error: unknown, what: string, log: string): unknown {
  // CRIU's failures are told, no call of ours failed
  if (!isSyscallError(error) || error.call !== "") return error;
  const message = `cannot ${what}: ${failureText(error.text, logText(host, log))}`;
  return new RuntimeError("ERR_STATE", message, { hint: `log: ${log}`, cause: error });
}

/** A log larger than this tells nothing more. */
const LOG_LIMIT = 64 << 20;

function logText(host: Host, path: string): string {
  try {
    return host.readText(path, LOG_LIMIT).text;
  } catch {
    return "";
  }
}

/** The directories of the images and of the logs; an absent one is made. */
export function makeDirectories(host: Host, images: string, work: string | undefined): void {
  for (const path of work === undefined ? [images] : [images, work]) {
    attempt(`make ${path}`, () => host.makeDirs(path, 0o700));
  }
}
