import { suite } from "uvu";
import * as assert from "uvu/assert";
import { judge } from "./tap.ts";

const test = suite("conformance/tap");

const CASES: [what: string, stdout: string, code: number, passed: number, failures: string[]][] = [
  ["counts what passed", "TAP version 13\nok 1 - a\nok 2 # SKIP b\n1..2\n", 0, 2, []],
  ["names what failed", "ok 1 - a\nnot ok 2 - b is c\n1..2\n", 0, 1, ["b is c"]],
  [
    "takes an error of a test without a plan as its failure",
    '  ---\n  {\n    "error": "no hook\\nRefer to: x"\n  }\n  ...\n1..0\n',
    0,
    0,
    ["error: no hook"],
  ],
  ["takes an empty error as none", '  {\n    "error": ""\n  }\n1..0\n', 0, 0, []],
  [
    "takes an error beside a result as its explanation",
    'ok 1 - fails as it should\n  {\n    "error": "exit status 1"\n  }\n1..1\n',
    0,
    1,
    [],
  ],
  ["tells how it ended", "1..0\n", 1, 0, ["exit 1: trunc: no ID in BUNDLE/bin"]],
];

for (const [what, stdout, code, passed, failures] of CASES) {
  test(`judge() ${what}`, () => {
    const stderr =
      "trunc: no 0d22c2c2-58fa-471b-a44c-d88058ce28ff in /tmp/x/ocitest42/bin\nexit status 1\n";
    assert.equal(judge({ stdout, stderr, code }), { passed, failures });
  });
}

test.run();
