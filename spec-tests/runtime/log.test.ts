// --log, --log-format, --debug: files that engines parse, and the last error line.
// Spec: none; runc's interface (containerd's shim takes the last line with level "error")

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/log");

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly time: string;
}

async function failWith(t: Sandbox, ...global: string[]) {
  const bundle = t.bundle((config) => {
    config.process.args = ["no-such-program"];
  });
  return t.runtime([...global, "create", "--bundle", bundle.dir, t.id()]);
}

test("json: one object per line; the last one is the error (runc#log)", async (t) => {
  const log = join(t.dir, "log.json");
  assert.is((await failWith(t, "--log", log, "--log-format", "json")).code, 1);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const last = JSON.parse(lines.at(-1)!) as LogLine;
  assert.is(last.level, "error");
  assert.match(last.msg, /executable file not found in \$PATH/);
  assert.match(last.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  assert.is(lines.filter((line) => (JSON.parse(line) as LogLine).level === "error").length, 1);
});

test("text: logfmt, as runc writes it (runc#log)", async (t) => {
  const log = join(t.dir, "log");
  await failWith(t, "--log", log, "--log-format", "text");
  assert.match(
    readFileSync(log, "utf8"),
    /^time="[^"]+" level=error msg=".*executable file not found/m,
  );
});

test("text is the default (runc#log)", async (t) => {
  const log = join(t.dir, "log");
  await failWith(t, "--log", log);
  assert.match(readFileSync(log, "utf8"), /level=error/);
});

test("the error is on stderr as well when the log is a file (runc#log)", async (t) => {
  const { stderr } = await failWith(t, "--log", join(t.dir, "log"));
  assert.match(stderr, /executable file not found/);
});

test("without --log the error is on stderr, once, in one line (runc#log)", async (t) => {
  const { stderr } = await failWith(t);
  assert.is(stderr.trim().split("\n").length, 1, stderr);
});

test("the log is appended to (runc#log)", async (t) => {
  const log = join(t.dir, "log");
  writeFileSync(log, "before\n");
  await failWith(t, "--log", log);
  assert.match(readFileSync(log, "utf8"), /^before\n/);
});

test("a log in a directory that is missing is an error (runc#log)", async (t) => {
  const result = await t.runtime(["--log", "/nonexistent/log", "list"]);
  assert.is(result.code, 1);
});

test("an unknown format is an error (runc#log)", async (t) => {
  const result = await t.runtime(["--log-format", "xml", "list"]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /xml/);
});

test("--debug still ends with the error (runc#log)", async (t) => {
  const log = join(t.dir, "log.json");
  await failWith(t, "--debug", "--log", log, "--log-format", "json");
  const lines = readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine);
  assert.is(lines.at(-1)!.level, "error");
});

test("nothing at all is printed by a container that works (runc#log)", async (t) => {
  const log = join(t.dir, "log");
  const bundle = t.bundle((config) => script(config, "true"));
  const result = await t.runtime(["--log", log, "run", "--bundle", bundle.dir, t.id()]);
  succeeded("run", result);
  assert.is(result.stdout + result.stderr, "");
  assert.is(existsSync(log) ? readFileSync(log, "utf8") : "", "");
});

test("a message with quotes and newlines stays one line of valid JSON (runc#log)", async (t) => {
  const log = join(t.dir, "log.json");
  const bundle = t.bundle((config) => {
    config.process.args = ['/no "such"\n\tprogram\\'];
  });
  await t.runtime(["--log", log, "--log-format", "json", "create", "--bundle", bundle.dir, t.id()]);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  assert.is((JSON.parse(lines.at(-1)!) as LogLine).level, "error");
});

test.run();
