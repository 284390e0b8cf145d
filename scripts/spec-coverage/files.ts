// What of the specification is about runtimes on Linux, and where its sentences are kept.

export const CHAPTERS: readonly string[] = [
  "runtime.md",
  "runtime-linux.md",
  "config.md",
  "config-linux.md",
  "features.md",
  "features-linux.md",
];

export const SENTENCES = "spec-tests/fixtures/spec-sentences.json";
