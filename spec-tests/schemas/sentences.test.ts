// The sentences of docs/spec-coverage.md are those of the specification, word by word: their hashes say so.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CHAPTERS, SENTENCES } from "../../scripts/spec-coverage/files.ts";
import { sentencesOf } from "../../scripts/spec-coverage/sentences.ts";
import { fetchRuntimeSpec, MODULE } from "./runtime-spec.ts";

const test = suite("schemas/sentences");
const found = fetchRuntimeSpec();

if ("reason" in found) {
  console.log(`skip schemas/sentences: ${found.reason}`);
  test.skip(`the sentences are those of ${MODULE}`);
} else {
  test(`the sentences are those of ${MODULE}`, () => {
    const kept = JSON.parse(readFileSync(SENTENCES, "utf8")) as unknown;
    const there = CHAPTERS.flatMap((file) =>
      sentencesOf(file, readFileSync(join(found.dir, file), "utf8")),
    );
    assert.equal(there, kept, "fix: tsx scripts/spec-coverage/fetch.ts");
  });
}

test.run();
