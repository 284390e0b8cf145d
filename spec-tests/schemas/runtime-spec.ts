// Fetches the specification's own module for comparison; nothing of it is kept here.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const MODULE = "github.com/opencontainers/runtime-spec@v1.3.0";

/** Its directory in Go's module cache, or why it can't be had. */
export function fetchRuntimeSpec(): { readonly dir: string } | { readonly reason: string } {
  const cwd = mkdtempSync(join(tmpdir(), "trunc-spec-"));
  try {
    const output = execFileSync("go", ["mod", "download", "-json", MODULE], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 120_000,
    });
    return { dir: (JSON.parse(output) as { Dir: string }).Dir };
  } catch (error) {
    return { reason: `go mod download ${MODULE}: ${String(error).split("\n")[0]}` };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
