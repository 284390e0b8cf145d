// Where the programs are that boxes need: engines are fetched, runtimes are the machine's or our own.

import { execFileSync, type StdioOptions, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ENGINES, REPOSITORY } from "./images.ts";
import type { AnyKind } from "./kinds.ts";

/** What lets node run TypeScript, in any directory. */
export const TSX = join(REPOSITORY, "node_modules", "tsx", "dist", "loader.mjs");
export const DEBIAN = join(ENGINES, "debian");

/** Why this machine can't have boxes, or null. */
export function whyNot(): string | null {
  if (process.getuid?.() !== 0) return "needs root";
  for (const program of ["apt-get", "unshare", "setpriv", "iptables", "mmdebstrap"])
    if (spawnSync(program, ["--version"]).error) return `no ${program}`;
  const { status, stderr } = spawnSync("unshare", [
    "--mount",
    "--pid",
    "--net",
    "--cgroup",
    "--fork",
    "true",
  ]);
  return status === 0 ? null : `no namespaces: ${stderr}`;
}

export function fetchEngines(kinds: readonly AnyKind[]): void {
  mkdirSync(ENGINES, { recursive: true });
  const packages = new Set(["tini", ...kinds.flatMap((kind) => kind.packages)]);
  const script = (name: string) => join(REPOSITORY, "spec-tests", "engines", "fetch", `${name}.sh`);
  const stdio: StdioOptions = ["ignore", "inherit", "inherit"];
  execFileSync("sh", [script("debian"), DEBIAN, ...packages], { stdio });
  if (kinds.some(({ name }) => name.startsWith("cri")))
    execFileSync("sh", [script("cri"), join(ENGINES, "cri")], { stdio });
  if (kinds.some(({ set }) => set === "new"))
    execFileSync("sh", [script("new"), join(ENGINES, "new")], { stdio });
}

/** Current engines ask for more than Debian's runc knows: beside them the one of `make peers` is the reference, if it is there. */
export function runtimePath(runtime: string, set: AnyKind["set"]): string {
  const candidates = [
    join(REPOSITORY, "dist", "bin", runtime),
    ...(set === "new" ? [join(REPOSITORY, "dist", "peers", runtime)] : []),
    `/usr/sbin/${runtime}`,
    `/usr/bin/${runtime}`,
  ];
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`no ${runtime}: ${candidates.join(", ")}`);
  return path;
}
