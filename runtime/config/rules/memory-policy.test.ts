import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

type Case = readonly [
  name: string,
  patch: { [pointer: string]: unknown },
  problems: readonly string[],
];

const test = suite("rules/memory-policy");

const policy = (mode: string, nodes?: string, ...flags: string[]) => ({
  "/linux/memoryPolicy": { mode, flags, ...(nodes !== undefined && { nodes }) },
});

const CASES: readonly Case[] = [
  ["MPOL_DEFAULT", policy("MPOL_DEFAULT"), []],
  ["MPOL_LOCAL", policy("MPOL_LOCAL", ""), []],
  ["MPOL_PREFERRED without nodes", policy("MPOL_PREFERRED"), []],
  ["MPOL_BIND", policy("MPOL_BIND", "0-3,7", "MPOL_F_NUMA_BALANCING"), []],
  ["MPOL_INTERLEAVE", policy("MPOL_INTERLEAVE", "0", "MPOL_F_STATIC_NODES"), []],
  [
    "no flags at all",
    { "/linux/memoryPolicy": { mode: "MPOL_BIND" } },
    ["/linux/memoryPolicy/nodes: MPOL_BIND needs at least one node"],
  ],
  [
    "nodes and flags where there are none",
    policy("MPOL_LOCAL", "1", "MPOL_F_STATIC_NODES"),
    [
      "/linux/memoryPolicy/nodes: MPOL_LOCAL takes no nodes",
      "/linux/memoryPolicy/flags: MPOL_LOCAL takes no flags",
    ],
  ],
  [
    "flags that exclude each other, nodes that are none",
    policy(
      "MPOL_INTERLEAVE",
      "x",
      "MPOL_F_STATIC_NODES",
      "MPOL_F_RELATIVE_NODES",
      "MPOL_F_NUMA_BALANCING",
    ),
    [
      '/linux/memoryPolicy/nodes: "x" is not a list of memory nodes like "0-3,7"',
      "/linux/memoryPolicy/flags: MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other",
      "/linux/memoryPolicy/flags: MPOL_F_NUMA_BALANCING goes with MPOL_BIND and MPOL_PREFERRED_MANY only",
    ],
  ],
  [
    "words",
    policy("MPOL_X", "0", "MPOL_F_X"),
    [
      '/linux/memoryPolicy/mode: "MPOL_X" is not one of MPOL_DEFAULT, MPOL_BIND, MPOL_INTERLEAVE, MPOL_WEIGHTED_INTERLEAVE, MPOL_PREFERRED, MPOL_PREFERRED_MANY, MPOL_LOCAL',
      '/linux/memoryPolicy/flags/0: "MPOL_F_X" is not one of MPOL_F_NUMA_BALANCING, MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES',
    ],
  ],
  [
    "a personality's domain",
    { "/linux/personality": { domain: "BSD" } },
    ['/linux/personality/domain: "BSD" is not one of LINUX, LINUX32'],
  ],
  [
    "rootfsPropagation",
    { "/linux/rootfsPropagation": "rw" },
    [
      '/linux/rootfsPropagation: "rw" is not one of shared, slave, private, unbindable, rshared, rslave, rprivate, runbindable, ""',
    ],
  ],
];

for (const [name, patch, problems] of CASES) {
  test(name, () => {
    assert.equal(problemsWith(patch), problems);
  });
}

test.run();
