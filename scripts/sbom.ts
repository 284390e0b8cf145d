// Writes dist/sbom.cdx.json, the bill of materials, from the lock files.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cargoPackages, npmPackages } from "./supply/packages.ts";
import { sbomOf } from "./supply/sbom.ts";

const PATH = "dist/sbom.cdx.json";

const { version, license } = JSON.parse(readFileSync("package.json", "utf8"));
const packages = [...cargoPackages(), ...npmPackages(readFileSync("package-lock.json", "utf8"))];
const sbom = sbomOf(version, license, packages);
mkdirSync("dist", { recursive: true });
writeFileSync(PATH, `${JSON.stringify(sbom, null, 2)}\n`);
const shipped = sbom.components.filter(({ scope }) => scope === "required").length;
console.log(
  `${PATH}: ${sbom.components.length} components, ${shipped} of them in what is installed`,
);
