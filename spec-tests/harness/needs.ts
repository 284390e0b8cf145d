// What a test may require of the machine: each probe answers null, or the reason why the test can't run.

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { cgroupDirectory, hierarchy, isPureV2 } from "./cgroups.ts";

const REQUIREMENTS = new Map<string, () => string | null>([
  ["root", () => (process.getuid?.() === 0 ? null : "not root")],
  ["memory controller", () => controller("memory", "memory.limit_in_bytes", "memory.max")],
  ["swap accounting", () => controller("memory", "memory.memsw.limit_in_bytes", "memory.swap.max")],
  ["cpu controller", () => controller("cpu", "cpu.cfs_quota_us", "cpu.max")],
  ["cpu burst", () => controller("cpu", "cpu.cfs_burst_us", "cpu.max.burst")],
  ["cpu idle", () => controller("cpu", "cpu.idle", "cpu.idle")],
  ["realtime groups", () => controller("cpu", "cpu.rt_runtime_us", null)],
  ["cpuset controller", () => controller("cpuset", "cpuset.cpus", "cpuset.cpus")],
  ["pids controller", () => controller("pids", "pids.max", "pids.max")],
  ["blkio throttle", () => controller("blkio", "blkio.throttle.read_bps_device", "io.max")],
  ["blkio weight", () => blkioWeight()],
  ["devices controller", () => devices()],
  ["hugetlb controller", () => hugetlb()],
  [
    "hugetlb of cgroup v2",
    () => (hierarchy("hugetlb")?.version === 2 ? null : "hugetlb is not cgroup v2's here"),
  ],
  ["rdma controller", () => controller("rdma", "rdma.max", "rdma.max")],
  ["net_cls controller", () => controller("net_cls", "net_cls.classid", null)],
  ["net_prio controller", () => controller("net_prio", "net_prio.ifpriomap", null)],
  ["cgroup v1", () => (hierarchy("freezer")?.version === 1 ? null : "no cgroup v1 hierarchies")],
  [
    "pure cgroup v2",
    () => (hierarchy("freezer")?.version === 1 ? "there are v1 hierarchies" : null),
  ],
  ["systemd", () => file("/run/systemd/system", "systemd does not run this machine")],
  ["a user's systemd", () => file("/run/user/1000/systemd/private", "user 1000 has none here")],
  ["time namespace", () => file("/proc/self/ns/time", "the kernel has no time namespaces")],
  ["SELinux", () => file("/sys/fs/selinux/enforce", "no SELinux in this kernel")],
  ["no SELinux", () => (existsSync("/sys/fs/selinux/enforce") ? "SELinux is on here" : null)],
  ["AppArmor", () => apparmorTools()],
  ["no AppArmor", () => (apparmor() ? "AppArmor is on here" : null)],
  ["no resctrl", () => (existsSync("/sys/fs/resctrl/schemata") ? "resctrl is mounted here" : null)],
  ["CAP_SYS_RESOURCE", () => capability(24, "CAP_SYS_RESOURCE")],
  ["CAP_SYS_NICE", () => capability(23, "CAP_SYS_NICE")],
  ["no CAP_SYS_RESOURCE", () => (capability(24, "") === null ? "has CAP_SYS_RESOURCE" : null)],
  ["two CPUs", () => (cpus().length > 1 ? null : "only one CPU")],
  ["old runc", () => oldRunc()],
  ["old crun", () => oldCrun()],
  ["ps command", () => command("ps", ["-V"])],
  ["freezer", () => freezer()],
  ["ip command", () => command("ip", ["-V"])],
  ["veth", () => makes("veth")],
  ["dummy", () => makes("dummy")],
  ["movable interface", () => (interfaceType() ? null : "the kernel makes neither dummy nor veth")],
  ["user namespaces", () => userNamespaces()],
  ["uidmap", () => uidmap()],
  ["automatic id maps", () => unshareHas("--map-auto")],
  ["script command", () => command("script", ["--version"])],
  ["NUMA", () => file("/sys/devices/system/node/node0", "the kernel shows no NUMA node")],
  ["block device", () => (blockDevice() ? null : "no block device in /proc/partitions")],
  ["kernel headers", () => file(CAPABILITIES, `no ${CAPABILITIES} (Debian: linux-libc-dev)`)],
  ["x86-64", () => (process.arch === "x64" ? null : `the machine is ${process.arch}`)],
  ["no filter around it", () => filterAround()],
  ["no sanitizer in it", () => sanitizer()],
  ["strace", () => (spawnSync("strace", ["--version"]).error ? "no strace command" : null)],
  ["criu", () => criu("check")],
  ["criu mem_dirty_track", () => criu("check", "--feature", "mem_dirty_track")],
  ["criu lazy pages", () => criu("check", "--feature", "uffd-noncoop")],
  ["/dev/fuse", () => file("/dev/fuse", "no /dev/fuse")],
  ["overlay", () => filesystem("overlay")],
  ["mqueue", () => filesystem("mqueue")],
]);

