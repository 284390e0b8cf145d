// Packages -> a bill of materials. Pure: the same lock files give the same bytes, so there is neither a time nor a random name in it.
// Spec: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/

import { createHash } from "node:crypto";
import type { Package } from "./packages.ts";

export interface Sbom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

interface Component {
  readonly type: "application" | "library";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  /** "excluded": needed to build or to test, not in what is installed. */
  readonly scope?: "required" | "excluded";
  readonly purl: string;
  readonly licenses?: readonly [{ readonly expression: string }];
  readonly hashes?: readonly [{ readonly alg: "SHA-256" | "SHA-512"; readonly content: string }];
}

export function sbomOf(version: string, license: string, packages: readonly Package[]): Sbom {
  const components = packages.map(componentOf);
  const unique = [...new Map(components.map((component) => [component.purl, component])).values()];
  unique.sort((a, b) => (a.purl < b.purl ? -1 : 1));
  const purl = `pkg:generic/trunc@${version}`;
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(unique))}`,
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": purl,
        name: "trunc",
        version,
        purl,
        licenses: [{ expression: license }],
      },
    },
    components: unique,
  };
}

function componentOf({
  ecosystem,
  name,
  version,
  license,
  checksum,
  isShipped,
}: Package): Component {
  // the scope of a package name is a namespace of its own (package-url)
  const purl = `pkg:${ecosystem}/${name.replace("@", "%40")}@${version}`;
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    scope: isShipped ? "required" : "excluded",
    purl,
    ...(license !== undefined && { licenses: [{ expression: license }] }),
    ...(checksum !== undefined && { hashes: [{ alg: checksum.algorithm, content: checksum.hex }] }),
  };
}

/** Version 8 (RFC 9562): of the content's digest. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join("-");
}
