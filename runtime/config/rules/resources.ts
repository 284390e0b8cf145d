// Rules of the resources; pointers are relative to them, since `update` takes them alone. Pure.
// Spec: config-linux.md#control-groups

import { childPointer } from "../pointer.ts";
import { show } from "../problems.ts";
import type { Report, Rule } from "../rule.ts";
import type { Resources } from "../types.ts";

/** What some engines write for "not set": (uint64_t)-1. */
const UNSET = 2n ** 64n - 1n;

export const RESOURCE_RULES: readonly Rule<Resources>[] = [
  { reads: ["/memory"], check: checkSwappiness },
  { reads: ["/cpu"], check: checkBurst },
  { reads: ["/blockIO"], check: checkWeightDevices },
  { reads: ["/rdma"], check: checkRdma },
  { reads: ["/unified"], check: checkUnified },
];

/** #memory: "The values are from 0 to 100." */
function checkSwappiness({ memory }: Resources, report: Report): void {
  const value = memory?.swappiness ?? 0;
  if (value > 100 && value !== UNSET) report("/memory/swappiness", `${value} is not from 0 to 100`);
}

/** #cpu: "this value MUST be no larger than any positive `quota`" */
function checkBurst({ cpu }: Resources, report: Report): void {
  const { burst = 0, quota = 0 } = cpu ?? {};
  if (quota > 0 && burst > quota) report("/cpu/burst", `${burst} is more than the quota ${quota}`);
}

/** #block-io: "You MUST specify at least one of `weight` or `leafWeight` in a given entry" */
function checkWeightDevices({ blockIO }: Resources, report: Report): void {
  blockIO?.weightDevice?.forEach(({ weight, leafWeight }, index) => {
    if (weight === undefined && leafWeight === undefined) {
      report(`/blockIO/weightDevice/${index}`, "needs weight or leafWeight");
    }
  });
}

/** #rdma: "You MUST specify at least one of the `hcaHandles` or `hcaObjects` in a given entry" */
function checkRdma({ rdma = {} }: Resources, report: Report): void {
  for (const [device, { hcaHandles, hcaObjects }] of Object.entries(rdma)) {
    if (hcaHandles === undefined && hcaObjects === undefined) {
      report(childPointer("/rdma", device), "needs hcaHandles or hcaObjects");
    }
  }
}

/** #unified: "Each key in the map refers to a file in the cgroup unified hierarchy." */
function checkUnified({ unified = {} }: Resources, report: Report): void {
  for (const name of Object.keys(unified)) {
    if (!/^[^/.]+\.[^/]+$/.test(name)) {
      report(
        childPointer("/unified", name),
        `${show(name)} is not a file of the form CONTROLLER.PARAMETER`,
      );
    }
  }
}
