// The runtimes that take part: trunc, what the distribution has, what the caller names. Each is tried once on each bundle,
// so that one that can't take it is left out of it with its own words, and not for want of an environment we can give it.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Bundle } from "./bundle.ts";
import { versionLine } from "./machine.ts";
import { stateRoot, type Workspace } from "./workspace.ts";

export interface Runtime {
  readonly name: string;
  readonly path: string;
  readonly version: string;
  /** What it says it is: "trunc", "runc", "crun" or another name. */
  readonly kind: string;
  /** Variables without which it does not work on this machine. */
  readonly env: readonly string[];
}

export interface Candidate {
  readonly name: string;
  readonly path: string | undefined;
}

/** The whole environment of every measured command: the caller's must not matter. */
export const BASE_ENV = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];
const TIMEOUT_MS = 60_000;

export function candidates(named: readonly string[], trunc: string): Candidate[] {
  const others = named.map((argument) => {
    const [name = "", path = ""] = argument.split(/=(.*)/s);
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(name) || !existsSync(path))
      throw new Error(`--runtime ${argument}: expected NAME=/path/of/a/program`);
    return { name, path: resolve(path) };
  });
  return [
    { name: "trunc", path: existsSync(trunc) ? trunc : undefined },
    { name: "crun", path: inPath("crun") },
    { name: "runc", path: inPath("runc") },
    ...others,
  ];
}

export function identify(name: string, path: string): Runtime {
  const version = versionLine(path);
  return { name, path, version, kind: version.split(" ")[0] ?? name, env: BASE_ENV };
}

/** Runs the bundle once; the runtime with the environment that it needs, or why it can't. */
export function tryBundle(
  workspace: Workspace,
  runtime: Runtime,
  bundle: Bundle,
  memlockStub: string,
): Runtime | string {
  const asIs = runOnce(workspace, runtime, bundle);
  if (asIs === undefined) return runtime;
  if (!/memlock/i.test(asIs)) return asIs;
  const helped = { ...runtime, env: [...BASE_ENV, `LD_PRELOAD=${memlockStub}`] };
  return runOnce(workspace, helped, bundle) === undefined ? helped : asIs;
}

/** The runtime's command line for one step on container ID. */
export function commandOf(
  workspace: Workspace,
  runtime: Runtime,
  bundle: Bundle,
  step: string,
  id: string,
): string[] {
  const base = [runtime.path, "--root", stateRoot(workspace, runtime.name)];
  switch (step) {
    case "run":
      return [...base, "run", "--bundle", bundle.oneShot, id];
    case "create":
      return [...base, "create", "--bundle", bundle.lasting, id];
    case "exec":
      return [...base, "exec", id, "/bin/true"];
    case "exec-detached":
      return [...base, "exec", "--detach", id, "/bin/true"];
    case "kill":
      return [...base, "kill", id, "KILL"]; // an init without a handler ignores SIGTERM
    case "cleanup":
      return [...base, "delete", "--force", id];
    default:
      return [...base, step, id];
  }
}

function runOnce(workspace: Workspace, runtime: Runtime, bundle: Bundle): string | undefined {
  const id = `${workspace.prefix}-try-${runtime.name}`;
  const [file = "", ...args] = commandOf(workspace, runtime, bundle, "run", id);
  const env = Object.fromEntries(runtime.env.map((pair) => pair.split(/=(.*)/s)));
  const tried = spawnSync(file, args, { encoding: "utf8", env, timeout: TIMEOUT_MS });
  if (tried.status === 0) return undefined;
  const [, ...cleanup] = commandOf(workspace, runtime, bundle, "cleanup", id);
  spawnSync(file, cleanup, { env, timeout: TIMEOUT_MS });
  const lines = tried.stderr
    .trim()
    .split("\n")
    .filter((line) => !/level=warning/.test(line));
  const last = lines.at(-1) || `exit ${tried.status ?? tried.signal}`;
  return /msg="(.*)"$/.exec(last)?.[1]?.replaceAll('\\"', '"') ?? last;
}

function inPath(name: string): string | undefined {
  const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
  return found || undefined;
}
