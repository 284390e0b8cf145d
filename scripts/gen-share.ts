// Makes what `make install` puts into PREFIX/share from the table of commands: manual pages, and completion for shells.
//
//   tsx scripts/gen-share.ts            writes share/
//   tsx scripts/gen-share.ts --check    fails if share/ is out of step

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandLine } from "../runtime/cli/completion/words.ts";
import { COMPLETIONS } from "../runtime/cli/completion.ts";
import { GLOBAL_OPTIONS, VERBS } from "../runtime/cli/verbs.ts";
import { manualPages } from "./manual/page.ts";

/** Where each shell looks. */
const PLACES = new Map([
  ["bash", "share/bash-completion/completions/trunc"],
  ["zsh", "share/zsh/site-functions/_trunc"],
  ["fish", "share/fish/vendor_completions.d/trunc.fish"],
]);

const TABLE = { globals: GLOBAL_OPTIONS, verbs: VERBS };

const files = new Map([
  ...[...manualPages()].map(([name, text]) => [`share/man/man8/${name}`, text] as const),
  ...[...COMPLETIONS].map(
    ([shell, text]) => [PLACES.get(shell)!, text(commandLine(TABLE))] as const,
  ),
]);

if (process.argv[2] === "--check") check();
else write();

function check(): void {
  for (const [path, text] of files) {
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    throw new Error(`${path} is out of step with runtime/cli: run npx tsx scripts/gen-share.ts`);
  }
  for (const path of present()) {
    if (!files.has(path)) throw new Error(`${path} is of no command`);
  }
}

function write(): void {
  rmSync("share", { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function present(): string[] {
  const entries = readdirSync("share", { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
