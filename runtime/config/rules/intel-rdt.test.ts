import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

type Case = readonly [
  name: string,
  patch: { [pointer: string]: unknown },
  problems: readonly string[],
];

const test = suite("rules/intel-rdt");

const rdt = (intelRdt: object) => ({ "/linux/intelRdt": intelRdt });

const CASES: readonly Case[] = [
  ["nothing", rdt({}), []],
  ["the default class", rdt({ closID: "/", schemata: ["L3:0=ff"], enableMonitoring: true }), []],
  ["a class", rdt({ closID: "gold", l3CacheSchema: "L3:0=f", memBwSchema: "MB:0=20" }), []],
  [
    "a class elsewhere",
    rdt({ closID: "../x" }),
    ['/linux/intelRdt/closID: "../x" is neither "/" nor the name of a directory'],
  ],
  [
    "no class",
    rdt({ closID: "." }),
    ['/linux/intelRdt/closID: "." is neither "/" nor the name of a directory'],
  ],
  [
    "no class above",
    rdt({ closID: ".." }),
    ['/linux/intelRdt/closID: ".." is neither "/" nor the name of a directory'],
  ],
  [
    "more than a line",
    rdt({ schemata: ["L3:0=f", "L3:0=f\n"], l3CacheSchema: "L3:\n", memBwSchema: "L3:\n" }),
    [
      "/linux/intelRdt/schemata/1: must not contain newlines",
      "/linux/intelRdt/l3CacheSchema: must not contain newlines",
      "/linux/intelRdt/memBwSchema: must not contain newlines",
      '/linux/intelRdt/memBwSchema: "L3:\\n" does not start with "MB:"',
    ],
  ],
];

for (const [name, patch, problems] of CASES) {
  test(name, () => {
    assert.equal(problemsWith(patch), problems);
  });
}

test.run();
