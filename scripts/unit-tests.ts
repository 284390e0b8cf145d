// For esbuild: all unit tests of runtime/ in one bundle, with what they need in Node's place (spec-tests/unit).

import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { Plugin } from "esbuild";

const TEST = /\.test\.ts$/;
const STAND_INS = [
  [/^node:(fs|path)$/, "node.ts"],
  [/\/node\/addon\.ts$/, "host.ts"],
] as const;

export const unitTests: Plugin = {
  name: "unit-tests",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\/spec-tests\/unit\/all\.ts$/ }, () => ({
      contents: testFiles()
        .map((file) => `import "./runtime/${file}";\n`)
        .join(""),
      resolveDir: ".",
    }));
    for (const [filter, standIn] of STAND_INS)
      onResolve({ filter }, () => ({ path: resolve("spec-tests/unit", standIn) }));
    // No folder of this machine gets into the bundle.
    onLoad({ filter: TEST }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(
        "import.meta.dirname",
        JSON.stringify(relative(".", dirname(path))),
      ),
      loader: "ts",
    }));
  },
};

function testFiles(): string[] {
  const files = readdirSync("runtime", { recursive: true, encoding: "utf8" });
  return files.filter((file) => TEST.test(file)).sort();
}
