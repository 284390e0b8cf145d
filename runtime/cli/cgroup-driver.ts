// Who makes the cgroups: what speaks for systemd, or says that there are none, is loaded only when it is asked for.

import type { CgroupDriver } from "../plan/driver.ts";
import type { Context } from "./context.ts";

/** Undefined: the runtime itself. */
export async function cgroupDriver(context: Context): Promise<CgroupDriver | undefined> {
  const { cgroupManager } = context.globals;
  switch (cgroupManager) {
    case "cgroupfs":
      return undefined;
    case "systemd": {
      const { systemdOf } = await import("./systemd.ts");
      return systemdOf(context);
    }
    case "disabled": {
      const { disabledDriver } = await import("../plan/cgroup/disabled.ts");
      return disabledDriver;
    }
    default:
      return cgroupManager satisfies never;
  }
}
