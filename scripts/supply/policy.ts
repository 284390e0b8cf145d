// What dependencies may be, as tables.

/** Licences that ask for no more than their notice; others need a reason here. */
export const LICENSES = new Set([
  "0BSD",
  "Apache-2.0",
  "Apache-2.0 WITH LLVM-exception",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "Unicode-3.0",
  "Unlicense",
  "Zlib",
]);

export interface Exception {
  readonly license: string;
  /** Why it will do. */
  readonly reason: string;
}

/** By "ecosystem name". */
export const LICENSE_EXCEPTIONS: ReadonlyMap<string, Exception> = new Map([
  ["npm argparse", { license: "PSF-2.0", reason: "permissive; a tool of the build's tool" }],
  ["cargo libfuzzer-sys", { license: "NCSA", reason: "permissive; in the fuzzers alone" }],
]);

/** Crates with more than one version; npm's are tools and cost nothing at run time. */
export const DUPLICATES: ReadonlyMap<string, string> = new Map([
  ["syn", "a macro's parser, at build time only: prost-derive is a major behind the others"],
]);
