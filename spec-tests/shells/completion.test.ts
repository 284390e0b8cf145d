// The completion that `trunc completion` prints and `make install` installs, in the shells themselves.

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { REPOSITORY } from "../harness/build.ts";
import { CONTAINERS, LINES, OTHER } from "./lines.ts";

const FILES = {
  bash: "share/bash-completion/completions/trunc",
  zsh: "share/zsh/site-functions/_trunc",
  fish: "share/fish/vendor_completions.d/trunc.fish",
};
type Shell = keyof typeof FILES;

const dir = mkdtempSync(join(tmpdir(), "trunc-shells-"));
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
mkdirSync(join(dir, "bundle"));
writeFileSync(join(dir, "bundle.txt"), "");
writeFileSync(join(dir, "process.json"), "");
// Only `list -q` is asked, with the root of the line.
writeFileSync(
  join(dir, "trunc"),
  `#!/bin/sh\ncase "$*" in\n"list -q") printf '%s\\n' ${CONTAINERS.join(" ")} ;;\n"--root /other list -q" | "--root=/other list -q") echo ${OTHER} ;;\nesac\n`,
);
chmodSync(join(dir, "trunc"), 0o755);

const OPTIONS = {
  cwd: dir,
  encoding: "utf8",
  env: { PATH: `${dir}:/usr/bin:/bin`, HOME: dir, TERM: "dumb" },
  timeout: 60_000,
} as const;

const DRIVERS: Record<Shell, (file: string, line: string) => string> = {
  bash: (file, line) => {
    const script = `source ${file}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trunc; printf '%s\\n' "\${COMPREPLY[@]}"`;
    // readline parts words at "=" too
    const words = line
      .split(" ")
      .flatMap((word) => word.split(/(=)/).filter((part) => part !== ""));
    if (line.endsWith(" ")) words.push("");
    return execFileSync("bash", ["--norc", "-c", script, "bash", ...words], OPTIONS);
  },
  zsh: (file, line) => {
    const drive = join(REPOSITORY, "spec-tests", "shells", "drive.zsh");
    return execFileSync("zsh", ["-f", drive, join(file, ".."), line], OPTIONS);
  },
  fish: (file, line) => {
    const script = `source ${file}; complete -C ${JSON.stringify(line)}`;
    return execFileSync("fish", ["--no-config", "-c", script], OPTIONS);
  },
};

for (const [shell, path] of Object.entries(FILES) as [Shell, string][]) {
  const test = suite(`shells/${shell}`);
  const file = join(REPOSITORY, path);
  if (spawnSync(shell, ["--version"]).error !== undefined) {
    process.stdout.write(`skip shells/${shell}: no ${shell}\n`);
    continue;
  }

  test(`completion ${shell} prints what is installed`, () => {
    const printed = execFileSync(join(REPOSITORY, "dist/bin/trunc"), ["completion", shell]);
    assert.is(printed.toString(), execFileSync("cat", [file]).toString());
  });

  for (const { line, offers, not = [] } of LINES) {
    test(`${shell} completes "${line}"`, () => {
      // fish puts a description behind a tab; directories may end in a slash
      const words = DRIVERS[shell](file, line)
        .split("\n")
        .map((text) => text.replace(/\t.*/, "").replace(/[/ =]$/, ""));
      for (const word of offers) assert.ok(words.includes(word), `${word} in ${words}`);
      for (const word of not) assert.not(words.includes(word), `${word} in ${words}`);
    });
  }
  test.run();
}

const equals = suite("shells/equals");
for (const [line, offers] of [
  ["trunc list --format=", "json"],
  ["trunc list --format=js", "json"],
  ["trunc --root=/other state ", OTHER],
] as const) {
  equals(`bash completes "${line}"`, () => {
    assert.match(DRIVERS.bash(join(REPOSITORY, FILES.bash), line), new RegExp(`^${offers}$`, "m"));
  });
}
equals.run();
