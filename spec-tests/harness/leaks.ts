// What a test left on the machine. Everything a test makes carries its token (container ids, directories,
// the environment of the runtime), so that other work on the same machine is never blamed or touched.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync, rmdirSync } from "node:fs";
import { join } from "node:path";

export interface Leaks {
  readonly processes: readonly { pid: number; what: string }[];
  readonly mounts: readonly string[];
  readonly cgroups: readonly string[];
  readonly sockets: readonly string[];
  readonly states: readonly string[];
}

/** Where runtimes keep state when --root is forgotten: an entry there is a leak as well. */
const DEFAULT_ROOTS = ["/run/trunc", "/run/runc", "/run/crun"];

export function findLeaks(token: string, stateRoot: string): Leaks {
  return {
    processes: processesOf(token),
    mounts: linesWith("/proc/self/mountinfo", token).map((line) => decodePath(line.split(" ")[4]!)),
    cgroups: cgroupsOf(token),
    sockets: linesWith("/proc/net/unix", token).map((line) => line.slice(line.indexOf("/"))),
    states: [
      ...list(stateRoot).map((name) => join(stateRoot, name)),
      ...DEFAULT_ROOTS.flatMap((root) =>
        list(root)
          .filter((name) => name.includes(token))
          .map((name) => join(root, name)),
      ),
    ],
  };
}

/** One line per thing left, empty when the machine is clean. */
export function describeLeaks(leaks: Leaks): string[] {
  return [
    ...leaks.processes.map(({ pid, what }) => `process ${pid}: ${what}`),
    ...leaks.mounts.map((path) => `mount ${path}`),
    ...leaks.cgroups.map((path) => `cgroup ${path}`),
    ...leaks.sockets.map((path) => `socket ${path}`),
    ...leaks.states.map((path) => `state ${path}`),
  ];
}

/** Removes what `findLeaks` found, as far as it can; the state root is the caller's. */
export function removeLeaks(leaks: Leaks): void {
  for (const { pid } of leaks.processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // gone by itself
    }
  }
  for (const path of [...leaks.mounts].reverse()) spawnSync("umount", ["-l", path]);
  for (const path of [...leaks.cgroups].reverse()) {
    try {
      rmdirSync(path);
    } catch {
      // still busy: the next look reports it again
    }
  }
}

function processesOf(token: string): { pid: number; what: string }[] {
  const found: { pid: number; what: string }[] = [];
  for (const name of list("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const traces = ["environ", "cmdline", "cgroup"].map((file) => read(`/proc/${pid}/${file}`));
    const links = ["cwd", "root", "exe"].map((link) => readLink(`/proc/${pid}/${link}`));
    if (![...traces, ...links].some((text) => text.includes(token))) continue;
    const status = read(`/proc/${pid}/stat`);
    const state = status.slice(status.lastIndexOf(")") + 2)[0];
    if (state === undefined || state === "Z" || state === "X") continue;
    found.push({ pid, what: traces[1]!.split("\0").join(" ").trim() || status.split(" ")[1]! });
  }
  return found;
}

/** Parents before children. */
function cgroupsOf(token: string): string[] {
  const found: string[] = [];
  const walk = (path: string, depth: number) => {
    if (depth > 8) return;
    for (const entry of listDirectories(path)) {
      const child = join(path, entry);
      if (child.includes(token)) found.push(child);
      walk(child, depth + 1);
    }
  };
  if (existsSync("/sys/fs/cgroup")) walk("/sys/fs/cgroup", 0);
  return found;
}

function linesWith(path: string, token: string): string[] {
  return read(path)
    .split("\n")
    .filter((line) => line.includes(token));
}

/** mountinfo writes space, tab, newline and backslash as three octal digits. */
function decodePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function listDirectories(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
