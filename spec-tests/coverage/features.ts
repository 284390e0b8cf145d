// Which tests check which sentence of features.md and features-linux.md.

import type { Rule } from "../../scripts/spec-coverage/link.ts";

const SCHEMA = "features/promises: every property is one of the specification's";

export const FEATURES: readonly Rule[] = [
  {
    at: "features.md#features-structure",
    says: /compilation time/,
    tests: ["features: versions"],
    because: "a table of the program; only `seccomp.archs` and `annotations` are no lists of names",
  },
  { at: "features.md#features-structure", says: /`null`/, tests: [SCHEMA] },
  {
    at: "features.md#specification-version",
    says: /NOT contain properties/,
    tests: [SCHEMA],
  },
  {
    at: "features.md#specification-version",
    tests: ["features: versions", "features/promises: the versions that it names are taken"],
  },
  { at: "features.md#hooks", tests: ["features: hooks: all six", "config/hooks: each kind runs"] },
  {
    at: "features.md#mount-options",
    says: /SHOULD NOT contain/,
    tests: ["features: mountOptions"],
  },
  {
    at: "features.md#mount-options",
    tests: ["features: what is said to work as mount option does"],
  },
  { at: "features.md#annotations", tests: [SCHEMA] },
  {
    at: "features-linux.md#namespaces",
    tests: ["features: namespaces", "config-linux/namespaces: "],
  },
  {
    at: "features-linux.md#capabilities",
    tests: ["features: capabilities", "features/promises: every capability that it names is taken"],
  },
  {
    at: "features-linux.md#seccomp",
    tests: ["features: seccomp", "features/promises: every seccomp word that it names is taken"],
  },
  {
    at: "features-linux.md#memorypolicy",
    tests: ["features: memoryPolicy", "config-linux/kernel-settings: memoryPolicy"],
  },
  { at: "features-linux.md#mountextensions", tests: ["features: idmap"] },
];
