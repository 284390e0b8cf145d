// Every word of the specification's table of mount options: what it sets, or takes back from the mount it is given for.
// Spec: config.md#linux-mount-options

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { mountAt } from "../harness/mountinfo.ts";
import { info } from "../harness/probe.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config/mount-option-table");

/** Words -> what mountinfo must and must not say of a tmpfs: flags of the mount and of the file system. */
const FLAGS: [words: string[], has: string[], lacks: string[]][] = [
  [["sync", "async"], [], ["sync"]],
  [["lazytime"], ["lazytime"], []],
  [["lazytime", "nolazytime"], [], ["lazytime"]],
  [["nodiratime", "diratime"], [], ["nodiratime"]],
  [["strictatime", "nostrictatime"], ["relatime"], []],
  [["norelatime"], ["relatime"], ["noatime"]],
  [["nosymfollow", "symfollow"], [], ["nosymfollow"]],
  [["iversion"], ["rw"], []],
  [["noiversion"], ["rw"], []],
  [["silent"], ["rw"], []],
  [["loud"], ["rw"], []],
  [["mand"], ["rw"], []],
  [["nomand"], ["rw"], []],
];

for (const [words, has, lacks] of FLAGS) {
  test(`${words} on a file system (config.md#linux-mount-options)`, {
    since: "1.2: all words of the table",
  }, async (t) => {
    const { mountinfo } = await info(t, (config) => {
      config.mounts.push({ destination: "/in", type: "tmpfs", source: "tmpfs", options: words });
    });
    const { options, superOptions } = mountAt(mountinfo, "/in");
    const seen = [...options, ...superOptions];
    for (const word of has) assert.ok(seen.includes(word), `${word} in ${seen}`);
    for (const word of lacks) assert.ok(!seen.includes(word), `no ${word} in ${seen}`);
  });
}

/** How the source and what is below it are mounted, the word that is given, what is then so in both. */
const RECURSIVE: [before: string, word: string, has: string, lacks: string][] = [
  ["ro", "rrw", "rw", "ro"],
  ["nosuid", "rsuid", "rw", "nosuid"],
  ["nodev", "rdev", "rw", "nodev"],
  ["noexec", "rexec", "rw", "noexec"],
  ["nodiratime", "rdiratime", "rw", "nodiratime"],
  ["nosymfollow", "rsymfollow", "rw", "nosymfollow"],
  ["noatime", "rrelatime", "relatime", "noatime"],
  ["noatime", "ratime", "relatime", "noatime"],
  ["strictatime", "rnostrictatime", "relatime", "noatime"],
  ["noatime", "rnorelatime", "relatime", "noatime"],
  ["noatime", "rstrictatime", "rw", "noatime"],
];

for (const [before, word, has, lacks] of RECURSIVE) {
  test(`${word} takes ${before} back, below too (config.md#linux-mount-options)`, {
    since: "1.2: all words of the table",
  }, async (t) => {
    const source = join(t.dir, "outer");
    for (const path of [source, join(source, "sub")]) mountTmpfs(t, path, before);
    const { mountinfo } = await info(t, (config) => {
      const options = ["rbind", word];
      config.mounts.push({ destination: "/in", type: "bind", source, options });
    });
    for (const target of ["/in", "/in/sub"]) {
      const { options } = mountAt(mountinfo, target);
      assert.ok(options.includes(has), `${target}: ${has} in ${options}`);
      assert.ok(!options.includes(lacks), `${target}: no ${lacks} in ${options}`);
      if (word === "rstrictatime") assert.ok(!options.includes("relatime"), `${options}`);
    }
  });
}

/** Made before its flags are set: below a read-only mount nothing could be. */
function mountTmpfs(t: Sandbox, path: string, flag: string): void {
  mkdirSync(path, { recursive: true });
  assert.is(spawnSync("mount", ["-t", "tmpfs", "spec", path]).status, 0);
  t.defer(() => spawnSync("umount", ["-l", path]));
  mkdirSync(join(path, "sub"));
  assert.is(spawnSync("mount", ["-o", `remount,bind,${flag}`, path]).status, 0);
}

test.run();
