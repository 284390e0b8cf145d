// Bundles runtime/main.ts for the launcher: dist/runtime/main.js and one chunk for each lazily
// imported verb and for what they share. Not minified: stripped bytecode is no larger for it.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const [entry = "runtime/main.ts", outdir = "dist/runtime"] = process.argv.slice(2);

const result = await build({
  entryPoints: { main: entry },
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2023",
  platform: "neutral",
  mainFields: ["module", "main"],
  chunkNames: "[name]-[hash]",
  sourcemap: "external",
  sourcesContent: false,
  logLevel: "warning",
  metafile: true,
  write: false,
  define: {
    TRUNC_VERSION: JSON.stringify(JSON.parse(readFileSync("package.json", "utf8")).version),
    TRUNC_COMMIT: JSON.stringify(commit()),
  },
}).catch(() => process.exit(1)); // esbuild has said why; the last good bundle stays

// Chunk names carry a hash: stale ones would be embedded.
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
for (const { path, text } of result.outputFiles) writeFileSync(path, text);
writeFileSync(`${outdir}/meta.json`, JSON.stringify(result.metafile));

/** The commit that is checked out, or what a build without a repository says of itself. */
function commit(): string {
  try {
    const output = execFileSync("git", ["rev-parse", "HEAD"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    return output.toString().trim();
  } catch {
    return process.env.TRUNC_COMMIT ?? "unknown";
  }
}
