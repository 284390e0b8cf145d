// Containers that CRIU can write down: their standard streams are pipes or the null device, never sockets of the test's.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, type Edit, script } from "./bundle.ts";
import type { Call, Result } from "./call.ts";
import { succeeded } from "./container.ts";
import { runtimePath } from "./runtime.ts";
import type { Sandbox } from "./sandbox.ts";
import { until } from "./until.ts";

/** Emulated machines are slow, and CRIU has much to do. */
export const CRIU_TIMEOUT_MS = 120_000;

/** What a test with a real CRIU asks for. */
export const WITH_CRIU = { needs: ["criu"], timeoutMs: CRIU_TIMEOUT_MS };

/**
 * Runs the runtime in a shell with other streams than a test has: `redirect` is the shell's text for them. What it says comes
 * by its log.
 */
export function startQuietly(
  t: Sandbox,
  args: readonly string[],
  redirect = "</dev/null >/dev/null 2>&1",
  fds: readonly number[] = [],
): Call & { readonly log: string } {
  const log = join(t.dir, `${t.id()}.log`);
  const words = [runtimePath(), "--root", t.stateRoot, "--log", log, ...args];
  const call = t.startHelper("/bin/sh", ["-c", `"$@" ${redirect}`, "sh", ...words], {
    cwd: t.dir,
    env: { PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin", SPEC_TOKEN: t.token },
    timeoutMs: CRIU_TIMEOUT_MS,
    stdin: "open",
    fds,
  });
  return { ...call, log };
}

/** The same to its end; `stderr` is what it logged. */
export async function quietly(
  t: Sandbox,
  args: readonly string[],
  redirect?: string,
): Promise<Result> {
  const { exited, log } = startQuietly(t, args, redirect);
  const result = await exited;
  return { ...result, stderr: existsSync(log) ? readFileSync(log, "utf8") : "" };
}

/** Fails the test when the runtime does. */
export async function done(t: Sandbox, args: readonly string[], redirect?: string): Promise<void> {
  succeeded(args[0]!, await quietly(t, args, redirect));
}

/** A container that counts in its memory, and writes each number into a file that it holds open. */
export interface Counter {
  readonly id: string;
  readonly bundle: Bundle;
  readonly images: string;
  numbers(): number[];
  /** Waits for further numbers; throws with a hole or a repetition among them. */
  grows(): Promise<number>;
}

const COUNT = "exec 5>/numbers; i=0; while :; do i=$((i+1)); echo $i >&5; busybox sleep 0.05; done";

/** `global`: options before each command. */
export async function counting(t: Sandbox, edit?: Edit, global: readonly string[] = []) {
  const bundle = t.bundle((config, made) => {
    script(config, COUNT);
    edit?.(config, made);
  });
  const counter = counterOf(t, t.id(), bundle);
  await done(t, [...global, "run", "--detach", "--bundle", bundle.dir, counter.id]);
  await counter.grows();
  return counter;
}

export function counterOf(t: Sandbox, id: string, bundle: Bundle): Counter {
  const path = join(bundle.rootfs, "numbers");
  const numbers = () =>
    existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1).map(Number) : [];
  const grows = async () => {
    const before = numbers().length;
    await until(`a number after ${before}`, () => numbers().length > before, 30_000);
    const found = numbers();
    const wrong = found.findIndex((number, index) => number !== index + 1);
    if (wrong >= 0) throw new Error(`${found[wrong]} in the place of ${wrong + 1}`);
    return found.length;
  };
  return { id, bundle, images: join(t.dir, "images"), numbers, grows };
}

/** Options of both commands. */
export const paths = ({ images }: { images: string }, work = `${images}-work`) => [
  "--image-path",
  images,
  "--work-path",
  work,
];

export async function checkpoint(t: Sandbox, counter: Counter, ...flags: string[]) {
  return done(t, ["checkpoint", ...paths(counter), ...flags, counter.id]);
}

export async function restore(t: Sandbox, counter: Counter, ...flags: string[]) {
  const where = ["--bundle", counter.bundle.dir, ...paths(counter)];
  return done(t, ["restore", "--detach", ...where, ...flags, counter.id]);
}
