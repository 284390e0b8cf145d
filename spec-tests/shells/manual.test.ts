// The manual pages, judged by the two programs that read them.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { REPOSITORY } from "../harness/build.ts";

const test = suite("shells/manual");
const dir = join(REPOSITORY, "share", "man", "man8");
const pages = readdirSync(dir);

/** Each with what it must not print. */
const JUDGES: [program: string, args: string[]][] = [
  ["mandoc", ["-T", "lint", "-W", "warning"]],
  ["groff", ["-man", "-Tutf8", "-ww", "-z"]],
];

for (const [program, args] of JUDGES) {
  if (spawnSync(program, ["--version"]).error !== undefined) {
    process.stdout.write(`skip shells/manual: no ${program}\n`);
    continue;
  }
  for (const page of pages) {
    test(`${program} has nothing against ${page}`, () => {
      const { stdout, stderr } = spawnSync(program, [...args, join(dir, page)], {
        encoding: "utf8",
      });
      assert.is(stdout + stderr, "");
    });
  }
}

test("there is a page for trunc and for every command of its help", () => {
  const trunc = join(REPOSITORY, "dist/bin/trunc");
  const { stdout } = spawnSync(trunc, ["--help"], { encoding: "utf8" });
  const list = /Commands:\n(.*?)\n\n/s.exec(stdout)![1]!;
  const names = [...list.matchAll(/^ {2}(\S+)/gm)].map((match) => `trunc-${match[1]}.8`);
  assert.equal([...pages].sort(), ["trunc.8", ...names].sort());
});

test.run();
