// A box is a machine of its own for one engine: namespaces (mounts, pids, network, cgroups, ipc, host name), a cgroup in
// each hierarchy, a directory. All that an engine can leave behind is in it, and goes with it: when its command
// ends, when the caller ends or is killed. Only if outside.sh itself is killed do cgroups and directory wait for the next `sweep`.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const PREFIX = "trunc-engines-";

export interface BoxOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What the command prints; without it, it goes where the caller's goes. */
  readonly onOutput?: (text: string) => void;
}

/** Runs a command in a new box; its exit code. */
export async function runInBox(
  command: readonly string[],
  options: BoxOptions = {},
): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), PREFIX));
  // Root of a user namespace has to get through.
  chmodSync(directory, 0o711);
  const child = spawn("sh", [join(HERE, "outside.sh"), directory, ...command], {
    env: {
      ...process.env,
      ...options.env,
      BOX_CGROUPS: cgroupDirectories(basename(directory)).join(":"),
    },
    stdio: ["pipe", options.onOutput ? "pipe" : "inherit", "inherit"],
    // A key that interrupts us reaches it by the life line, once and in order.
    detached: true,
  });
  const { onOutput } = options;
  if (onOutput) child.stdout?.setEncoding("utf8").on("data", onOutput);
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 1;
}

/** Removes what boxes left whose outside.sh was killed: those whose lock nobody holds. */
export function sweep(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const directory = join(tmpdir(), name);
    const lock = join(directory, "lock");
    if (!existsSync(lock) || spawnSync("flock", ["--nonblock", lock, "true"]).status !== 0)
      continue;
    for (const cgroup of cgroupDirectories(name)) removeCgroups(cgroup);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One for each hierarchy: beneath our own, on v2 alone beside it, since a cgroup with processes can't share controllers out. */
export function cgroupDirectories(name: string): string[] {
  const own = new Map<string, string>();
  for (const line of readFileSync("/proc/self/cgroup", "utf8").trim().split("\n")) {
    const [, controllers, ...path] = line.split(":");
    own.set(controllers!, path.join(":"));
  }
  return cgroupMounts().map(({ mount, root, key }) => {
    const path = own.get(key) ?? "/";
    const inside = root !== "/" && path.startsWith(root) ? path.slice(root.length) : path;
    const base = join(mount, inside);
    const isAlone = mount === "/sys/fs/cgroup" && base !== mount;
    return join(isAlone ? dirname(base) : base, name);
  });
}

/** `key`: the second field of the hierarchy's line in /proc/PID/cgroup. */
function cgroupMounts(): { mount: string; root: string; key: string }[] {
  const found = new Map<string, { mount: string; root: string; key: string }>();
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const fields = line.split(" ");
    const [type, , options] = fields.slice(fields.indexOf("-") + 1);
    if (type !== "cgroup" && type !== "cgroup2") continue;
    const chosen = (options ?? "").split(",").filter((word) => !/^(rw|ro|xattr)$/.test(word));
    const key = type === "cgroup2" ? "" : keyOf(chosen);
    if (key !== null) found.set(key, { mount: fields[4]!, root: fields[3]!, key });
  }
  return [...found.values()];
}

/** The kernel tells a hierarchy's controllers in the order in which it knows them, here and there. */
function keyOf(options: readonly string[]): string | null {
  const name = options.find((word) => word.startsWith("name="));
  for (const line of readFileSync("/proc/self/cgroup", "utf8").trim().split("\n")) {
    const key = line.split(":")[1]!;
    const parts = key.split(",");
    if (key !== "" && (name ? parts.includes(name) : parts.every((part) => options.includes(part))))
      return key;
  }
  return null;
}

function removeCgroups(directory: string): void {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroups(join(directory, entry.name));
  try {
    rmdirSync(directory);
  } catch {
    // A process is in it yet: the next sweep comes.
  }
}
