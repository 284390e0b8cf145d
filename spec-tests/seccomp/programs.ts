// The small C programs and the Rust example that the suites feed: how they are built and spoken to.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "trunc-seccomp-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** The path of a built program, or why there is none. */
export type Built = { readonly path: string } | { readonly reason: string };

export function buildC(source: string, ...libraries: string[]): Built {
  if (libraries.includes("-lseccomp") && !existsSync("/usr/include/seccomp.h"))
    return { reason: "libseccomp-dev is not installed" };
  const path = join(folder, source.replace(/\.c$/, ""));
  const args = ["-O1", "-o", path, join("spec-tests/seccomp", source), ...libraries];
  const { error, status, stderr } = spawnSync("cc", args, { encoding: "utf8" });
  if (error !== undefined) return { reason: "there is no C compiler (cc)" };
  if (status !== 0) throw new Error(`cc ${source}: ${stderr}`);
  return { path };
}

/** The native build of the compiler: native/seccomp/examples/compile.rs. */
export function buildNative(): Built {
  const args = [
    "build",
    "--quiet",
    "--release",
    "--package",
    "trunc-seccomp",
    "--example",
    "compile",
  ];
  const json = spawnSync("cargo", [...args, "--message-format=json"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (json.error !== undefined) return { reason: "there is no cargo" };
  const built = json.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { target?: { kind: string[] }; executable?: string | null })
    .find((message) => message.target?.kind.includes("example") && message.executable);
  if (json.status !== 0 || built === undefined) throw new Error("cargo build failed");
  return { path: built.executable! };
}

/** Feeds texts, each after a line with its length; returns a line for each. */
export function feed(program: string, texts: readonly string[], ...args: string[]): string[] {
  const input = texts.map((text) => `${Buffer.byteLength(text)}\n${text}`).join("");
  const output = execFileSync(program, args, { input, encoding: "utf8", maxBuffer: 1 << 30 });
  return output.split("\n").slice(0, -1);
}

/** A file name in a folder that goes away with this process. */
export function temporary(name: string): string {
  return join(folder, name);
}
