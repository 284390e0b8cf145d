// Bundles runtime/main.ts for the launcher: dist/runtime/main.js and one chunk for each lazily imported verb, which also
// has the small modules that it shares with other verbs; a process reads one verb, and each chunk costs some microseconds.
// Not minified: stripped bytecode is no larger for it.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { build, type Metafile } from "esbuild";

const [entry = "runtime/main.ts", outdir = "dist/runtime"] = process.argv.slice(2);

/** Shared chunks from this size on are not copied into the verbs that need them: it would make the program larger. In bytes. */
const LARGE = 20_000;

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
  sourcemap: "linked",
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
await joinSmallChunks(result.metafile.outputs);

/** Bundles each lazily imported chunk once more, with what it imports, but for what must be there only once. */
async function joinSmallChunks(outputs: Metafile["outputs"]): Promise<void> {
  const isChunk = (name: string) => name.endsWith(".js");
  const main = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === entry)!;
  const lazy = Object.keys(outputs)
    .filter((name) => isChunk(name) && outputs[name]?.entryPoint !== undefined && name !== main)
    .map((name) => ({ name, needed: importsOf(outputs, name) }));
  const single = new Set([main, ...importsOf(outputs, main)]);
  for (const { needed } of lazy)
    for (const name of needed)
      if ((outputs[name]?.bytes ?? 0) >= LARGE)
        for (const kept of [name, ...importsOf(outputs, name)]) single.add(kept);

  for (const { name } of lazy) {
    await build({
      entryPoints: [name],
      outfile: name,
      allowOverwrite: true,
      bundle: true,
      format: "esm",
      target: "es2023",
      platform: "neutral",
      external: [...single].map((kept) => `./${basename(kept)}`),
      sourcemap: "linked",
      sourcesContent: false,
      logLevel: "warning",
    });
  }
  const lazyNames = new Set(lazy.map(({ name }) => name));
  for (const name of Object.keys(outputs).filter(isChunk))
    if (!single.has(name) && !lazyNames.has(name))
      for (const path of [name, `${name}.map`]) rmSync(path);
}

/** The chunks that a chunk imports statically, and theirs. */
function importsOf(outputs: Metafile["outputs"], chunk: string): Set<string> {
  const found = new Set<string>();
  const queue = [chunk];
  for (let name = queue.pop(); name !== undefined; name = queue.pop())
    for (const { kind, path } of outputs[name]?.imports ?? []) {
      if (kind !== "import-statement" || found.has(path)) continue;
      found.add(path);
      queue.push(path);
    }
  return found;
}

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
