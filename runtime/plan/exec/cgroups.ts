// The container's cgroups and `--cgroup` -> where a further process of it goes, before it is inside. Pure.

import { RuntimeError } from "../../errors.ts";
import { type CgroupPath, hostPath } from "../cgroup/path.ts";
import type { CgroupFacts, Hierarchy } from "../facts.ts";
import { cleanPath } from "../paths.ts";

/** Paths beneath the container's cgroups by controller; of the name "" in all hierarchies, or in the only one. */
export type SubCgroups = ReadonlyMap<string, string>;

export interface ExecCgroups {
  /** Absolute paths of the v1 cgroups to move into. */
  readonly v1: string[];
  /** Absolute path of the v2 cgroup to be cloned into; empty for none. */
  readonly into: string;
}

/** `[controller[,controller...]:]path`, each; the words of its errors are runc's. */
export function parseSubCgroups(args: readonly string[]): SubCgroups {
  const paths = new Map<string, string>();
  for (const argument of args) {
    const cut = argument.indexOf(":");
    if (cut < 0 && args.length > 1) {
      throw misuse(`invalid --cgroup argument: ${argument} (missing <controller>: prefix)`);
    }
    if (cut < 0) return new Map([["", argument]]);
    for (const controller of argument.slice(0, cut).split(",")) {
      if (controller === "") {
        throw misuse(`invalid --cgroup argument: ${argument} (empty <controller> prefix)`);
      }
      if (paths.has(controller)) {
        const problem = `controller ${controller} specified multiple times`;
        throw misuse(`invalid --cgroup argument(s): ${problem}`);
      }
      paths.set(controller, argument.slice(cut + 1));
    }
  }
  return paths;
}

/** `own` are the cgroups that were made for the container. */
export function compileExecCgroups(
  own: readonly CgroupPath[],
  facts: CgroupFacts,
  subs: SubCgroups,
): ExecCgroups {
  for (const name of subs.keys()) checkController(name, facts);
  const moves: string[] = [];
  let into = "";
  for (const { root, path } of own) {
    const v1 = facts.hierarchies.find((hierarchy) => hierarchy.root === root);
    if (v1 !== undefined) {
      moves.push(hostPath({ root, path: beneath(path, subFor(v1, subs)) }));
    } else if (facts.unified?.root === root) {
      // on a hybrid host no controller to speak of is there, and so no cgroup beneath the container's
      const sub = facts.mode === "v2" ? subs.get("") : undefined;
      into = hostPath({ root, path: beneath(path, sub ?? "") });
    }
  }
  return { v1: moves, into };
}

function checkController(name: string, { mode, hierarchies }: CgroupFacts): void {
  if (name === "") return;
  const isKnown = mode !== "v2" && hierarchies.some(({ controllers }) => has(controllers, name));
  if (!isKnown) throw misuse(`unknown controller ${name} in --cgroup`);
}

function subFor({ controllers }: Hierarchy, subs: SubCgroups): string {
  const everywhere = subs.get("");
  if (everywhere !== undefined) return everywhere;
  for (const [name, path] of subs) if (has(controllers, name)) return path;
  return "";
}

/** A named hierarchy is `name=systemd` to the kernel, `systemd` to people. */
function has(controllers: readonly string[], name: string): boolean {
  return controllers.includes(name) || controllers.includes(`name=${name}`);
}

/** Nothing leads out of the container's limits. */
function beneath(path: string, sub: string): string {
  if (sub === "") return path;
  if (sub.split("/").includes("..")) throw misuse(`bad sub cgroup path: ${sub}`);
  return cleanPath(`${path}/${sub}`);
}

function misuse(message: string): RuntimeError {
  return new RuntimeError("ERR_USAGE", message);
}
