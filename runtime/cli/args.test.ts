import { suite } from "uvu";
import * as assert from "uvu/assert";
import { countOf, flagOf, listOf, type OptionSpec, parseArgs, textOf } from "./args.ts";

const test = suite("cli/args");

const SPECS: readonly OptionSpec[] = [
  { name: "bundle", short: "b", kind: "text", value: "DIR", help: "" },
  { name: "force", short: "f", kind: "flag", help: "" },
  { name: "preserve-fds", kind: "count", value: "N", help: "" },
];

type Case = [args: string[], values: Record<string, unknown>, positionals: string[]];
const CASES: Case[] = [
  [[], {}, []],
  [["id"], {}, ["id"]],
  [["--bundle", "/b", "id"], { bundle: "/b" }, ["id"]],
  [["--bundle=/b=c", "id"], { bundle: "/b=c" }, ["id"]],
  [["-bundle", "/b", "id"], { bundle: "/b" }, ["id"]],
  [["-b=/b"], { bundle: "/b" }, []],
  [["-b", "-f"], { bundle: "-f" }, []], // a value may look like an option
  [["id", "--force"], { force: true }, ["id"]],
  [["-f", "id"], { force: true }, ["id"]], // a flag takes no value
  [["--force=false"], { force: false }, []],
  [["--force=T"], { force: true }, []],
  [["--bundle", "a", "--bundle", "b"], { bundle: "b" }, []],
  [["--", "--force"], {}, ["--force"]],
  [["id", "--", "-x"], {}, ["id", "-x"]],
  [["-"], {}, ["-"]],
  [["--preserve-fds", "3"], { "preserve-fds": 3 }, []],
  [["--preserve-fds=0x10"], { "preserve-fds": 16 }, []],
  [["-h"], { help: true }, []],
  [["--help"], { help: true }, []],
];

for (const [args, values, positionals] of CASES) {
  test(`parseArgs() reads [${args}]`, () => {
    const parsed = parseArgs(args, SPECS, "separator");
    assert.equal(Object.fromEntries(parsed.values), values);
    assert.equal(parsed.positionals, positionals);
  });
}

test("parseArgs() can end at the first positional", () => {
  const { values, positionals } = parseArgs(["-f", "id", "-9", "--"], SPECS, "first positional");
  assert.equal(Object.fromEntries(values), { force: true });
  assert.equal(positionals, ["id", "-9", "--"]);
});

const MISUSES: [args: string[], message: string][] = [
  [["--nope"], "flag provided but not defined: -nope"],
  [["-x=1"], "flag provided but not defined: -x"],
  [["--constructor"], "flag provided but not defined: -constructor"],
  [["--bundle"], "flag needs an argument: -bundle"],
  [["--force=maybe"], 'invalid boolean value "maybe" for -force: parse error'],
  [["--preserve-fds", "x"], 'invalid value "x" for flag -preserve-fds: parse error'],
  [["--preserve-fds="], 'invalid value "" for flag -preserve-fds: parse error'],
  [["---"], "bad flag syntax: ---"],
  [["--=x"], "bad flag syntax: --=x"],
];

for (const [args, message] of MISUSES) {
  test(`parseArgs() refuses [${args}] in Go's words`, () => {
    assert.throws(
      () => parseArgs(args, SPECS, "separator"),
      (error: Error) => error.message === message,
    );
  });
}

test("flagOf(), textOf() and countOf() have a value for what was not given", () => {
  const { values } = parseArgs(["--bundle=", "--force"], SPECS, "separator");
  assert.is(flagOf(values, "force"), true);
  assert.is(flagOf(values, "quiet"), false);
  assert.is(textOf(values, "bundle"), undefined, "an empty text counts as none");
  assert.is(countOf(values, "preserve-fds"), 0);
});

test("a list keeps every value, commas and all", () => {
  const specs = [{ name: "env", short: "e", kind: "list", help: "" }] as const;
  const { values } = parseArgs(["-e", "A=1,2", "--env=B", "--env", ""], specs, "separator");
  assert.equal(listOf(values, "env"), ["A=1,2", "B", ""]);
  assert.equal(listOf(values, "other"), []);
});

test("a list of numbers keeps them as they were given, in base ten", () => {
  const specs = [{ name: "gid", short: "g", kind: "counts", help: "" }] as const;
  const parse = (...args: string[]) => parseArgs(args, specs, "separator").values;
  assert.equal(listOf(parse("-g", "7", "--gid=+8", "-g=010"), "gid"), ["7", "+8", "010"]);
  for (const text of ["0x7", "0b1", "1,2", ""]) {
    assert.throws(
      () => parse(`-g=${text}`),
      (error: Error) => error.message === `invalid value "${text}" for flag -g: parse error`,
    );
  }
});

test.run();
