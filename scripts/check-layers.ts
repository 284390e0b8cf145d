// Checks what may import what in runtime/, what pure parts may not mention, where unsafe Rust may be, and
// how long a file may get. Prints each breach with its line; exit code 1 if there is one.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { type ImportGraph, importCycle } from "./layers/cycles.ts";
import {
  CONSTANT,
  LAYERS,
  MAX_LINES,
  MAX_TEST_LINES,
  NODE_FREE,
  PURE,
  PURE_FORBIDS,
  TABLES,
  UNSAFE,
} from "./layers/rules.ts";
import { codeOf, importsOf } from "./layers/source.ts";

const breaches: string[] = [];
const graph: ImportGraph = new Map();

for (const path of filesOf("runtime", ".ts")) checkTypeScript(path);
const cycle = importCycle(graph);
if (cycle) breaches.push(`${cycle[0]}: imports itself: ${cycle.join(" -> ")}`);
for (const path of filesOf("native", ".rs")) checkRust(path);
for (const folder of ["runtime", "native", "scripts", "spec-tests", "bench", "schemas"]) {
  for (const path of [...filesOf(folder, ".ts"), ...filesOf(folder, ".rs")]) checkLength(path);
}

for (const breach of breaches) console.error(breach);
console.log(`layers: ${graph.size} files of runtime/, ${breaches.length} breaches`);
process.exitCode = breaches.length > 0 ? 1 : 0;

function checkTypeScript(path: string): void {
  const text = readFileSync(path, "utf8");
  const isTest = path.endsWith(".test.ts") || path.endsWith("/testing.ts");
  const targets: string[] = [];
  for (const { specifier, line } of importsOf(text)) {
    const target = specifier.startsWith(".")
      ? normalize(join(dirname(path), specifier))
      : specifier;
    if (!isTest && !mayImport(path, target)) {
      breaches.push(`${path}:${line}: must not import ${target} (scripts/layers/rules.ts)`);
    }
    if (target.startsWith("runtime/")) targets.push(target);
  }
  if (isTest) return;
  graph.set(path, targets);
  for (const { line } of mentions(text, CONSTANT)) {
    breaches.push(`${path}:${line}: Math.random is the same in every process`);
  }
  if (PURE.some((prefix) => path.startsWith(prefix))) {
    for (const { word, line } of mentions(text, PURE_FORBIDS)) {
      breaches.push(`${path}:${line}: is pure, so it must not use ${word}`);
    }
  }
}

/** The first layer that fits the file decides. */
function mayImport(path: string, target: string): boolean {
  if (target.startsWith("node:")) return !path.startsWith(NODE_FREE.folder) || isNodeSide(path);
  const layer = LAYERS.find(({ files }) => path.startsWith(files));
  return layer?.imports.some((prefix) => target.startsWith(prefix)) ?? false;
}

function isNodeSide(path: string): boolean {
  return NODE_FREE.except.some((prefix) => path.startsWith(prefix));
}

function checkRust(path: string): void {
  if (UNSAFE.some((prefix) => path.startsWith(prefix))) return;
  const [first] = mentions(readFileSync(path, "utf8"), /\bunsafe\b/);
  if (first) {
    breaches.push(`${path}:${first.line}: unsafe code belongs in one of ${UNSAFE.join(", ")}`);
  }
}

function checkLength(path: string): void {
  const lines = readFileSync(path, "utf8").split("\n").length - 1;
  const most = path.endsWith(".test.ts") ? MAX_TEST_LINES : MAX_LINES;
  if (lines > most && !TABLES.has(path) && !path.endsWith(".d.ts")) {
    breaches.push(`${path}: ${lines} lines; split it by idea (at most ${most})`);
  }
}

function mentions(text: string, pattern: RegExp): { word: string; line: number }[] {
  return codeOf(text)
    .split("\n")
    .flatMap((code, index) => {
      const found = pattern.exec(code);
      return found ? [{ word: found[0], line: index + 1 }] : [];
    });
}

function filesOf(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith(extension) && !/\/(generated|fixtures|target)\//.test(path))
    .sort();
}
