// Checks that trunc, whose Rust was compiled for glibc, calls of musl's libc only what native/launcher/libc.tsv names, and
// that what crosses has one layout in both. Reads the map that the linker wrote of dist/bin/trunc.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TABLE = "native/launcher/libc.tsv";
const LAYOUTS = "native/launcher/layouts.c";
const MAP = "target/musl/runtime.map";

const listed = new Set(
  readFileSync(TABLE, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t")[0]!),
);
const called = calledByRust(readFileSync(MAP, "utf8"));
const breaches = [
  ...[...called]
    .filter((name) => !listed.has(name))
    .map((name) => `${name} is called but not in ${TABLE}`),
  ...[...listed]
    .filter((name) => !called.has(name))
    .map((name) => `${name} is in ${TABLE} but not called`),
  ...differences(layoutsBy("gcc"), layoutsBy("musl-gcc")),
];
if (called.size === 0) breaches.push(`${MAP} has no cross references`);
for (const breach of breaches) console.error(`libc: ${breach}`);
console.log(`libc: ${called.size} names, ${breaches.length} breaches`);
process.exitCode = breaches.length > 0 ? 1 : 0;

/** The names that are defined in musl's libc.a and used by the program's own object, into which LTO puts all Rust. */
function calledByRust(map: string): Set<string> {
  const names = new Set<string>();
  let name = "";
  let isOfMusl = false;
  for (const line of (map.split("Cross Reference Table\n")[1] ?? "").split("\n")) {
    const [, symbol = "", file = ""] = /^(\S*)\s+(\S.*)$/.exec(line) ?? [];
    if (symbol !== "") {
      name = symbol;
      isOfMusl = /musl.*libc\.a\(/.test(file);
    } else if (isOfMusl && /(?:\.rcgu\.o|\blib(?:std|core|alloc)-.*)$/.test(file)) {
      names.add(name);
    }
  }
  return names;
}

/** What layouts.c prints with the headers and the libc of `compiler`. */
function layoutsBy(compiler: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "trunc-layouts-"));
  try {
    const program = join(folder, "layouts");
    execFileSync(compiler, ["-static", "-o", program, LAYOUTS], { stdio: "inherit" });
    return execFileSync(program, { encoding: "utf8" }).trim().split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function differences(glibc: readonly string[], musl: readonly string[]): string[] {
  return glibc.flatMap((line, index) =>
    line === musl[index] ? [] : [`${LAYOUTS}: glibc says "${line}", musl "${musl[index]}"`],
  );
}
