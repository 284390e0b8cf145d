// Which files are spec tests.

import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const HERE = dirname(fileURLToPath(import.meta.url));

/** Other folders here test parts of the source, not a built runtime. */
const SECTIONS = [
  "odd-bundles",
  "denied",
  "config",
  "config-linux",
  "runtime",
  "races",
  "attacks",
  "features",
  "engines-configs",
  "errors",
];

/** Those whose path contains one of the filters; without any, all. */
export function testFiles(filters: readonly string[]): string[] {
  return SECTIONS.map((section) => join(HERE, section))
    .filter((path) => existsSync(path))
    .flatMap((path) =>
      readdirSync(path)
        .sort()
        .map((name) => join(path, name)),
    )
    .filter((path) => path.endsWith(".test.ts") && isAsked(relative(HERE, path), filters));
}

function isAsked(path: string, filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((filter) => path.includes(filter));
}
