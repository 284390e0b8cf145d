// One test's world: a temporary directory, a state root, bundles and the runtime driver; and its end.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bundle, type Edit, makeBundle } from "./bundle.ts";
import { type Call, type CallOptions, call, type Result } from "./call.ts";
import { type Container, type CreateOptions, createContainer } from "./container.ts";
import { describeLeaks, findLeaks, removeLeaks } from "./leaks.ts";
import { runtimePath } from "./runtime.ts";

export interface Sandbox {
  readonly dir: string;
  /** In every name that the test makes; leaks are found by it. */
  readonly token: string;
  /** The runtime's --root. */
  readonly stateRoot: string;
  bundle(edit?: Edit): Bundle;
  /** A container id that no other test uses. */
  id(): string;
  /** Runs the runtime with `--root` put first, and waits for it and for all who share its output. */
  runtime(args: readonly string[], options?: CallOptions): Promise<Result>;
  /** The same without waiting. */
  startRuntime(args: readonly string[], options?: CallOptions): Call;
  /** Runs another program of the host, to its end or, with `startHelper`, beside the test. */
  startHelper(file: string, args: readonly string[], options?: CallOptions): Call;
  create(bundle: Bundle, options?: CreateOptions): Promise<Container>;
  /** `run` in the foreground. */
  run(bundle: Bundle, flags?: readonly string[], options?: CallOptions): Promise<Result>;
  /** Something to undo at the end, however the test ends. */
  defer(undo: () => void): void;
  /** What programs that ended with an error said, on standard error or on a terminal. */
  complaints(): string[];
  /** Ends everything; returns what the runtime had left behind. */
  cleanUp(): Promise<string[]>;
}

const BASE = mkdtempSync(join(tmpdir(), "trunc-spec-"));
const TEMPLATE = join(BASE, "template");
const RUN = BASE.slice(BASE.lastIndexOf("-") + 1);

process.on("exit", () => removeTree(BASE));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

let serial = 0;

/** `program`: the runtime to drive. Tokens have one length, for who compares what two runtimes print. */
export function makeSandbox(program = runtimePath()): Sandbox {
  const token = `spec${RUN}n${String(++serial).padStart(5, "0")}x`;
  const dir = join(BASE, token);
  const stateRoot = join(dir, "state");
  mkdirSync(dir);
  const calls: Call[] = [];
  const undos: (() => void)[] = [];
  let ids = 0;

  const startHelper: Sandbox["startHelper"] = (file, args, options = {}) => {
    const started = call(file, args, options);
    calls.push(started);
    return started;
  };
  const startRuntime: Sandbox["startRuntime"] = (args, options = {}) =>
    startHelper(program, ["--root", stateRoot, ...args], {
      cwd: dir,
      ...options,
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", SPEC_TOKEN: token, ...options.env },
    });
  const runtime: Sandbox["runtime"] = (args, options) => startRuntime(args, options).closed;
  const id = () => `${token}-${++ids}`;

  return {
    dir,
    token,
    stateRoot,
    id,
    startHelper,
    startRuntime,
    runtime,
    bundle: (edit) => makeBundle(join(dir, `bundle${++ids}`), TEMPLATE, edit),
    create: (bundle, options) => createContainer({ startRuntime, id }, bundle, options),
    run: (bundle, flags = [], options) =>
      runtime(["run", "--bundle", bundle.dir, ...flags, id()], options),
    defer: (undo) => undos.push(undo),
    complaints: () =>
      calls
        .filter(({ child }) => child.exitCode !== 0)
        .flatMap((started) => [started.stderr(), started.stdout()]),
    cleanUp: async () => {
      await deleteAll(runtime, stateRoot, token);
      for (const started of calls) started.end();
      for (const undo of undos.reverse()) undo();
      const left = await settledLeaks(token, stateRoot, calls);
      for (const { child } of calls) if (child.exitCode === null) child.kill("SIGKILL");
      for (let tries = 0; tries < 3; tries++) removeLeaks(findLeaks(token, stateRoot));
      removeTree(dir);
      return left;
    },
  };
}

/** A test may leave its containers to us: what `delete --force` removes is no leak. */
async function deleteAll(runtime: Sandbox["runtime"], stateRoot: string, token: string) {
  for (const path of findLeaks(token, stateRoot).states) {
    if (!path.startsWith(`${stateRoot}/`)) continue;
    await runtime(["delete", "--force", path.slice(stateRoot.length + 1)]).catch(() => {});
  }
}

/** Killed processes need a moment to be gone: looks again for up to two seconds. */
async function settledLeaks(token: string, stateRoot: string, calls: Call[]): Promise<string[]> {
  const deadline = Date.now() + 2000;
  for (;;) {
    const leaks = findLeaks(token, stateRoot);
    const own = new Set(calls.map(({ child }) => child.pid));
    const lines = describeLeaks({
      ...leaks,
      processes: leaks.processes.filter(({ pid }) => !own.has(pid)),
    });
    if (lines.length === 0 || Date.now() > deadline) return lines;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Never deletes through a mount: what is still mounted below is left, and shown. */
function removeTree(path: string): void {
  if (readFileSync("/proc/self/mountinfo", "utf8").includes(` ${path}/`)) {
    process.stderr.write(`still mounted, not removed: ${path}\n`);
    return;
  }
  rmSync(path, { recursive: true, force: true });
}
