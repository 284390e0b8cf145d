// What of a Markdown file is run, and what counts as the output that it shows.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { blocksOf, matches } from "./blocks.ts";

const test = suite("readme/blocks");

const MARKDOWN = `# Title

\`\`\`sh
echo one
\`\`\`

\`\`\`text
one
\`\`\`

Words.

<!-- not run: it takes an hour -->

\`\`\`sh
make world
\`\`\`

Words.

\`\`\`text
not an output
\`\`\`

\`\`\`json
{}
\`\`\`
`;

test("blocksOf() joins commands with the output below them", () => {
  const [first] = blocksOf(MARKDOWN);
  assert.equal(first, { line: 4, commands: "echo one", output: "one", skip: null });
});

test("blocksOf() keeps why a block is not run, and takes no output from beyond the next words", () => {
  const [, second, third] = blocksOf(MARKDOWN);
  const skip = "it takes an hour";
  assert.equal(second, { line: 16, commands: "make world", output: null, skip });
  assert.is(third, undefined);
});

test("blocksOf() refuses a block without an end", () => {
  assert.throws(() => blocksOf("```sh\necho"), /line 1: the block has no end/);
});

const MATCHES: [actual: string, expected: string, isMatch: boolean][] = [
  ["one\n", "one", true],
  ["one\ntwo\n", "one", false],
  ["a.b", "a+b", false],
  ["pid 12 of 9", "pid ... of 9", true],
  ["pid 12 of 8", "pid ... of 9", false],
  ["one\ntwo\nthree\n", "one\n...\nthree", true],
  ["one\nthree\n", "one\n...\nthree", true],
  ["one  \n", "one", true],
  ["", "one", false],
];

for (const [actual, expected, isMatch] of MATCHES)
  test(`matches() says ${isMatch} of ${JSON.stringify(actual)} for ${JSON.stringify(expected)}`, () =>
    assert.is(matches(actual, expected), isMatch));

test.run();
