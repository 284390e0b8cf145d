// tsx spec-tests/conformance/one.ts NAME=PATH [VARIABLE=VALUE...]: the whole suite on one runtime, in whatever world this
// process is; prints the outcomes as JSON, one a line. What `make conformance` runs in each of its worlds.

import { REPOSITORY } from "../harness/build.ts";
import { runSuite, testNames } from "./runner.ts";

const [target = "", ...variables] = process.argv.slice(2);
const [name = "", path = ""] = pair(target);
const suite = `${REPOSITORY}/dist/conformance`;
const env = Object.fromEntries(variables.map(pair));
await runSuite(suite, { name, path, env }, testNames(suite), (outcome) =>
  console.log(JSON.stringify(outcome)),
);

function pair(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}
