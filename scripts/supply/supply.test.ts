import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { breachesOf, isAllowed } from "./breaches.ts";
import { denyConfig } from "./deny.ts";
import { cargoSums, npmPackages, type Package } from "./packages.ts";
import { sbomOf } from "./sbom.ts";

const test = suite("supply");

const ONE: Package = {
  ecosystem: "cargo",
  name: "one",
  version: "1.0.0",
  license: "MIT OR Apache-2.0",
  checksum: { algorithm: "SHA-256", hex: "00" },
  isShipped: true,
  isForeign: false,
};

test("isAllowed() wants one of each part", () => {
  assert.ok(isAllowed("MIT"));
  assert.ok(isAllowed("GPL-3.0 OR MIT"));
  assert.ok(isAllowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
  assert.not(isAllowed("MIT AND GPL-3.0"));
  assert.ok(isAllowed("MIT AND NCSA", "NCSA"));
  assert.not(isAllowed("GPL-3.0", "NCSA"));
  assert.not(isAllowed(""));
});

test("breachesOf() tells of licences, checksums, duplicates and run-time dependencies", () => {
  assert.equal(breachesOf([ONE]), []);
  const { checksum: _, license: __, ...bare } = ONE;
  assert.equal(breachesOf([bare]), [
    "cargo one 1.0.0: the lock file has no checksum",
    "cargo one 1.0.0: licence unknown",
  ]);
  assert.equal(breachesOf([{ ...bare, isForeign: true }]), []);
  assert.equal(breachesOf([ONE, { ...ONE, version: "2.0.0" }]), [
    "cargo one: versions 1.0.0 and 2.0.0",
  ]);
  assert.equal(breachesOf([{ ...ONE, ecosystem: "npm" }]), [
    "npm one 1.0.0: a run-time dependency of the bundle",
  ]);
});

test("denyConfig() has the policy's crates, and no package of npm's", () => {
  const text = denyConfig();
  assert.match(text, /^allow = \[.*"MIT".*\]$/m);
  assert.match(text, /^exceptions = \[\{ crate = "libfuzzer-sys", allow = \["NCSA"\] \}\]$/m);
  assert.match(text, /^skip = \[\{ crate = "syn", reason = ".*" \}\]$/m);
  assert.not.match(text, /argparse/);
});

test("cargoSums() reads the lock file and the patched crates", () => {
  const lock =
    '[[package]]\nname = "a"\nversion = "1.0.0"\nchecksum = "aa"\n\n[[package]]\nname = "b"\nversion = "2.0.0"\n';
  const sums = cargoSums(lock, "# name version sum patch\nb 2.0.0 bb b.patch\n");
  assert.equal(
    [...sums],
    [
      ["a 1.0.0", "aa"],
      ["b 2.0.0", "bb"],
    ],
  );
});

test("npmPackages() knows what is not for this machine", () => {
  const packages = npmPackages(readFileSync("package-lock.json", "utf8"));
  assert.ok(packages.some(({ name, isForeign }) => name === "@esbuild/win32-x64" && isForeign));
  assert.ok(packages.some(({ name, isForeign }) => name === "@esbuild/linux-x64" && !isForeign));
  assert.not(packages.some(({ isShipped }) => isShipped));
});

test("sbomOf() has what the schema of CycloneDX requires, and is the same each time", () => {
  const tool: Package = { ...ONE, ecosystem: "npm", name: "@scope/two", isShipped: false };
  const sbom = sbomOf("0.1.0", "Apache-2.0", [ONE, tool, ONE]);
  assert.equal([sbom.bomFormat, sbom.specVersion, sbom.version], ["CycloneDX", "1.6", 1]);
  assert.match(
    sbom.serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  );
  assert.equal(
    sbom.components.map(({ purl, scope }) => [purl, scope]),
    [
      ["pkg:cargo/one@1.0.0", "required"],
      ["pkg:npm/%40scope/two@1.0.0", "excluded"],
    ],
  );
  for (const component of sbom.components) {
    assert.ok(component.type === "library" && component.name !== "");
    assert.equal(component.hashes, [{ alg: "SHA-256", content: "00" }]);
  }
  assert.equal(sbom, sbomOf("0.1.0", "Apache-2.0", [tool, ONE]));
});

test.run();
