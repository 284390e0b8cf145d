// The compiled validators say what ajv says about the schemas as they are written: a value that has every
// property is broken in each place in every way, and both must name the same places.

import { Ajv } from "ajv";
import type { TSchema } from "typebox";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Failure } from "../../runtime/config/checks.ts";
import { validate as validateConfig } from "../../runtime/config/generated/config.js";
import { validate as validateProcess } from "../../runtime/config/generated/process.js";
import { validate as validateResources } from "../../runtime/config/generated/resources.js";
import { childPointer } from "../../runtime/config/pointer.ts";
import { Config } from "../../schemas/config.ts";
import { Process } from "../../schemas/process.ts";
import { Resources } from "../../schemas/resources.ts";

type Json = { [key: string]: unknown };
type Validate = (value: unknown) => Failure[] | null;

/** What each place is replaced by; undefined removes it. Without integers beyond 2^53, which only we know. */
const WRONG = [
  undefined,
  null,
  true,
  "x",
  "",
  [],
  {},
  [5],
  { a: 5 },
  -2,
  0.5,
  7,
  70_000,
  2 ** 32,
  Number.NaN,
];

/** Strings for the patterns that the schemas use. */
const STRINGS = ["a", "rw", "2MB"];

/** A value with every property, two items in each list and an odd name in each map. */
function sampleOf(schema: Json): unknown {
  if (schema.enum !== undefined) return (schema.enum as unknown[])[0];
  switch (schema.type) {
    case "integer":
      return Math.max(schema.minimum as number, 0);
    case "boolean":
      return true;
    case "string":
      return STRINGS.find((text) => new RegExp((schema.pattern ?? "") as string).test(text));
    case "array":
      return [sampleOf(schema.items as Json), sampleOf(schema.items as Json)];
    default: {
      const fields = Object.entries((schema.properties ?? {}) as { [key: string]: Json });
      const maps = Object.values((schema.patternProperties ?? {}) as { [key: string]: Json });
      const named = maps.map((child) => ["a/b~c", child] as const);
      return Object.fromEntries(
        [...fields, ...named].map(([name, child]) => [name, sampleOf(child)]),
      );
    }
  }
}

/** Calls back with the sample broken in each place in turn. */
function breakEverywhere(root: unknown, check: (at: string, wrong: unknown) => void): number {
  let count = 0;
  const visit = (node: unknown, at: string): void => {
    if (typeof node !== "object" || node === null) return;
    const parent = node as Json;
    for (const [name, child] of Object.entries(parent)) {
      const place = childPointer(at, name);
      for (const wrong of WRONG) {
        if (wrong === undefined && Array.isArray(node)) continue;
        if (wrong === undefined) delete parent[name];
        else parent[name] = wrong;
        check(place, wrong);
        count += 1;
      }
      parent[name] = child;
      visit(child, place);
    }
  };
  visit(root, "");
  return count;
}

const test = suite("compiled validators");

for (const [name, schema, validate, fewest] of [
  ["config", Config, validateConfig, 3000],
  ["process", Process, validateProcess, 700],
  ["resources", Resources, validateResources, 800],
] as const satisfies readonly (readonly [string, TSchema, Validate, number])[]) {
  test(`${name} agrees with ajv`, () => {
    const reference = new Ajv({ allErrors: true, strict: true }).compile(schema);
    const sample = sampleOf(JSON.parse(JSON.stringify(schema)) as Json);
    assert.is(validate(sample), null);
    assert.ok(reference(sample), JSON.stringify(reference.errors));

    const count = breakEverywhere(sample, (at, wrong) => {
      reference(sample);
      const expected = (reference.errors ?? []).map(({ instancePath, params }) =>
        params.missingProperty === undefined
          ? instancePath
          : childPointer(instancePath, params.missingProperty as string),
      );
      const own = (validate(sample) ?? []).map(({ at: place, kind, allowed }) =>
        kind === "required" ? childPointer(place, String(allowed)) : place,
      );
      const sorted = (places: string[]) => [...new Set(places)].sort();
      assert.equal(sorted(own), sorted(expected), `${at} = ${JSON.stringify(wrong)}`);
    });
    assert.ok(count >= fewest, `${count} broken values`);
  });
}

test.run();