const CAPABILITIES = "/usr/include/linux/capability.h";

/** The first unmet requirement's reason, or null when all are met. An unknown name is a mistake in the test. */
export function unmet(names: readonly string[]): string | null {
  for (const name of names) {
    const probe = REQUIREMENTS.get(name);
    if (!probe) throw new Error(`unknown requirement "${name}"`);
    const reason = probe();
    if (reason !== null) return `needs ${name}: ${reason}`;
  }
  return null;
}

/** A kind of network interface that this kernel can make: most builds have one of these. */
export function interfaceType(): string | null {
  const kinds = ["dummy", "veth", "ifb", "bridge", "vxlan"];
  return kinds.find((type) => makes(type) === null) ?? null;
}

function makes(type: string): string | null {
  const name = `np${process.pid}`;
  const { status } = spawnSync("ip", ["link", "add", name, "type", type]);
  if (status !== 0) return `the kernel makes no ${type} interface`;
  spawnSync("ip", ["link", "del", name]);
  return null;
}

/** Major and minor number of a whole disk, for throttling. */
export function blockDevice(): { major: number; minor: number } | null {
  const lines = readFileSync("/proc/partitions", "utf8").split("\n").slice(2);
  for (const line of lines) {
    const [major, minor, , name] = line.trim().split(/\s+/);
    if (name && existsSync(`/sys/block/${name}`))
      return { major: Number(major), minor: Number(minor) };
  }
  return null;
}

/** cpuset's root has all files; others lack some there, so a file may be asked of the caller's own cgroup. */
function controller(name: string, v1: string, v2: string | null): string | null {
  const found = hierarchy(name);
  if (!found) return `no ${name} controller`;
  const wanted = found.version === 1 ? v1 : v2;
  if (wanted === null) return `cgroup v${found.version} has no such file`;
  const own = cgroupDirectory(name);
  const inParent = [own, found.mount].some((path) => path && existsSync(`${path}/${wanted}`));
  // Root cgroups hide what can't be set there; a child is certain to have it.
  return inParent || ROOTLESS_FILES.has(wanted) || found.version === 2
    ? null
    : `no ${wanted} in ${found.mount}`;
}

/** Files that exist in every cgroup but the root. */
const ROOTLESS_FILES = new Set(["pids.max"]);

/** v1 as a controller; v2 has it in every cgroup but the root. */
function freezer(): string | null {
  return hierarchy("freezer") !== null || isPureV2() ? null : "no freezer";
}

/** v1 as a controller; on v2 programs of BPF take its place. */
function devices(): string | null {
  return isPureV2() ? null : controller("devices", "devices.list", null);
}

function blkioWeight(): string | null {
  const found = hierarchy("blkio");
  if (!found) return "no blkio controller";
  const scheduler = readdirSync("/sys/block").some((name) => {
    const path = `/sys/block/${name}/queue/scheduler`;
    return existsSync(path) && readFileSync(path, "utf8").includes("[bfq]");
  });
  const files = readdirSync(found.mount);
  const weight = files.some((name) => name === "blkio.weight" || name === "io.weight");
  return weight || scheduler ? null : "no block device uses bfq, no weight file";
}

