import { suite } from "uvu";
import * as assert from "uvu/assert";
import { usageError } from "./args.ts";
import { commandLine } from "./completion/words.ts";
import { COMPLETIONS } from "./completion.ts";
import { generalHelp, unknownCommand, usageLine, verbHelp } from "./help.ts";
import { HELP_TEXTS } from "./help-texts.ts";
import { logLine, oneLine } from "./log.ts";
import { nearest } from "./nearest.ts";
import { parseSignal } from "./signals.ts";
import { table } from "./table.ts";
import { findVerb, GLOBAL_OPTIONS, VERBS } from "./verbs.ts";
import { versionText } from "./version.ts";
import { WHOLE_VERBS } from "./whole-verbs.ts";

const test = suite("cli/texts");

test("versionText() has the lines that engines look for", () => {
  assert.match(versionText(), /^trunc version \S+\ncommit: \S+\nspec: 1\.3\.0\n$/);
});

test("generalHelp() names every command and global option", () => {
  const text = generalHelp();
  for (const { name, summary } of VERBS)
    assert.ok(text.includes(`  ${name} `) && text.includes(summary));
  for (const name of [
    "--debug",
    "--log FILE",
    "--log-format",
    "--root DIR",
    "--rootless",
    "-v, --version",
  ]) {
    assert.ok(text.includes(name), name);
  }
});

test("verbHelp() has usage, description and options of every command", () => {
  for (const verb of VERBS) {
    const text = verbHelp(verb);
    assert.ok(text.includes(usageLine(verb)), verb.name);
    assert.ok(text.includes(HELP_TEXTS.get(verb.name) ?? "missing"), verb.name);
    for (const { name, isHidden = false } of verb.options) {
      assert.is(text.includes(`--${name} `) || text.includes(`--${name}\n`), !isHidden, name);
    }
    assert.ok(
      text.split("\n").every((line) => line.length <= 130),
      verb.name,
    );
  }
});

test("verbHelp() hides what is hidden", () => {
  const verb = {
    ...findVerb("start")!,
    options: [{ name: "old", kind: "flag", help: "", isHidden: true }],
  } as const;
  assert.not.ok(verbHelp(verb).includes("--old"));
});

const TYPOS: [word: string, meant: string | undefined][] = [
  ["creat", "create"],
  ["crate", "create"],
  ["strat", "start"],
  ["lst", "list"],
  ["pss", "ps"],
  ["frobnicate", undefined],
  ["x", undefined],
  ["", undefined],
];
for (const [word, meant] of TYPOS) {
  const names = VERBS.map(({ name }) => name);
  test(`nearest() of "${word}" is ${meant}`, () => assert.is(nearest(word, names), meant));
}

test("unknownCommand() has runc's words, and what was meant", () => {
  assert.is(unknownCommand("creat"), "No help topic for 'creat'; did you mean \"create\"?");
  assert.is(unknownCommand("magic"), "No help topic for 'magic'; trunc --help lists the commands");
});

test("WHOLE_VERBS has the options that are loaded late", async () => {
  for (const { name, loadOptions } of VERBS) {
    if (loadOptions === undefined) continue;
    const whole = WHOLE_VERBS.find((verb) => verb.name === name);
    assert.is(whole?.options, (await loadOptions()).OPTIONS, name);
  }
});

test("completion has every command, option and shell", () => {
  const line = commandLine({ globals: GLOBAL_OPTIONS, verbs: VERBS });
  for (const [shell, completion] of COMPLETIONS) {
    const text = completion(line);
    for (const { name, options } of WHOLE_VERBS) {
      assert.match(text, new RegExp(`\\b${name}\\b`), `${shell}: ${name}`);
      for (const option of options.filter(({ isHidden }) => isHidden !== true)) {
        assert.ok(text.includes(option.name), `${shell}: ${name} --${option.name}`);
      }
    }
  }
});

test("usageLine() leaves out what there is not", () => {
  assert.is(usageLine(findVerb("start")!), "trunc start CONTAINER");
  assert.is(usageLine(findVerb("kill")!), "trunc kill [options] CONTAINER [SIGNAL]");
  assert.is(usageLine(findVerb("features")!), "trunc features");
});

test("logLine() writes what logrus does", () => {
  const time = "2026-11-22T14:00:50Z";
  assert.is(
    logLine("json", "error", 'exec: "x": not found', time),
    '{"level":"error","msg":"exec: \\"x\\": not found","time":"2026-11-22T14:00:50Z"}\n',
  );
  assert.is(
    logLine("text", "error", "container does not exist", time),
    'time="2026-11-22T14:00:50Z" level=error msg="container does not exist"\n',
  );
  assert.is(logLine("text", "warning", "word", time), `time="${time}" level=warning msg=word\n`);
});

test("oneLine() leaves no line break", () => {
  assert.is(oneLine("a\nb\r\nc"), "a\\nb\\r\\nc");
  assert.is(oneLine("a\ud83d"), "a\ufffd");
});

const SIGNALS: [text: string, number: number][] = [
  ["TERM", 15],
  ["SIGTERM", 15],
  ["sigkill", 9],
  ["hup", 1],
  ["SYS", 31],
  ["POLL", 29],
  ["15", 15],
  ["0", 0],
  ["64", 64],
];
for (const [text, number] of SIGNALS) {
  test(`parseSignal() knows ${text}`, () => assert.is(parseSignal(text), number));
}
for (const text of ["", "65", "-9", "FOO", "SIG", "9x", "constructor"]) {
  test(`parseSignal() refuses "${text}"`, () => {
    assert.throws(
      () => parseSignal(text),
      (error: Error) => error.message === `unknown signal ${JSON.stringify(text)}`,
    );
  });
}

test("table() lays columns out as tabwriter does", () => {
  assert.is(
    table([
      ["ID", "PID", "OWNER"],
      ["a-long-container-id", "1", "root"],
    ]),
    "ID                    PID         OWNER\na-long-container-id   1           root\n",
  );
  assert.is(table([]), "");
});

test("usageError() is an error of usage", () => {
  assert.is(usageError("x").code, "ERR_USAGE");
});

test.run();
