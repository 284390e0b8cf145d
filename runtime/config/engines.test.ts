// What dockerd, containerd, podman and CRI really send must pass: spec-tests/fixtures/engines.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseConfig } from "./parse.ts";
import { parseProcess } from "./parse-process.ts";
import { configWarnings } from "./warnings.ts";

const FIXTURES = join(import.meta.dirname, "../../spec-tests/fixtures/engines");

const test = suite("engines");
const names = existsSync(FIXTURES)
  ? readdirSync(FIXTURES).filter((name) => name.endsWith(".json"))
  : [];
if (names.length === 0) {
  console.log(`skipped: no recorded configs in ${FIXTURES}`);
  test.skip("engines' configs pass");
}

for (const name of names) {
  const text = readFileSync(join(FIXTURES, name), "utf8");
  const value: unknown = JSON.parse(text);

  test(`${name} passes and stays as it is`, () => {
    for (const hasBigIntegers of [false, true]) {
      const parsed = name.includes("-exec-")
        ? parseProcess(text, { hasBigIntegers })
        : parseConfig(text, { hasBigIntegers });
      assert.equal(parsed, value);
    }
  });

  if (!name.includes("-exec-")) {
    test(`${name} gives no warnings`, () => {
      assert.equal(configWarnings(parseConfig(text, { hasBigIntegers: false })), []);
    });
  }
}

test.run();
