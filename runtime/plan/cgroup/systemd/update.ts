// Resources that change + those that were in force -> the unit's new properties, and its old ones. Pure.

import type { Linux, Resources } from "../../../config/types.ts";
import type { UnitRef } from "../../driver.ts";
import type { HostOp, UnitProperty } from "../../ops.ts";
import { devicePolicy } from "../devices.ts";
import { deviceProperties } from "./devices.ts";
import { TIMEOUT_MS } from "./driver.ts";
import { resourceProperties } from "./properties.ts";
import { INFINITY } from "./values.ts";

export interface UnitUpdate {
  readonly ops: readonly HostOp[];
  /** Bring the properties back. */
  readonly undo: readonly HostOp[];
}

/** `change`: what is given, its quota rounded as systemd does; `old`: as it was saved. */
export function compileUnitUpdate(
  { name, bus, version }: UnitRef,
  old: Linux,
  change: Resources,
  isV2: boolean,
): UnitUpdate {
  const before = resourceProperties(old.resources ?? {}, isV2, version);
  const after = resourceProperties(change, isV2, version);
  const set = (properties: UnitProperty[]): HostOp[] => {
    if (properties.length === 0) return [];
    const op = "setUnitProperties";
    return [
      { op, at: "/linux/resources", bus: [...bus], unit: name, properties, timeoutMs: TIMEOUT_MS },
    ];
  };
  const devices = deviceChange(old, change);
  return {
    ops: set([...(devices?.after ?? []), ...after]),
    undo: set([
      ...(devices?.before ?? []),
      ...after.map(
        (property) => before.find((one) => one.name === property.name) ?? unset(property),
      ),
    ]),
  };
}

/** Rules that stay as they are touch nothing: systemd would take its own away for a moment. */
function deviceChange(
  { resources, devices }: Linux,
  change: Resources,
): { before: UnitProperty[]; after: UnitProperty[] } | undefined {
  if (change.devices === undefined) return undefined;
  const before = deviceProperties(devicePolicy(resources?.devices, devices));
  const after = deviceProperties(devicePolicy(change.devices, devices));
  return JSON.stringify(before) === JSON.stringify(after) ? undefined : { before, after };
}

/** What systemd has for a property that nobody set. */
function unset(property: UnitProperty): UnitProperty {
  if (property.type === "bytes") return { ...property, value: new Uint8Array() };
  if (property.type !== "number") return property;
  return { ...property, value: property.name === "MemoryLow" ? 0n : INFINITY };
}
