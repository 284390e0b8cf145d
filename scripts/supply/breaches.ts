// Packages -> what the policy has against them, one line each. Pure.

import type { Package } from "./packages.ts";
import { DUPLICATES, LICENSE_EXCEPTIONS, LICENSES } from "./policy.ts";

export function breachesOf(packages: readonly Package[]): string[] {
  // npm knows nothing of packages for machines that this one is not
  const here = packages.filter(({ isForeign }) => !isForeign);
  return [...here.flatMap(ofOne), ...duplicates(here)];
}

function ofOne({ ecosystem, name, version, license, checksum, isShipped }: Package): string[] {
  const what = `${ecosystem} ${name} ${version}`;
  const found: string[] = [];
  if (checksum === undefined) found.push(`${what}: the lock file has no checksum`);
  if (ecosystem === "npm" && isShipped) found.push(`${what}: a run-time dependency of the bundle`);
  if (!isAllowed(license ?? "", LICENSE_EXCEPTIONS.get(`${ecosystem} ${name}`)?.license)) {
    found.push(`${what}: licence ${license ?? "unknown"}`);
  }
  return found;
}

/** An SPDX expression without nesting deeper than `(A OR B) AND C`: each AND part must have one that is allowed. */
export function isAllowed(expression: string, exception?: string): boolean {
  return expression.split(" AND ").every((part) =>
    part
      .replace(/[()]/g, "")
      .split(" OR ")
      .map((license) => license.trim())
      .some((license) => license === exception || LICENSES.has(license)),
  );
}

function duplicates(packages: readonly Package[]): string[] {
  const versions = new Map<string, Set<string>>();
  for (const { ecosystem, name, version } of packages) {
    if (ecosystem !== "cargo") continue;
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  return [...versions]
    .filter(([name, found]) => found.size > 1 && !DUPLICATES.has(name))
    .map(([name, found]) => `cargo ${name}: versions ${[...found].join(" and ")}`);
}
