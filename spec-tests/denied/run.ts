// tsx spec-tests/denied/run.ts [FILTER] [CALL=ERRNO...]: the spec tests again on trunc, once for each system call that is made
// to fail around it. A test passes, or the runtime refuses in one line that names the call; a leak always fails.
// The last line counts: "skipped" are refusals and what the machine can't do.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probePath, REPOSITORY } from "../harness/build.ts";
import { UID } from "../harness/user.ts";

/**
 * EPERM only where no program needs the call: the filter is in force in the container too, and a C library takes ENOSYS for
 * an older kernel, but EPERM for an answer.
 */
const DENIED = [
  ...["openat2", "clone3", "mount_setattr", "fsopen", "open_tree", "pidfd_open"].map(
    (call) => `${call}=ENOSYS`,
  ),
  ...["close_range", "statx"].map((call) => `${call}=ENOSYS`),
  ...["mount_setattr", "fsopen", "open_tree", "pidfd_open"].map((call) => `${call}=EPERM`),
];

const words = process.argv.slice(2);
const chosen = words.filter((word) => word.includes("="));
const filter = words.filter((word) => !word.includes("="));
const dir = mkdtempSync(join(tmpdir(), "trunc-denied-"));
makeProbe();
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const denial of chosen.length > 0 ? chosen : DENIED) runBeneath(denial);
rmSync(dir, { recursive: true });
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 ? 1 : 0;

function runBeneath(denial: string): void {
  console.log(`\n== ${denial}`);
  const ran = spawnSync(
    process.execPath,
    ["--import", "tsx", join(REPOSITORY, "spec-tests/run.ts"), ...filter],
    {
      encoding: "utf8",
      env: { ...process.env, RUNTIME: wrapper(denial), SPEC_DENIED: denial.replace("=", ": ") },
      stdio: ["ignore", "pipe", "inherit"],
      maxBuffer: 1 << 28,
    },
  );
  process.stdout.write(ran.stdout.replace(/^(?:skip|refused) .*\n/gm, ""));
  const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(ran.stdout);
  sum.passed += Number(counts?.[1] ?? 0);
  sum.failed += Number(counts?.[2] ?? 1);
  sum.skipped += Number(counts?.[3] ?? 0);
}

/** `list` and `delete --force` are the harness's own, to clean up and to look: those are left alone. */
function wrapper(denial: string): string {
  const place = join(dir, denial.replace("=", "-"));
  mkdirSync(place);
  const path = join(place, "trunc");
  const trunc = join(REPOSITORY, "dist/bin/trunc");
  const text = `#!/bin/sh
case "$*" in *" delete --force "* | --version) exec '${trunc}' "$@" ;; esac
exec '${join(dir, "probe")}' deny '${denial}' '${trunc}' "$@"
`;
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/**
 * An ordinary user has no other way to a filter without no_new_privs, with which newuidmap does nothing. For the
 * tests' own user alone: the probe can do more than that.
 */
function makeProbe(): void {
  chmodSync(dir, 0o755);
  const probe = join(dir, "probe");
  copyFileSync(probePath(), probe);
  chownSync(probe, 0, UID);
  chmodSync(probe, 0o4750);
}
