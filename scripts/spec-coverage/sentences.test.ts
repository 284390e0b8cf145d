import { suite } from "uvu";
import * as assert from "uvu/assert";
import { link, type Rule } from "./link.ts";
import { sentencesOf } from "./sentences.ts";

const test = suite("spec-coverage");

const TEXT = `# <a name="x" />The Mounts, of \`it\`

Nothing here. The runtime MUST mount
entries in the [listed order](x.md). This is not one.

* **\`path\`** (string, REQUIRED) is the path.
    It SHOULD be short.

\`\`\`json
{ "MUST": 1 }
\`\`\`

 \`ro\`  | MUST  | [^1]
`;

test("sentencesOf() takes what demands something, with its heading", () => {
  const found = sentencesOf("c.md", TEXT);
  assert.equal(
    found.map(({ anchor, excerpt }) => [anchor, excerpt]),
    [
      ["c.md#the-mounts-of-it", "The runtime MUST mount entries in the listed order."],
      ["c.md#the-mounts-of-it", "`path` (string, REQUIRED) is the path."],
      ["c.md#the-mounts-of-it", "It SHOULD be short."],
      ["c.md#the-mounts-of-it", "`ro` | MUST | [^1]"],
    ],
  );
  assert.is(new Set(found.map(({ hash }) => hash)).size, 4);
});

const SENTENCES = [
  { anchor: "c.md#a", hash: "1", excerpt: "one MUST" },
  { anchor: "c.md#a", hash: "2", excerpt: "two MUST" },
];

function problems(...rules: Rule[]): readonly string[] {
  return link(SENTENCES, rules, ["f: t one", "f: t two"]).problems;
}

test("link() gives each sentence the tests of the first rule that fits", () => {
  const rules: Rule[] = [
    { at: "c.md#a", says: /^one/, tests: ["f: t one"] },
    { at: "c.md#*", tests: ["f: t"], because: "so" },
  ];
  const { linked, problems } = link(SENTENCES, rules, ["f: t one", "f: t two"]);
  assert.equal(problems, []);
  assert.equal(
    linked.map(({ tests, because }) => [tests.flatMap(({ titles }) => titles), because]),
    [
      [["f: t one"], undefined],
      [["f: t one", "f: t two"], "so"],
    ],
  );
});

test("link() tells what has no counterpart", () => {
  assert.equal(problems({ at: "c.md#a", says: /^one/, tests: ["f: t"] }), [
    "no rule for c.md#a: two MUST",
  ]);
  assert.equal(problems({ at: "c.md#a", tests: ["f: x"] }), ['no test "f: x" (c.md#a )']);
  assert.equal(problems({ at: "c.md#a" }), [
    "neither a test nor a reason for c.md#a: one MUST",
    "neither a test nor a reason for c.md#a: two MUST",
  ]);
  const rest = { at: "c.md#a", because: "so" };
  assert.equal(problems(rest, { at: "d.md", because: "so" }), ["no sentence for the rule d.md "]);
});

test.run();
