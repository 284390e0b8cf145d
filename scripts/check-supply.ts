// Checks what trunc is built of, offline: licences, duplicates and checksums of the lock files, and the archives that lie in
// cargo's cache against theirs. Exit code 1 if there is a breach. The policy: supply/policy.ts.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { breachesOf } from "./supply/breaches.ts";
import { cargoPackages, npmPackages, type Package } from "./supply/packages.ts";

const CACHE = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "registry", "cache");

const packages = [...cargoPackages(), ...npmPackages(readFileSync("package-lock.json", "utf8"))];
const archives = existsSync(CACHE)
  ? readdirSync(CACHE).map((registry) => join(CACHE, registry))
  : [];
const breaches = breachesOf(packages);
let compared = 0;
for (const one of packages) breaches.push(...archiveBreaches(one));

for (const breach of breaches) console.error(breach);
console.log(
  `supply: ${packages.length} packages, ${compared} archives compared, ${breaches.length} breaches`,
);
process.exitCode = breaches.length > 0 ? 1 : 0;

/** cargo checks them when it unpacks; this is for what was changed since. */
function archiveBreaches({ ecosystem, name, version, checksum }: Package): string[] {
  if (ecosystem !== "cargo" || checksum === undefined) return [];
  const paths = archives.map((registry) => join(registry, `${name}-${version}.crate`));
  return paths.filter(existsSync).flatMap((path) => {
    compared++;
    const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
    return digest === checksum.hex ? [] : [`${path}: not the file that Cargo.lock names`];
  });
}
