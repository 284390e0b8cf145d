// A device policy -> systemd's properties of it: an allow list. Pure.
// Source: systemd.resource-control(5), DeviceAllow=, DevicePolicy=

import type { UnitProperty } from "../../ops.ts";
import { ANY, accessText, type DevicePolicy, type Exception } from "../devices.ts";
import { text } from "./values.ts";

/** The first of them takes away what the unit allowed before. */
export function deviceProperties({ allowsByDefault, exceptions }: DevicePolicy): UnitProperty[] {
  if (allowsByDefault && exceptions.length === 0) {
    return [allow([]), text("DevicePolicy", "auto")];
  }
  // systemd has no list of what is denied: it denies all until our own rules, which are written last, replace its own
  const listed = allowsByDefault ? [] : exceptions.filter((one) => pathOf(one) !== undefined);
  return [allow([]), text("DevicePolicy", "strict"), allow(listed)];
}

function allow(exceptions: readonly Exception[]): UnitProperty {
  return {
    type: "pairs",
    name: "DeviceAllow",
    keys: exceptions.map((one) => pathOf(one) ?? ""),
    values: exceptions.map(({ access }) => accessText(access)),
  };
}

/** A group of devices, or the path that systemd takes the two numbers from; undefined for a minor number of any major. */
function pathOf({ type, major, minor }: Exception): string | undefined {
  const kind = type === "b" ? "block" : "char";
  if (major === ANY) return minor === ANY ? `${kind}-*` : undefined;
  return minor === ANY ? `${kind}-${major}` : `/dev/${kind}/${major}:${minor}`;
}
