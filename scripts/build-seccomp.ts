// Builds the filter compiler: AssemblyScript -> dist/seccomp/filter.wasm (for V8) -> filter.c and filter.h, which
// native/seccomp/build.rs compiles into its crate. Needs wasm2c (Debian: wabt).

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";

const OUT = "dist/seccomp";
/** 64 KiB pages. A real profile takes two; the limit is what a hostile one can make the compiler use. */
const PAGES = { initial: 2, maximum: 32 };

mkdirSync(OUT, { recursive: true });
run("node_modules/.bin/asc", [
  "native/seccomp/assembly/index.ts",
  ...["--outFile", `${OUT}/filter.wasm`],
  // nothing is managed: no runtime, no imports
  ...["--runtime", "stub", "--use", "abort=", "--noAssert", "-O3"],
  ...["--initialMemory", `${PAGES.initial}`, "--maximumMemory", `${PAGES.maximum}`],
]);
run("wasm2c", [`${OUT}/filter.wasm`, "--module-name", "filter", "--output", `${OUT}/filter.c`]);
// the header that the generated C was made for
copyFileSync("/usr/include/wasm-rt.h", `${OUT}/wasm-rt.h`);

function run(command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, { stdio: "inherit" });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    console.error(missing ? `${command} is missing: make setup` : `${command} failed`);
    process.exit(1);
  }
}
