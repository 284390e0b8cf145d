// The suites of `make test`, in the order in which they run: cheap ones first.

import type { Format } from "./counts.ts";

export interface Suite {
  readonly name: string;
  readonly what: string;
  readonly command: readonly [string, ...string[]];
  readonly format: Format;
  readonly needs?: "root";
  /** Without it the suite can't say anything: a program that must be on PATH. */
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Waits more than it works, and does not mind others at work: runs beside the suites that are not. */
  readonly isPatient?: boolean;
  /** Not part of a plain `make test`. */
  readonly isExtra?: boolean;
}

const TSX = ["node", "--import", "tsx"] as const;
const TESTS = "\\.test\\.ts$";

function uvu(folder: string, pattern = TESTS): Suite["command"] {
  return [...TSX, "node_modules/uvu/bin.js", folder, pattern];
}

/** The launcher and the addon link only against an engine, the init only without libc: others test them from outside. */
const CARGO_TEST = [
  ...["cargo", "test", "--locked", "--quiet", "--workspace"],
  ...["--exclude", "trunc-init", "--exclude", "trunc-addon", "--exclude", "trunc-launcher"],
] as const;

export const SUITES: readonly Suite[] = [
  {
    name: "check",
    what: "format, lint, types, layers, generated files",
    command: ["make", "--no-print-directory", "check"],
    format: "exit",
    isExtra: true,
  },
  {
    name: "unit",
    what: "runtime/, with coverage of lines and branches",
    command: ["node_modules/.bin/c8", ...uvu("runtime")],
    format: "uvu",
  },
  {
    name: "unit-seccomp",
    what: "the filter compiler, module by module",
    command: uvu("native/seccomp/test"),
    format: "uvu",
  },
  { name: "unit-scripts", what: "the build's scripts", command: uvu("scripts"), format: "uvu" },
  { name: "unit-bench", what: "the bench's pure parts", command: uvu("bench"), format: "uvu" },
  {
    name: "unit-engines",
    what: "the engines' table, its pure parts",
    command: uvu("spec-tests/engines"),
    format: "uvu",
  },
  {
    name: "unit-conformance",
    what: "how the validation suite is judged",
    command: uvu("spec-tests/conformance"),
    format: "uvu",
  },
  {
    name: "schemas",
    what: "schemas/ against the specification's own examples",
    command: uvu("spec-tests/schemas"),
    format: "uvu",
  },
  {
    name: "contract",
    what: "what crosses N-API, on Node and in the launcher",
    command: uvu("spec-tests/contract"),
    format: "uvu",
  },
  {
    name: "unit-engine",
    what: "runtime/ once more, on the engine that trunc has inside",
    command: ["dist/bin/trunc-contract", "unit"],
    format: "uvu",
  },
  {
    name: "asan",
    what: "the same, and what crosses N-API, with AddressSanitizer: the short half of `make asan`",
    command: [...TSX, "spec-tests/asan/run.ts", "--quick"],
    format: "plain",
    program: "dist/asan/trunc-contract",
  },
  {
    name: "shells",
    what: "completion in bash, zsh and fish, manual pages",
    command: uvu("spec-tests/shells"),
    format: "uvu",
  },
  {
    name: "rust",
    what: "native/, part by part",
    command: [...CARGO_TEST, "--lib", "--bins"],
    format: "cargo",
  },
  {
    name: "rust-launch",
    what: "containers launched from plans",
    command: [...CARGO_TEST, "--test", "*"],
    format: "cargo",
    needs: "root",
  },
  {
    name: "seccomp",
    what: "filters, judged by libseccomp, the kernel and the native build",
    command: [...TSX, "spec-tests/seccomp/run.ts"],
    format: "plain",
  },
  {
    name: "spec",
    what: "the specification, section by section, on dist/bin/trunc",
    command: [...TSX, "spec-tests/run.ts"],
    env: { RUNTIME: "dist/bin/trunc" },
    format: "plain",
    needs: "root",
  },
  {
    name: "spec-runc",
    what: "the same tests on runc: is the test right?",
    command: ["sh", "-c", "RUNTIME=$(command -v runc) exec node --import tsx spec-tests/run.ts"],
    format: "plain",
    needs: "root",
    program: "runc",
    isPatient: true,
  },
  {
    name: "differential",
    what: "the same command lines on runc and on trunc",
    command: [...TSX, "spec-tests/differential/run.ts"],
    format: "plain",
    needs: "root",
    program: "runc",
  },
  {
    name: "spec-runc-new",
    what: "the same tests on the runc that `make peers` fetched",
    command: [...TSX, "spec-tests/run.ts"],
    env: { RUNTIME: "dist/peers/runc" },
    format: "plain",
    needs: "root",
    program: "dist/peers/runc",
    isExtra: true,
  },
  {
    name: "engines",
    what: "Debian's engines on trunc, a selection of `make engines`",
    command: [...TSX, "spec-tests/engines/run.ts", "--quick", "--runtimes", "trunc"],
    format: "plain",
    needs: "root",
  },
  {
    name: "conformance",
    what: "the specification's own validation suite, held to what is recorded of it",
    // its containers have fixed cgroups: one run at a time on a machine
    command: ["flock", "/run/lock/trunc-conformance", ...TSX, "spec-tests/conformance/run.ts"],
    format: "plain",
    needs: "root",
  },
  {
    name: "faults",
    what: "every command with one of its system calls failed or killed: an even sample",
    command: [...TSX, "spec-tests/faults/run.ts", "--sample"],
    format: "plain",
    needs: "root",
  },
  {
    name: "fuzz",
    what: "odd inputs for a short while: what was found before, then new ones from a fixed seed",
    command: [...TSX, "spec-tests/fuzz/run.ts", "--seconds", "40"],
    format: "plain",
  },
  {
    name: "engines-docs",
    what: "the commands of docs/engines.md and their output",
    command: [...TSX, "spec-tests/engines/docs.ts"],
    format: "plain",
    needs: "root",
  },
  {
    name: "vm",
    what: "systemd, pure cgroup v2 and CRIU in a virtual machine: what only they show of `make test-vm`",
    command: [...TSX, "spec-tests/vm/suite.ts"],
    env: { RUNTIME: "dist/bin/trunc" },
    format: "plain",
    needs: "root",
    program: "qemu-system-x86_64",
  },
  {
    name: "readme",
    what: "the commands of README.md and their output",
    command: [...TSX, "scripts/readme.ts"],
    format: "plain",
    needs: "root",
  },
  {
    name: "bench",
    what: "two rounds: does everything that is compared still run?",
    command: [...TSX, "bench/compare.ts", "--quick", "--out", "dist/bench-quick"],
    format: "exit",
    needs: "root",
  },
];
