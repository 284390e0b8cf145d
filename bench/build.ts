// Compiles the bench's C programs; the floor once per bundle, with the bundle's tables.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bundle } from "./bundle.ts";
import { floorTables } from "./floor/tables.ts";
import { cgroupMounts } from "./machine.ts";
import type { Workspace } from "./workspace.ts";

export interface Tools {
  readonly measure: string;
  readonly filter: string;
  readonly memlock: string;
}

const HERE = fileURLToPath(new URL(".", import.meta.url));
const FLOOR = join(HERE, "floor");

export function buildTools(workspace: Workspace): Tools {
  const bin = join(workspace.dir, "bin");
  mkdirSync(bin, { recursive: true });
  return {
    measure: compile(["-static", join(HERE, "measure.c")], join(bin, "measure")),
    filter: compile([join(HERE, "filter.c"), "-lseccomp"], join(bin, "filter")),
    memlock: compile(["-shared", "-fPIC", join(HERE, "memlock.c")], join(bin, "memlock.so")),
  };
}

export function buildFloor(workspace: Workspace, bundle: Bundle): string {
  const tables = join(workspace.dir, bundle.name, "tables.c");
  writeFileSync(tables, floorTables(bundle.config, cgroupMounts()));
  const sources = readdirSync(FLOOR).filter((file) => file.endsWith(".c"));
  const inputs = sources.map((file) => join(FLOOR, file));
  return compile(
    ["-static", `-I${FLOOR}`, ...inputs, tables],
    join(workspace.dir, bundle.name, "floor"),
  );
}

function compile(args: readonly string[], output: string): string {
  const flags = ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror"];
  execFileSync(process.env.CC ?? "cc", [...flags, "-o", output, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return output;
}
