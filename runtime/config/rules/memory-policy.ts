// Which modes, nodes and flags go together; set_mempolicy(2) would only say EINVAL. Pure.
// Spec: config-linux.md#memory-policy

import { show } from "../problems.ts";
import { parseRanges } from "../ranges.ts";
import type { Report } from "../rule.ts";
import type { Linux, MemoryPolicy } from "../types.ts";

const WITHOUT_NODES = ["MPOL_DEFAULT", "MPOL_LOCAL"];
/** An empty set means "local" to it. */
const WITH_OR_WITHOUT_NODES = ["MPOL_PREFERRED"];
const BALANCING_MODES = ["MPOL_BIND", "MPOL_PREFERRED_MANY"];

export function checkMemoryPolicy({ memoryPolicy }: Linux, report: Report): void {
  if (memoryPolicy === undefined) return;
  checkNodes(memoryPolicy, report);
  checkFlags(memoryPolicy, report);
}

function checkNodes({ mode, nodes = "" }: MemoryPolicy, report: Report): void {
  const at = "/memoryPolicy/nodes";
  const ranges = parseRanges(nodes);
  if (ranges === null) {
    report(at, `${show(nodes)} is not a list of memory nodes like "0-3,7"`);
    return;
  }
  const isEmpty = ranges.length === 0;
  if (WITHOUT_NODES.includes(mode) && !isEmpty) report(at, `${mode} takes no nodes`);
  const needsNodes = !WITHOUT_NODES.includes(mode) && !WITH_OR_WITHOUT_NODES.includes(mode);
  if (needsNodes && isEmpty) report(at, `${mode} needs at least one node`);
}

function checkFlags({ mode, flags = [] }: MemoryPolicy, report: Report): void {
  const at = "/memoryPolicy/flags";
  if (WITHOUT_NODES.includes(mode) && flags.length > 0) report(at, `${mode} takes no flags`);
  if (flags.includes("MPOL_F_STATIC_NODES") && flags.includes("MPOL_F_RELATIVE_NODES")) {
    report(at, "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other");
  }
  if (flags.includes("MPOL_F_NUMA_BALANCING") && !BALANCING_MODES.includes(mode)) {
    report(at, `MPOL_F_NUMA_BALANCING goes with ${BALANCING_MODES.join(" and ")} only`);
  }
}
