// Bundles runtime/main.ts for the launcher: dist/runtime/main.js and one chunk for each lazily imported verb, which also
// has the small modules that it shares with other verbs; a process reads one verb, and each chunk costs some microseconds.
// Not minified: stripped bytecode is no larger for it.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { build, type Metafile } from "esbuild";
import { unitTests } from "./unit-tests.ts";

const SHIPPED = "runtime/main.ts";
const [entry = SHIPPED, outdir = "dist/runtime"] = process.argv.slice(2);

/** Shared chunks are kept where their copies in all verbs that need them would make the program so much larger; in bytes. */
const COSTLY = 100_000;
/** But for smaller ones, which every command needs some of. */
const SMALL = 10_000;
/** What a kept chunk imports is kept too, lest a process has it twice; but not what is smaller than reading it is worth. */
const TINY = 2_500;

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
  plugins: entry === SHIPPED ? [] : [unitTests],
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
// Copies would be other classes for the unit tests, whose main chunk has no errors.ts to share.
if (entry === SHIPPED) await joinSmallChunks(result.metafile.outputs);

/** Bundles each chunk but the entry's once more, with what it imports, but for what is to be there only once. */
async function joinSmallChunks(outputs: Metafile["outputs"]): Promise<void> {
  const isChunk = (name: string) => name.endsWith(".js");
  const main = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === entry)!;
  const lazy = Object.keys(outputs)
    .filter((name) => isChunk(name) && outputs[name]?.entryPoint !== undefined && name !== main)
    .map((name) => ({ name, needed: importsOf(outputs, name) }));
  const atStart = new Set([main, ...importsOf(outputs, main)]);
  const single = new Set([...atStart, ...costlyChunks(outputs, lazy)]);
  const kept = [...single].filter((name) => !atStart.has(name));

  for (const name of [...lazy.map(({ name }) => name), ...kept]) {
    await build({
      entryPoints: [name],
      outfile: name,
      allowOverwrite: true,
      bundle: true,
      format: "esm",
      target: "es2023",
      platform: "neutral",
      external: [...single]
        .filter((other) => other !== name)
        .map((other) => `./${basename(other)}`),
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

interface Lazy {
  readonly name: string;
  /** What it imports. */
  readonly needed: ReadonlySet<string>;
}

/** Chunks that are too large to be copied, and what they import. */
function costlyChunks(outputs: Metafile["outputs"], lazy: readonly Lazy[]): Set<string> {
  const sizeOf = (name: string) => outputs[name]?.bytes ?? 0;
  const costly = new Set<string>();
  for (const name of new Set(lazy.flatMap(({ needed }) => [...needed]))) {
    const copies = lazy.filter(({ needed }) => needed.has(name)).length - 1;
    if (sizeOf(name) < SMALL || sizeOf(name) * copies < COSTLY) continue;
    const imports = [...importsOf(outputs, name)].filter((one) => sizeOf(one) >= TINY);
    for (const one of [name, ...imports]) costly.add(one);
  }
  return costly;
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
