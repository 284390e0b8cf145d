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

/** By "ecosystem name"; the reason why another licence will do. */
export const LICENSE_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["npm argparse", "PSF-2.0 is permissive; a tool of the build's tool"],
]);

/** Crates with more than one version; npm's are tools and cost nothing at run time. */
export const DUPLICATES: ReadonlyMap<string, string> = new Map([
  ["syn", "a macro's parser, at build time only: napi-derive and ctor are at different majors"],
]);
