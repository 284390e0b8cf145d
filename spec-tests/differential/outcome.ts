// Runs one case on one runtime, and keeps what can be compared.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bundle } from "../harness/bundle.ts";
import type { Call, Result } from "../harness/call.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import type { Case, Status } from "./case.ts";
import { messagesOf, neutral, outputOf } from "./normalise.ts";
import { enter } from "./world.ts";

/** A runtime, and where its containers and files are: cases come one after the other. */
export interface Subject {
  readonly program: string;
  readonly sandbox: Sandbox;
  /** What it leaves behind is no concern of ours, but must not be listed in the next case. */
  readonly isReference: boolean;
}

/** What is compared, part by part; each is text. `status` is the container's afterwards. */
export type Part =
  | ("code" | "stdout" | "framing" | "errors" | "warnings" | "log" | "status")
  | `file ${string}`;
export type Outcome = ReadonlyMap<Part, string>;

const TIMEOUT_MS = 60_000;

export async function outcomeOf(subject: Subject, test: Case): Promise<Outcome> {
  const { sandbox, program } = subject;
  const id = sandbox.id();
  const clean = (text: string) => neutral(text, sandbox, program);
  const performed = perform(subject, test, id, clean);
  try {
    await performed;
  } finally {
    const options = { timeoutMs: TIMEOUT_MS };
    if (mayHaveMade(test)) await sandbox.startRuntime(["delete", "--force", id], options).exited;
    if (subject.isReference) rmSync(join(sandbox.stateRoot, id), { recursive: true, force: true });
  }
  const { command, parts } = await performed;
  // Only now: a container that was made has the command's output too.
  return new Map([...partsOf(await command.closed, test, clean), ...parts]);
}

async function perform(
  { sandbox, program }: Subject,
  test: Case,
  id: string,
  clean: (text: string) => string,
): Promise<{ command: Call; parts: Outcome }> {
  const bundle = bundleOf(sandbox, test);
  const dir = join(bundle.dir, "files");
  mkdirSync(dir);
  for (const [name, text] of Object.entries(test.given ?? {})) writeFileSync(join(dir, name), text);
  const words = { id, dir, bundle: bundle.dir, root: sandbox.stateRoot };
  const world = await enter(sandbox, bundle, id, test.container ?? "missing");

  const command = sandbox.startHelper(program, fill(test, words), {
    cwd: test.cwd === undefined ? bundle.dir : fillWord(test.cwd, words),
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin", SPEC_TOKEN: sandbox.token, ...test.env },
    timeoutMs: TIMEOUT_MS,
    ...(test.stdin !== undefined && { stdin: test.stdin }),
  });
  await command.exited;
  const parts = new Map<Part, string>();
  if (test.container !== undefined) parts.set("status", await statusOf(sandbox, id, test.settles));
  await world.leave();
  for (const name of test.files ?? []) {
    const path = join(dir, name);
    const text = clean(existsSync(path) ? readFileSync(path, "utf8") : "(no such file)");
    if (name === "log") parts.set("log", Object.values(messagesOf(text)).join("\n"));
    else parts.set(`file ${name}`, text);
  }
  return { command, parts };
}

function partsOf(
  { code, signal, stdout, stderr }: Result,
  { output = "exact" }: Case,
  clean: (text: string) => string,
): Map<Part, string> {
  const { framing, errors, warnings } = messagesOf(clean(stderr));
  return new Map<Part, string>([
    ["code", String(code ?? signal)],
    ["stdout", outputOf(clean(stdout), output)],
    ["framing", framing],
    ["errors", errors],
    ["warnings", warnings],
  ]);
}

function bundleOf(sandbox: Sandbox, test: Case): Bundle {
  const bundle = sandbox.bundle((config, self) => {
    config.process.args = [test.container === "stopped" ? "/bin/true" : "/bin/sleep", "1000"];
    test.config?.(config, self);
  });
  if (test.configText !== undefined) {
    writeFileSync(join(bundle.dir, "config.json"), test.configText);
  }
  return bundle;
}

/** What was killed needs a moment until it is gone: asks again until it has `settled`, for five seconds. */
async function statusOf(sandbox: Sandbox, id: string, settled?: Status): Promise<string> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const { code, stdout } = await sandbox.startRuntime(["state", id], { timeoutMs: TIMEOUT_MS })
      .closed;
    const status = code === 0 ? (JSON.parse(stdout) as { status: string }).status : "missing";
    if (settled === undefined || status === settled || Date.now() > deadline) return status;
  }
}

function mayHaveMade({ argv, container = "missing" }: Case): boolean {
  return container !== "missing" || argv.includes("create") || argv.includes("run");
}

function fill({ argv, noRoot }: Case, words: Readonly<Record<string, string>>): string[] {
  const hasRoot = noRoot === true || argv.some((word) => word === "--root" || word === "{root}");
  const filled = argv.map((word) => fillWord(word, words));
  return hasRoot ? filled : ["--root", words.root!, ...filled];
}

function fillWord(word: string, words: Readonly<Record<string, string>>): string {
  return word.replace(/\{(id|dir|bundle|root)\}/g, (_, name: string) => words[name]!);
}