function hugetlb(): string | null {
  const found = hierarchy("hugetlb");
  if (!found) return "no hugetlb controller";
  const sizes = existsSync("/sys/kernel/mm/hugepages")
    ? readdirSync("/sys/kernel/mm/hugepages")
    : [];
  return sizes.length > 0 ? null : "no huge page sizes";
}

function capability(bit: number, name: string): string | null {
  const line = /^CapBnd:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "utf8"));
  const set = BigInt(`0x${line?.[1] ?? "0"}`);
  return (set >> BigInt(bit)) & 1n ? null : `this machine withholds ${name}`;
}

/** That ordinary users may make them. */
function userNamespaces(): string | null {
  const { status } = spawnSync("setpriv", [
    ...["--reuid=58231", "--regid=58231", "--clear-groups", "unshare", "--user", "true"],
  ]);
  return status === 0 ? null : "ordinary users may make no user namespaces here";
}

function unshareHas(option: string): string | null {
  const { stdout } = spawnSync("unshare", ["--help"], { encoding: "utf8" });
  return stdout.includes(option) ? null : `unshare(1) is too old for ${option}`;
}

function uidmap(): string | null {
  const missing = command("newuidmap", []);
  if (missing !== null) return `${missing} (Debian: uidmap)`;
  return file("/etc/subuid", "no /etc/subuid to put another over");
}

/** Its containers inherit it, and programs in them can't do without the wrapper that makes it. */
function filterAround(): string | null {
  const { SPEC_DENIED } = process.env;
  return SPEC_DENIED === undefined ? null : `${SPEC_DENIED} around the runtime`;
}

/** Such a program is not one static file, and has words of its own for a clone with another stack. */
function sanitizer(): string | null {
  const { SPEC_SANITIZER } = process.env;
  return SPEC_SANITIZER === undefined ? null : `built with ${SPEC_SANITIZER}`;
}

function apparmor(): boolean {
  try {
    return readFileSync("/sys/module/apparmor/parameters/enabled", "utf8").startsWith("Y");
  } catch {
    return false;
  }
}

/** A kernel with it, and the program that loads profiles. */
function apparmorTools(): string | null {
  if (!apparmor()) return "no AppArmor in this kernel";
  return command("apparmor_parser", ["--version"]);
}

function file(path: string, reason: string): string | null {
  try {
    accessSync(path, constants.F_OK);
    return null;
  } catch {
    return reason;
  }
}

/** One of before 2024, which has the flaws that were found since. */
function oldRunc(): string | null {
  const { stdout, error } = spawnSync("runc", ["--version"], { encoding: "utf8" });
  if (error) return "no runc command";
  const version = /^runc version (1\.[01]\.\d+)/.exec(stdout)?.[1];
  return version !== undefined && Number(version.split(".")[2]) < 12
    ? null
    : `the machine's runc is ${stdout.split("\n")[0]}`;
}

/** One that does what annotations say. */
function oldCrun(): string | null {
  const { stdout, error } = spawnSync("crun", ["--version"], { encoding: "utf8" });
  if (error) return "no crun command";
  return /^crun version 1\.\d\b/.test(stdout) ? null : `the machine's is ${stdout.split("\n")[0]}`;
}

function filesystem(name: string): string | null {
  const known = new RegExp(`\\t${name}$`, "m").test(readFileSync("/proc/filesystems", "utf8"));
  return known ? null : `the kernel has no ${name}`;
}

/** CRIU knows best whether it can do its work here. */
function criu(...args: string[]): string | null {
  const { error, status, stdout, stderr } = spawnSync("criu", args, { encoding: "utf8" });
  if (error) return "no criu command";
  if (status === 0) return null;
  const words = `${stderr}${stdout}`.split("\n").filter((line) => line.includes("Error"));
  return `criu ${args.join(" ")} says: ${words[0]?.trim() ?? `exit status ${status}`}`;
}

function command(name: string, args: readonly string[]): string | null {
  return spawnSync(name, args).error ? `no ${name} command` : null;
}
