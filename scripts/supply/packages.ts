// What trunc is built of, read from the lock files alone: name, version, licence, checksum, and whether it ends up in the binary.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Package {
  readonly ecosystem: "cargo" | "npm";
  readonly name: string;
  readonly version: string;
  /** SPDX expression; undefined where the lock file does not say. */
  readonly license?: string;
  /** Of the archive that the registry gives out. */
  readonly checksum?: { readonly algorithm: "SHA-256" | "SHA-512"; readonly hex: string };
  /** Linked into what is installed; else a tool of the build or the tests. */
  readonly isShipped: boolean;
  /** npm: for machines of another kind only. */
  readonly isForeign: boolean;
}

interface Metadata {
  readonly packages: readonly {
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly license: string | null;
    readonly source: string | null;
    readonly targets: readonly { readonly kind: readonly string[] }[];
  }[];
  readonly resolve: {
    readonly nodes: readonly {
      readonly id: string;
      readonly deps: readonly {
        readonly pkg: string;
        readonly dep_kinds: readonly { readonly kind: string | null }[];
      }[];
    }[];
  };
}

interface NpmLock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly version: string;
        readonly license?: string;
        readonly integrity?: string;
        readonly dev?: boolean;
        readonly os?: readonly string[];
        readonly cpu?: readonly string[];
        readonly libc?: readonly string[];
      }
    >
  >;
}

/** The programs that are installed; everything else of the workspace is linked into them. */
const PROGRAMS = ["trunc-launcher", "trunc-init"];
const TARGET = "x86_64-unknown-linux-gnu";

export function cargoPackages(): Package[] {
  const args = [
    "metadata",
    "--locked",
    "--offline",
    "--format-version",
    "1",
    "--filter-platform",
    TARGET,
  ];
  const text = execFileSync("cargo", args, { encoding: "utf8", maxBuffer: 1 << 26 });
  const metadata = JSON.parse(text) as Metadata;
  const sums = cargoSums(
    readFileSync("Cargo.lock", "utf8"),
    readFileSync("patches/crates.txt", "utf8"),
  );
  const shipped = linked(metadata);
  return metadata.packages
    .filter(({ name }) => !name.startsWith("trunc-"))
    .map(({ id, name, version, license }): Package => {
      const hex = sums.get(`${name} ${version}`);
      return {
        ecosystem: "cargo",
        name,
        version,
        // "/" is what "OR" was written as before SPDX
        ...(license !== null && { license: license.replaceAll("/", " OR ") }),
        ...(hex !== undefined && { checksum: { algorithm: "SHA-256", hex } }),
        isShipped: shipped.has(id),
        isForeign: false,
      };
    });
}

/** Checksums by "name version": the lock file's, and those of crates that are patched before they are built. */
export function cargoSums(lock: string, patched: string): Map<string, string> {
  const sums = new Map<string, string>();
  for (const block of lock.split("[[package]]")) {
    const field = (name: string) => new RegExp(`^${name} = "(.*)"$`, "m").exec(block)?.[1];
    const checksum = field("checksum");
    if (checksum !== undefined) sums.set(`${field("name")} ${field("version")}`, checksum);
  }
  for (const line of patched.split("\n")) {
    const [name, version, sum] = line.split(" ");
    if (sum !== undefined && !line.startsWith("#")) sums.set(`${name} ${version}`, sum);
  }
  return sums;
}

/** What the programs reach by dependencies that are neither for building nor macros. */
function linked({ packages, resolve }: Metadata): Set<string> {
  const macros = new Set(
    packages
      .filter(({ targets }) => targets.some(({ kind }) => kind.includes("proc-macro")))
      .map(({ id }) => id),
  );
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const found = new Set<string>();
  const rest = packages.filter(({ name }) => PROGRAMS.includes(name)).map(({ id }) => id);
  for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
    if (found.has(id) || macros.has(id)) continue;
    found.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id)?.deps ?? []) {
      if (dep_kinds.some(({ kind }) => kind === null)) rest.push(pkg);
    }
  }
  return found;
}

/** None of them ends up in the binary: the bundle has no run-time dependency. */
export function npmPackages(lockText: string): Package[] {
  const { packages } = JSON.parse(lockText) as NpmLock;
  return Object.entries(packages)
    .filter(([path]) => path !== "")
    .map(([path, { version, license, integrity, dev, os, cpu, libc }]): Package => {
      const isHere = (list: readonly string[] | undefined, own: string) =>
        list?.includes(own) ?? true;
      return {
        ecosystem: "npm",
        name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
        version,
        ...(license !== undefined && { license }),
        ...(integrity?.startsWith("sha512-") && {
          checksum: {
            algorithm: "SHA-512",
            hex: Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex"),
          },
        }),
        isShipped: dev !== true,
        isForeign: !isHere(os, "linux") || !isHere(cpu, "x64") || !isHere(libc, "glibc"),
      };
    });
}
