// The rules as tables. Paths are prefixes, from the top of the repository.

/** One layer: its files, and what they may import. The first entry that fits a file decides. */
export interface Layer {
  readonly files: string;
  readonly imports: readonly string[];
}

const ERRORS = "runtime/errors.ts";
const HOST = "runtime/host/";
/** The parts of lifecycle/ that are values, or wrap one call: the store and the hooks speak in them. */
const STATE = [
  "runtime/lifecycle/state.ts",
  "runtime/lifecycle/status.ts",
  "runtime/lifecycle/syscall.ts",
  "runtime/lifecycle/syscall-error.ts",
];

export const LAYERS: readonly Layer[] = [
  { files: ERRORS, imports: [] },
  { files: HOST, imports: ["native/addon/index.d.ts", "runtime/plan/ops.ts", HOST] },
  { files: "runtime/config/", imports: ["runtime/config/", ERRORS, "schemas/", "typebox"] },
  { files: "runtime/seccomp/", imports: ["runtime/seccomp/", "runtime/config/types.ts", ERRORS] },
  {
    files: "runtime/plan/",
    imports: [
      "runtime/plan/",
      "runtime/config/",
      "runtime/seccomp/",
      "schemas/",
      ERRORS,
      "native/addon/index.d.ts",
    ],
  },
  {
    files: "runtime/check/",
    imports: [
      "runtime/check/",
      "runtime/config/",
      "runtime/seccomp/",
      "runtime/cli/nearest.ts",
      ERRORS,
    ],
  },
  { files: "runtime/stats/", imports: ["runtime/stats/", "runtime/plan/cgroup/path.ts"] },
  {
    files: "runtime/store/",
    imports: ["runtime/store/", "runtime/config/types.ts", ...STATE, HOST, ERRORS],
  },
  {
    files: "runtime/hooks/",
    imports: ["runtime/hooks/", "runtime/config/types.ts", ...STATE, HOST, ERRORS],
  },
  {
    files: "runtime/lifecycle/",
    imports: [
      "runtime/lifecycle/",
      "runtime/config/",
      "runtime/plan/",
      "runtime/stats/",
      "runtime/store/",
      "runtime/hooks/",
      HOST,
      ERRORS,
    ],
  },
  { files: "runtime/cli/", imports: ["runtime/", "schemas/", "package.json"] },
  { files: "runtime/main.ts", imports: ["runtime/cli/", HOST, ERRORS] },
  { files: "runtime/node/", imports: ["runtime/node/", "runtime/main.ts", HOST] },
];

/** The bundle knows neither engine. */
export const NODE_FREE = { folder: "runtime/", except: ["runtime/node/"] };

/** Functions of values: no effects, no time, no chance, no waiting. */
export const PURE = [
  "runtime/check/",
  "runtime/config/",
  "runtime/plan/",
  "runtime/seccomp/",
  "runtime/stats/",
  "runtime/errors.ts",
  "runtime/hooks/order.ts",
  "runtime/lifecycle/status.ts",
  "runtime/lifecycle/state.ts",
];
export const PURE_FORBIDS = /\basync\b|\bawait\b|\bDate\b|\bMath\.random\b|\bglobalThis\b/;

/** In all of runtime/: the seed is the same in every process (patches/rquickjs-sys.patch). */
export const CONSTANT = /\bMath\.random\b/;

/** The only Rust files with unsafe code: system calls, entry points, and what N-API or C asks for. */
export const UNSAFE = [
  "native/sys/src/",
  "native/plan/src/values.rs",
  "native/init/src/entry.rs",
  "native/launcher/src/ffi.rs",
  "native/launcher/src/heap.rs",
  "native/launcher/src/heap/",
  "native/launcher/src/snapshot.rs",
  "native/launcher/src/snapshot/",
  "native/seccomp/src/ffi.rs",
];

export const MAX_LINES = 300;
/** Tests are mostly tables of cases. */
export const MAX_TEST_LINES = 600;
/** Data, where length is no measure. */
export const TABLES = new Set([
  "spec-tests/coverage/config-linux.ts",
  "spec-tests/coverage/config.ts",
  "native/plan/src/init_ops.rs",
  "spec-tests/errors/bad-bundles.ts",
  "runtime/cli/verbs.ts",
  "runtime/lifecycle/hints.ts",
]);
