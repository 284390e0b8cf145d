// Reads what the kernel counts of a container. Effects through the host.

import type { Host } from "../host/host.ts";
import type { CgroupTarget } from "../plan/cgroup/path.ts";
import { rdtStats } from "../stats/intel-rdt.ts";
import { pageSizes } from "../stats/memory.ts";
import { type StatsFile, statsFiles, statsOf } from "../stats/stats.ts";
import type { Store } from "../store/store.ts";
import { savedConfig } from "./saved-config.ts";
import type { State } from "./state.ts";
import { attempt } from "./syscall.ts";
import { targetsOf } from "./targets.ts";

/** Reads them all anew; what to read is found out once. */
export type Collect = () => object;

export function statsCollector(store: Store, state: State): Collect {
  const { host } = store;
  const sizes = pageSizes(listIfAny(host, "/sys/kernel/mm/hugepages"));
  const files = statsFiles(targetsOf(state, host.facts()), sizes);
  const group = rdtGroup(store, state);
  return () => {
    const texts = attempt(`read the statistics of container ${state.id}`, () =>
      host.readCgroupFiles(files),
    );
    const byName = new Map(files.map(({ file }, index) => [file, texts[index] ?? null]));
    const rdt = group === undefined ? {} : rdtOf(host, group);
    return statsOf((file) => byName.get(file) ?? null, sizes, rdt);
  };
}

/** The cgroup that counts the container's memory. */
export function memoryCgroup(host: Host, state: State): CgroupTarget | undefined {
  return targetsOf(state, host.facts()).find(({ controllers }) => controllers.includes("memory"));
}

const RESCTRL = "/sys/fs/resctrl";

/** The resctrl groups that the container's processes are in and are monitored by. */
interface Groups {
  readonly path: string;
  readonly monitor: string;
}

function rdtGroup(store: Store, { id }: State): Groups | undefined {
  if (!store.host.exists(`${RESCTRL}/schemata`)) return undefined;
  const rdt = savedConfig(store, id).linux?.intelRdt;
  if (rdt === undefined) return undefined;
  const { closID = "", enableMonitoring = false } = rdt;
  const path = closID === "/" ? "/" : `/${closID === "" ? id : closID}`;
  const below = path === "/" ? "" : path;
  return { path, monitor: enableMonitoring ? `${below}/mon_groups/${id}` : below };
}

function rdtOf(host: Host, { path, monitor }: Groups): object {
  const data = `${monitor}/mon_data`;
  const monitored = listIfAny(host, `${RESCTRL}${data}`).map((name) => `${data}/${name}`);
  const read = (group: string, file: string): string | null => {
    const wanted: StatsFile = { root: RESCTRL, path: group, file };
    return host.readCgroupFiles([wanted])[0] ?? null;
  };
  return rdtStats(read, { path, monitored });
}

function listIfAny(host: Host, path: string): string[] {
  return host.exists(path) ? host.listDir(path) : [];
}
