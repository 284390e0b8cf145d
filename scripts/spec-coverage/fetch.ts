// tsx scripts/spec-coverage/fetch.ts: takes the sentences anew from the specification's module, by the Go client, into
// spec-tests/fixtures/spec-sentences.json. The suite "schemas" holds what is kept against the module.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchRuntimeSpec } from "../../spec-tests/schemas/runtime-spec.ts";
import { CHAPTERS, SENTENCES } from "./files.ts";
import { sentencesOf } from "./sentences.ts";

const found = fetchRuntimeSpec();
if ("reason" in found) throw new Error(found.reason);
const sentences = CHAPTERS.flatMap((file) =>
  sentencesOf(file, readFileSync(join(found.dir, file), "utf8")),
);
const lines = sentences.map((sentence) => JSON.stringify(sentence));
writeFileSync(SENTENCES, `[\n${lines.join(",\n")}\n]\n`);
console.log(`${sentences.length} sentences`);
