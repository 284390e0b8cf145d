// Runs the commands of docs/engines.md as they stand, in a box: scripts/readme.ts does it, and the last line is its count.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { runInBox, sweep } from "./box/box.ts";
import { makeImages, REPOSITORY } from "./images.ts";
import { KINDS } from "./kinds.ts";
import { DEBIAN, fetchEngines, TSX, whyNot } from "./programs.ts";

process.exitCode = await main();

async function main(): Promise<number> {
  const reason = whyNot();
  if (reason !== null) {
    console.log(`skip engines-docs: ${reason}\n0 passed, 0 failed, 1 skipped`);
    return 0;
  }
  // The page's `make install` has nothing left to build then: in the box there is no network to fetch from.
  execFileSync("make", ["--silent", "build"], { cwd: REPOSITORY, stdio: "inherit" });
  sweep();
  fetchEngines(KINDS.filter(({ set }) => set === "debian"));
  const own = join(REPOSITORY, "spec-tests", "engines", "docs");
  const env = {
    PATH: [own, `${DEBIAN}/usr/sbin`, `${DEBIAN}/usr/bin`, "/usr/local/bin", process.env.PATH].join(
      ":",
    ),
    // The box has a /usr/local of its own to install into.
    DESTDIR: "",
    ENGINES_IMAGES: makeImages(["busybox", "pause"]),
    TSX,
  };
  const script = join(REPOSITORY, "scripts", "readme.ts");
  const page = ["node", "--import", TSX, script, "docs/engines.md"];
  return await runInBox(["node", "--import", TSX, join(own, "podman.ts"), ...page], { env });
}
