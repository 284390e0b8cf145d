// Asks cargo-deny of every crate that trunc and its fuzzers are built of: licences as their files say them, versions, registries.
// Offline; but the first time it builds the tool, in some minutes. The policy: supply/policy.ts. Use: deny.ts MANIFEST...

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { denyConfig } from "./supply/deny.ts";

const VERSION = "0.20.2";
const TOOLS = join("target", "tools", `cargo-deny-${VERSION}`);
const TOOL = join(TOOLS, "bin", "cargo-deny");
const CHECKS = ["licenses", "bans", "sources"];

if (!existsSync(TOOL)) {
  const what = ["cargo-deny", "--version", `=${VERSION}`, "--locked"];
  execFileSync("cargo", ["install", ...what, "--root", TOOLS], { stdio: "inherit" });
}
const config = join("dist", "deny.toml");
mkdirSync("dist", { recursive: true });
writeFileSync(config, denyConfig());

let breaches = 0;
for (const manifest of process.argv.slice(2)) {
  const options = ["--offline", "--locked", "--manifest-path", manifest, "--config", config];
  const { status } = spawnSync(TOOL, [...options, "check", ...CHECKS], { stdio: "inherit" });
  if (status !== 0) breaches++;
}
process.exitCode = breaches > 0 ? 1 : 0;
