// Programs that are run in a container that is there already.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { args, type Edit } from "./bundle.ts";
import type { CallOptions, Result } from "./call.ts";
import { type Container, type CreateOptions, succeeded } from "./container.ts";
import { type Info, parse } from "./probe.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Process } from "./types.ts";

/** A container whose first process does nothing until SIGTERM. */
export async function idle(t: Sandbox, edit?: Edit, options?: CreateOptions): Promise<Container> {
  const bundle = t.bundle((config, made) => {
    args(config, "idle");
    edit?.(config, made);
  });
  const container = await t.create(bundle, options);
  await container.start();
  await container.created.sees("idle");
  return container;
}

export function exec(
  t: Sandbox,
  { id }: Container,
  flags: readonly string[],
  argv: readonly string[],
  options?: CallOptions,
): Promise<Result> {
  return t.runtime(["exec", ...flags, id, ...argv], options);
}

/** Runs a shell script; its output. */
export async function shell(
  t: Sandbox,
  container: Container,
  text: string,
  ...flags: string[]
): Promise<string> {
  const result = await exec(t, container, flags, ["/bin/sh", "-c", text]);
  return succeeded("exec", result).stdout;
}

/** Everything the probe sees of itself as a further process. */
export async function execInfo(
  t: Sandbox,
  container: Container,
  flags: readonly string[] = [],
  options?: CallOptions,
): Promise<Info> {
  const result = await exec(t, container, flags, ["/bin/probe", "info"], options);
  return parse<Info>(succeeded("exec", result).stdout);
}

/** Writes a process document; its path. */
export function processFile(t: Sandbox, process: Partial<Process>): string {
  const path = join(t.dir, "process.json");
  const whole = { cwd: "/", user: { uid: 0, gid: 0 }, args: ["/bin/probe", "info"], ...process };
  writeFileSync(path, JSON.stringify(whole));
  return path;
}
