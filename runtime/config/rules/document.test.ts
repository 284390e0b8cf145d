import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

type Case = readonly [
  name: string,
  patch: { [pointer: string]: unknown },
  problems: readonly string[],
];

const test = suite("rules/document");

const VERSIONS: readonly (readonly [version: string, problem: string | null])[] = [
  ["1.0.0", null],
  ["1.0.2-dev", null],
  ["1.3.0", null],
  ["1.99.0+build.5", null],
  ["1.2.0-rc.1+x", null],
  ["2.0.0", "is not supported, only 1.x is"],
  ["0.2.0", "is not supported, only 1.x is"],
  ["10.0.0", "is not supported, only 1.x is"],
  ["1.0", 'is not a version like "1.3.0"'],
  ["v1.0.0", 'is not a version like "1.3.0"'],
  ["01.0.0", 'is not a version like "1.3.0"'],
  ["1.0.0-", 'is not a version like "1.3.0"'],
  ["1.0.0\n", 'is not a version like "1.3.0"'],
  ["", 'is not a version like "1.3.0"'],
];

for (const [version, problem] of VERSIONS) {
  test(`checkVersion() of ${JSON.stringify(version)}`, () => {
    const expected = problem === null ? [] : [`/ociVersion: ${JSON.stringify(version)} ${problem}`];
    assert.equal(problemsWith({ "/ociVersion": version }), expected);
  });
}

const CASES: readonly Case[] = [
  ["a process is needed", { "/process": undefined }, ["/process: is missing"]],
  ["a root is needed", { "/root": undefined }, ["/root: is missing"]],
  ["annotations may be empty", { "/annotations": { a: "" } }, []],
  [
    "annotations need names",
    { "/annotations": { "": "x" } },
    ["/annotations/: a name must not be empty"],
  ],
  ["annotations are strings", { "/annotations": { a: 1 } }, ["/annotations/a: 1 is not a string"]],
  ["the version is needed", { "/ociVersion": undefined }, ["/ociVersion: is missing"]],
];

for (const [name, patch, problems] of CASES) {
  test(name, () => {
    assert.equal(problemsWith(patch), problems);
  });
}

test.run();
