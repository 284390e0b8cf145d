// Makes what a recorded config.json names on its host, in the test's directory, and points the file at it.
// Nothing else of the file is changed; REPLACED lists the one program that has to be made up.

import { chmodSync, lchownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Bundle } from "../harness/bundle.ts";
import { holdNamespaces } from "../harness/helpers.ts";
import { blockDevice } from "../harness/needs.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import type { Config } from "../harness/types.ts";

/** Programs of the recorded images that busybox has under the same name. */
const APPLETS = ["grep", "nproc", "ps", "readlink", "stty", "touch", "tty"];

/** Programs that can't be in a busybox rootfs -> what stands in for them there. */
const REPLACED = new Map([["/bin/nginx", "#!/bin/sh\nexec sleep 3600\n"]]);

/** Bind sources that are files; all others are directories. */
const FILES = new Set(["hostname", "hosts", "resolv.conf", ".containerenv"]);

const RECORDED = /\/var\/(lib\/engine|tmp)[^\s"]*/g;

export interface Placed {
  readonly config: Config;
  /** Directories of the host's that hooks write to. */
  readonly host: string;
  readonly cgroup: string | null;
}

/** Rewrites a parsed recording for this bundle. The namespaces by path are one helper's. */
export async function place(t: Sandbox, recorded: Config, bundle: Bundle): Promise<Placed> {
  const host = join(t.dir, "host");
  const moved = (path: string) => path.replace(RECORDED, (found) => join(host, found));
  for (const name of APPLETS) symlinkSync("busybox", join(bundle.rootfs, "bin", name));
  for (const [path, text] of REPLACED)
    writeFileSync(join(bundle.rootfs, path), text, { mode: 0o755 });

  recorded.root.path = bundle.rootfs;
  for (const mount of recorded.mounts) {
    if (!mount.source || moved(mount.source) === mount.source) continue;
    mount.source = moved(mount.source);
    makeSource(mount.source, FILES.has(basename(mount.source)));
  }
  for (const hook of Object.values(recorded.hooks ?? {}).flat()) {
    for (const path of hook.args!.join(" ").match(RECORDED) ?? []) {
      mkdirSync(dirname(join(host, path)), { recursive: true });
    }
    hook.args = hook.args!.map(moved);
    if (hook.path.startsWith("/proc/")) hook.path = daemon(t);
  }
  await placeNamespaces(t, recorded);
  const cgroup = placeCgroup(t, recorded);
  placeDisk(recorded);
  if (recorded.linux.uidMappings) openTo(t, bundle, recorded.linux.uidMappings[0]!.hostID);
  return { config: recorded, host, cgroup };
}

function makeSource(path: string, isFile: boolean): void {
  if (!isFile) {
    mkdirSync(path, { recursive: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${basename(path)}\n`);
}

/** Stands in for dockerd's own binary, called back as a hook: reads the state. */
function daemon(t: Sandbox): string {
  const path = join(t.dir, "daemon");
  writeFileSync(path, "#!/bin/sh\nexec cat > /dev/null\n", { mode: 0o755 });
  return path;
}

const FILE_OF = new Map([
  ["network", "net"],
  ["mount", "mnt"],
]);

async function placeNamespaces(t: Sandbox, config: Config): Promise<void> {
  const byPath = config.linux.namespaces.filter(({ path }) => path);
  if (byPath.length === 0) return;
  const kinds = byPath.map(({ type }) => FILE_OF.get(type) ?? type);
  const pid = await holdNamespaces(t, "held", ...kinds);
  for (const [index, entry] of byPath.entries()) entry.path = `/proc/${pid}/ns/${kinds[index]}`;
}

/** The same depth below a directory of the test's; programs that print a file there are told. */
function placeCgroup(t: Sandbox, config: Config): string | null {
  const recorded = config.linux.cgroupsPath;
  if (!recorded) return null;
  const path = `/${t.token}${recorded}`;
  config.linux.cgroupsPath = path;
  config.process.args = config.process.args.map((word) =>
    word.replace(`/memory${recorded}/`, `/memory${path}/`),
  );
  return path;
}

/** Throttling names a disk of the recording's machine. */
function placeDisk(config: Config): void {
  const blockIO = config.linux.resources?.blockIO as Record<string, unknown> | undefined;
  for (const list of Object.values(blockIO ?? {})) {
    if (Array.isArray(list)) for (const entry of list) Object.assign(entry, blockDevice());
  }
}

/** The mapped root owns the rootfs and may pass through the directories above it. */
function openTo(t: Sandbox, { dir, rootfs }: Bundle, id: number): void {
  for (const path of [dirname(t.dir), t.dir, dir]) chmodSync(path, 0o755);
  lchownSync(rootfs, id, id);
  for (const entry of readdirSync(rootfs, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) lchownSync(join(entry.parentPath, entry.name), id, id);
  }
}
