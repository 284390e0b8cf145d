// Starts a program with pipes and collects what comes out of it; knows nothing about containers.
// `exited` settles when the program ends, `closed` when everyone who inherited its output ended too.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { patiently } from "./patience.ts";

export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Call {
  readonly child: ChildProcess;
  readonly exited: Promise<Result>;
  readonly closed: Promise<Result>;
  stdout(): string;
  stderr(): string;
  /** Waits until stdout contains `text`; fails when stdout ends before. */
  sees(text: string): Promise<void>;
  write(text: string): void;
  end(): void;
}

export interface CallOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Text for stdin; without it stdin is /dev/null, with "open" a pipe that stays open. */
  readonly stdin?: string | "open";
  /** Descriptors for 3, 4, ... */
  readonly fds?: readonly number[];
  readonly timeoutMs?: number;
  /** Starts a session of its own, as engines do: for foreground signals. */
  readonly detached?: boolean;
}

export function call(file: string, args: readonly string[], options: CallOptions = {}): Call {
  const pipe = options.stdin === "open" ? openPipe() : null;
  const stdin = pipe?.read ?? (options.stdin === undefined ? "ignore" : "pipe");
  const child = spawn(file, [...args], {
    stdio: [stdin, "pipe", "pipe", ...(options.fds ?? [])],
    env: options.env ?? {},
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.detached ? { detached: true } : {}),
  });
  if (pipe) closeSync(pipe.read);
  child.stdin?.on("error", () => {}); // the reader may be gone already
  child.stdin?.end(options.stdin);
  const watched = watch(child, `${file} ${args.join(" ")}`, options.timeoutMs);
  const exited = settled(watched, "exit");
  const closed = settled(watched, "close");
  exited.catch(() => {});
  closed.catch(() => {});
  return {
    child,
    exited,
    closed,
    stdout: watched.stdout,
    stderr: watched.stderr,
    sees: (text) => seen(watched, text),
    write: (text) => pipe?.write(text),
    end: () => pipe?.end(),
  };
}

/** A child, what it has printed so far, and how long it may take over anything. */
interface Watched {
  readonly child: ChildProcess;
  readonly timeoutMs: number;
  stdout(): string;
  stderr(): string;
  /** What it did not do, with all that is known of it. */
  failure(missing: string): Error;
}

function watch(child: ChildProcess, what: string, timeoutMs = 15_000): Watched {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
  const stdout = () => Buffer.concat(out).toString();
  const stderr = () => Buffer.concat(err).toString();
  const failure = (missing: string) => new Error(`${missing}: ${what}\n${stdout()}${stderr()}`);
  return { child, timeoutMs: patiently(timeoutMs), stdout, stderr, failure };
}

function settled(watched: Watched, event: "exit" | "close"): Promise<Result> {
  const { child, timeoutMs, stdout, stderr, failure } = watched;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      if (event === "exit") child.kill("SIGKILL");
      reject(failure(`no ${event} within ${timeoutMs} ms`));
    }, timeoutMs);
    timer.unref();
    child.once("error", reject);
    child.once(event, (code, signal) => {
      clearTimeout(timer);
      // Data that was written before the end may be delivered after the event.
      setImmediate(() => resolve({ code, signal, stdout: stdout(), stderr: stderr() }));
    });
  });
}

function seen({ child, timeoutMs, stdout, failure }: Watched, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (!stdout().includes(text)) return;
      child.stdout?.off("data", check);
      resolve();
    };
    const late = () => reject(failure(`no "${text}" within ${timeoutMs} ms`));
    setTimeout(late, timeoutMs).unref();
    child.stdout?.on("data", check);
    child.stdout?.once("end", () => setImmediate(() => reject(failure(`ended without "${text}"`))));
    check();
  });
}

/**
 * A pipe that outlives the program it is given to: Node's own closes when its child ends, but a container
 * goes on reading after `create` did.
 */
function openPipe() {
  const dir = mkdtempSync(join(tmpdir(), "trunc-spec-pipe-"));
  const path = join(dir, "fifo");
  execFileSync("mkfifo", [path]);
  // Each end opened alone would wait for the other.
  const both = openSync(path, constants.O_RDWR);
  const read = openSync(path, constants.O_RDONLY);
  let write: number | null = openSync(path, constants.O_WRONLY);
  closeSync(both);
  rmSync(dir, { recursive: true });
  return {
    read,
    write: (text: string) => void (write !== null && writeSync(write, text)),
    end: () => {
      if (write !== null) closeSync(write);
      write = null;
    },
  };
}
