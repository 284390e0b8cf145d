// Every property that the specification's own schemas define for Linux is in ours, and none that they lack.
// Spec: schema/*.json of the specification's module

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Config } from "../../schemas/config.ts";
import { Features } from "../../schemas/features.ts";
import { State } from "../../schemas/state.ts";
import { fetchRuntimeSpec, MODULE } from "./runtime-spec.ts";

type Json = { readonly [key: string]: unknown };

/** Properties that only one side has, and why. A trailing "." stands for all below. */
const DIFFERENCES = new Map<string, string>([
  ["config.process.commandLine", "Windows only"],
  ["config.process.user.username", "Windows only"],
  ["config.linux.timeOffsets.boottime", "ours is a map, for a rule to refuse other clocks"],
  ["config.linux.timeOffsets.boottime.", "as above"],
  ["config.linux.timeOffsets.monotonic", "as above"],
  ["config.linux.timeOffsets.monotonic.", "as above"],
  ["config.linux.timeOffsets.*.", "as above"],
  ["features.linux.memoryPolicy", "in features-linux.md; their schema forgot it"],
  ["features.linux.memoryPolicy.", "as above"],
  ["features.linux.intelRdt.schemata", "as above"],
  ["features.linux.intelRdt.monitoring", "as above"],
  ["config.solaris.", "read on no Linux"],
  ["config.windows.", "read on no Linux"],
  ["config.vm.", "read on no Linux"],
  ["config.zos.", "read on no Linux"],
  ["config.freebsd.", "read on no Linux"],
]);

/** The dotted paths of all properties; `*` is any name of a map, `[]` any item. */
function pathsOf(schema: Json, file: string, at: string, paths: Set<string>): void {
  const target = schema.$ref;
  if (typeof target === "string") {
    const found = resolve(target, file);
    pathsOf(found.schema, found.file, at, paths);
  }
  for (const [name, child] of Object.entries((schema.properties ?? {}) as Json)) {
    paths.add(`${at}.${name}`);
    pathsOf(child as Json, file, `${at}.${name}`, paths);
  }
  const values = [
    ...Object.values((schema.patternProperties ?? {}) as Json),
    schema.additionalProperties,
  ];
  for (const child of values) if (isSchema(child)) pathsOf(child, file, `${at}.*`, paths);
  if (isSchema(schema.items)) pathsOf(schema.items, file, `${at}[]`, paths);
  for (const word of ["allOf", "anyOf", "oneOf"]) {
    for (const child of (schema[word] ?? []) as Json[]) pathsOf(child, file, at, paths);
  }
}

function resolve(target: string, file: string): { schema: Json; file: string } {
  const [name = "", pointer = ""] = target.split("#");
  const path = name === "" ? file : join(dirname(file), name);
  const root = JSON.parse(readFileSync(path, "utf8")) as Json;
  const parts = pointer.split("/").filter((part) => part !== "");
  return { schema: parts.reduce((node, part) => node[part] as Json, root), file: path };
}

function isSchema(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isListed = (path: string) =>
  [...DIFFERENCES.keys()].some(
    (key) => path === key || (key.endsWith(".") && path.startsWith(key)),
  );

const test = suite("spec properties");
const spec = fetchRuntimeSpec();

if ("reason" in spec) {
  console.log(`skipped: ${spec.reason}`);
  test.skip(`properties of ${MODULE}`);
} else {
  for (const [name, ours] of [
    ["config", Config],
    ["state", State],
    ["features", Features],
  ] as const) {
    test(`${name} has the same properties`, () => {
      const file = join(spec.dir, `schema/${name}-schema.json`);
      const theirs = new Set<string>();
      const own = new Set<string>();
      pathsOf(resolve("", file).schema, file, name, theirs);
      pathsOf(JSON.parse(JSON.stringify(ours)) as Json, "", name, own);
      assert.ok(theirs.size > 4, `${theirs.size} properties`);
      assert.equal(
        [...theirs].filter((path) => !own.has(path) && !isListed(path)),
        [],
        "missing",
      );
      assert.equal(
        [...own].filter((path) => !theirs.has(path) && !isListed(path)),
        [],
        "more than the specification has",
      );
    });
  }
}

test.run();
