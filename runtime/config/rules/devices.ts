// Rules of devices and network devices. Pure.
// Spec: config-linux.md#devices, config-linux.md#network-devices

import { childPointer } from "../pointer.ts";
import { show } from "../problems.ts";
import type { Report } from "../rule.ts";
import type { Linux } from "../types.ts";
import { addNamespace, namespaceOf } from "./namespaces.ts";
import { requireAbsolute } from "./paths.ts";

/** dev_t as mknod(2) takes it: 12 bits and 20 bits. */
const LARGEST = { major: 4095, minor: 1_048_575 };

/** IFNAMSIZ without the NUL. */
const MAX_INTERFACE_NAME = 15;

/** "REQUIRED unless `type` is `p`" */
export function checkDevices({ devices = [] }: Linux, report: Report): void {
  devices.forEach((device, index) => {
    const at = `/devices/${index}`;
    requireAbsolute(device.path, `${at}/path`, report);
    if (device.type === "p") return;
    for (const name of ["major", "minor"] as const) {
      const value = device[name];
      if (value === undefined)
        report(`${at}/${name}`, `is missing: a device of type ${device.type} needs it`);
      else if (value < 0 || value > LARGEST[name]) {
        report(`${at}/${name}`, `${value} is not a ${name} number, 0 to ${LARGEST[name]}`);
      }
    }
  });
}

/** Moving a device needs somewhere to move it to; two can't get the same name there. */
export function checkNetDevices(linux: Linux, report: Report): void {
  const devices = Object.entries(linux.netDevices ?? {});
  if (devices.length > 0 && namespaceOf(linux, "network") === undefined) {
    report("/netDevices", "network devices need a network namespace", addNamespace("network"));
  }
  const taken = new Set<string>();
  for (const [hostName, { name = "" }] of devices) {
    const at = childPointer("/netDevices", hostName);
    const newName = name === "" ? hostName : name;
    if (!isInterfaceName(hostName))
      report(at, `${show(hostName)} is not the name of a network device`);
    if (!isInterfaceName(newName))
      report(`${at}/name`, `${show(newName)} is not the name of a network device`);
    // A template is filled in by the kernel, differently each time.
    if (taken.has(newName) && !newName.includes("%d"))
      report(at, `a second device would be ${show(newName)}`);
    taken.add(newName);
  }
}

/** dev_valid_name() of the kernel. */
function isInterfaceName(name: string): boolean {
  if (name === "" || name === "." || name === "..") return false;
  return name.length <= MAX_INTERFACE_NAME && !/[/:\s]/.test(name);
}
