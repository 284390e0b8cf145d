import { suite } from "uvu";
import * as assert from "uvu/assert";
import { configError, describeProblem, RuntimeError } from "./errors.ts";

const test = suite("errors");

test("RuntimeError has only the details that it was given", () => {
  const bare = new RuntimeError("ERR_USAGE", "no id");
  assert.equal(Object.keys(bare).sort(), ["code", "name"]);
  assert.is(bare.message, "no id");
  assert.is(bare.name, "RuntimeError");

  const cause = new Error("why");
  const full = new RuntimeError("ERR_HOOK", "failed", {
    at: "/hooks",
    hint: "try",
    problems: [],
    cause,
  });
  assert.is(full.cause, cause);
  assert.equal([full.code, full.at, full.hint, full.problems], ["ERR_HOOK", "/hooks", "try", []]);
});

test("configError() with one problem is that problem", () => {
  const problem = { at: "/hostname", message: '"x" needs a uts namespace', hint: "add one" };
  const error = configError("config.json", [problem]);
  assert.is(error.message, 'config.json: /hostname: "x" needs a uts namespace (add one)');
  assert.equal([error.code, error.at, error.hint], ["ERR_CONFIG", "/hostname", "add one"]);
});

test("configError() with several problems holds all of them in one line", () => {
  const error = configError("config.json", [
    { at: "/a", message: "is missing" },
    { at: "", message: "5 is not an object" },
  ]);
  assert.is(error.message, "config.json: 2 problems: /a: is missing; 5 is not an object");
  assert.is(error.at, undefined);
  assert.is(error.problems?.length, 2);
});

test("configError() ends a message that would never end", () => {
  const problems = Array.from({ length: 102 }, (_item, index) => ({
    at: `/${index}`,
    message: "bad",
  }));
  const error = configError("config.json", problems);
  assert.ok(error.message.startsWith("config.json: 102 problems: /0: bad; /1: bad; "));
  assert.ok(error.message.endsWith("; /99: bad; and 2 more"));
  assert.is(error.problems?.length, 102);
});

test("describeProblem() leaves out what there is none of", () => {
  assert.is(describeProblem({ at: "", message: "m" }), "m");
  assert.is(describeProblem({ at: "/p", message: "m", hint: "h" }), "/p: m (h)");
});

test.run();
