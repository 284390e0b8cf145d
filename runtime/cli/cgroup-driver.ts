// Who makes the cgroups: `--systemd-cgroup` loads what speaks for systemd; nothing of it is loaded otherwise.

import type { CgroupDriver } from "../plan/driver.ts";
import type { Context } from "./context.ts";

/** Undefined: the runtime itself. */
export async function cgroupDriver(context: Context): Promise<CgroupDriver | undefined> {
  if (!context.globals.systemdCgroup) return undefined;
  const { systemdOf } = await import("./systemd.ts");
  return systemdOf(context);
}
