// Runs the built binary as a user who owns nothing on this machine but one directory: whatever a hostile input makes it try,
// no process, cgroup or file of others is in reach.

import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { runtimePath } from "../harness/runtime.ts";
import { badEnd } from "./target.ts";

const UID = 58_232;

export class Nobody {
  readonly directory: string;
  private readonly program: string;
  private readonly isRoot = process.getuid?.() === 0;

  constructor(base: string, name: string) {
    this.directory = join(base, name);
    this.program = join(base, "trunc");
    chmodSync(base, 0o755);
    mkdirSync(this.directory, { recursive: true });
    this.own(this.directory);
    copyFileSync(runtimePath(), this.program);
    chmodSync(this.program, 0o755);
  }

  own(path: string): void {
    if (this.isRoot) chownSync(path, UID, UID);
  }

  /** What is wrong with how the command ended, or null. */
  run(args: readonly string[], input = ""): string | null {
    const { status, signal, stdout, stderr, error } = spawnSync(this.program, [...args], {
      encoding: "utf8",
      input,
      timeout: 60_000,
      maxBuffer: 64 << 20,
      cwd: this.directory,
      env: { PATH: "/usr/bin:/bin", XDG_RUNTIME_DIR: this.directory, USER: "nobody" },
      ...(this.isRoot && { uid: UID, gid: UID }),
    });
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    // Node itself refuses NUL bytes, and the kernel lists that are too long
    if (code === "ERR_INVALID_ARG_VALUE" || code === "E2BIG") return null;
    // a name from the input may be any word
    const quoted = stderr.replace(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/g, '""');
    // what `check` finds is its output
    const told = quoted === "" && args.includes("check") ? stdout : quoted;
    return badEnd({ status, signal, stderr: told, isTimeout: code === "ETIMEDOUT" });
  }
}
