// Our schemas give the specification's own examples the same verdict, but for the differences listed here.
// Spec: schema/test of the specification's module

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import type { TSchema } from "typebox";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { validate as validateConfig } from "../../runtime/config/generated/config.js";
import { parseJson } from "../../runtime/config/json.ts";
import { problemsOf } from "../../runtime/config/problems.ts";
import { Features } from "../../schemas/features.ts";
import { State } from "../../schemas/state.ts";
import { fetchRuntimeSpec, MODULE } from "./runtime-spec.ts";

/** Examples on which we differ, and why. */
const DIFFERENCES = new Map<string, string>([
  ["config/bad/freebsd-vnet-disable.json", "accepted: FreeBSD's section is not read on Linux"],
]);

const VALIDATORS = new Map<string, (value: unknown) => string[]>([
  [
    "config",
    (value) =>
      problemsOf(validateConfig(value) ?? [], value).map(({ at, message }) => `${at}: ${message}`),
  ],
  ["state", interpreted(State)],
  ["features", interpreted(Features)],
]);

/** No command validates these two, so there is no compiled validator. */
function interpreted(schema: TSchema): (value: unknown) => string[] {
  const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(
    schema,
  );
  return (value) => {
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath}: ${message}`,
    );
  };
}

function problemsIn(text: string, validate: (value: unknown) => string[]): string[] {
  let value: unknown;
  try {
    value = parseJson(text, "example", true);
  } catch (error) {
    return [(error as Error).message];
  }
  return validate(value);
}

const test = suite("spec examples");
const spec = fetchRuntimeSpec();

if ("reason" in spec) {
  console.log(`skipped: ${spec.reason}`);
  test.skip(`examples of ${MODULE}`);
} else {
  const seen = new Set<string>();
  for (const [document, validate] of VALIDATORS) {
    for (const verdict of ["good", "bad"]) {
      const dir = join(spec.dir, "schema/test", document, verdict);
      for (const name of readdirSync(dir)) {
        const path = `${document}/${verdict}/${name}`;
        seen.add(path);
        const difference = DIFFERENCES.get(path);
        test(`${path}${difference === undefined ? "" : ` (${difference})`}`, () => {
          const problems = problemsIn(readFileSync(join(dir, name), "utf8"), validate);
          const isGood = (verdict === "good") !== (difference !== undefined);
          if (isGood) assert.equal(problems, []);
          else assert.is.not(problems.length, 0);
        });
      }
    }
  }

  test("every listed difference is about an example that exists", () => {
    assert.equal(
      [...DIFFERENCES.keys()].filter((path) => !seen.has(path)),
      [],
    );
    assert.ok(seen.size >= 15, `${seen.size} examples`);
  });
}

test.run();
