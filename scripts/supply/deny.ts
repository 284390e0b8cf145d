// The policy as cargo-deny reads it. Pure.

import { DUPLICATES, LICENSE_EXCEPTIONS, LICENSES } from "./policy.ts";

export function denyConfig(): string {
  return `[graph]
targets = ["x86_64-unknown-linux-gnu"]
all-features = true

[licenses]
allow = ${JSON.stringify([...LICENSES])}
# npm's are in the same list, the fuzzers' in the same exceptions
unused-allowed-license = "allow"
unused-license-exception = "allow"
exceptions = [${exceptions().join(", ")}]

[bans]
multiple-versions = "deny"
wildcards = "deny"
# of the workspace itself
allow-wildcard-paths = true
skip = [${[...DUPLICATES].map(([crate, reason]) => inline({ crate, reason })).join(", ")}]

[sources]
unknown-registry = "deny"
unknown-git = "deny"
`;
}

function exceptions(): string[] {
  const own = [...LICENSE_EXCEPTIONS].filter(([name]) => name.startsWith("cargo "));
  return own.map(([name, { license }]) =>
    inline({ crate: name.slice("cargo ".length), allow: [license] }),
  );
}

/** Strings and lists of them are written in TOML as in JSON. */
function inline(values: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  return `{ ${pairs.join(", ")} }`;
}
