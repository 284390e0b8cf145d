// A sandbox whose runtime is run by an ordinary user, who exists in a private mount namespace only: nothing of the machine's
// /etc changes. Bundles are his, in a user namespace whose root he is.

import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Bundle, Edit } from "./bundle.ts";
import type { CallOptions } from "./call.ts";
import { hierarchy } from "./cgroups.ts";
import { createContainer } from "./container.ts";
import { runtimePath } from "./runtime.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Config, IdMapping } from "./types.ts";

/** Of the user and of his only group. */
export const UID = 58_231;
/** Of his subordinate ids. */
export const FIRST_SUB = 700_000;
const SUB_COUNT = 65_536;

export interface UserOptions {
  /** He has entries in /etc/subuid and /etc/subgid. */
  readonly hasSubordinates?: boolean;
  /** Who he is, where he has to be somebody of the machine: with a service manager of his own. */
  readonly account?: { readonly uid: number; readonly runtimeDir: string };
  /** What he runs the runtime in: `unshare -Ur`. */
  readonly inside?: readonly string[];
  /** Directories of cgroups that his processes are put into. */
  readonly cgroups?: readonly string[];
}

export interface User extends Sandbox {
  /** His, and nobody else's. */
  readonly runtimeDir: string;
  /** A command line that runs this one as the user. */
  wrap(argv: readonly string[]): [file: string, args: string[]];
}

export function ordinaryUser(t: Sandbox, options: UserOptions = {}): User {
  const { uid, runtimeDir } = options.account ?? { uid: UID, runtimeDir: join(t.dir, "run") };
  openTo(t.dir, uid);
  for (const path of options.account ? [t.stateRoot] : [runtimeDir, t.stateRoot]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chownSync(path, uid, uid);
  }
  const runtime = copyOfRuntime(dirname(t.dir));
  const wrap = wrapper(t, options);
  const startRuntime: Sandbox["startRuntime"] = (args, callOptions: CallOptions = {}) => {
    const { env } = callOptions;
    return t.startHelper(...wrap([runtime, "--root", t.stateRoot, ...args]), {
      cwd: t.dir,
      ...callOptions,
      env: { ...environment(t, runtimeDir), ...env },
    });
  };
  const run: Sandbox["runtime"] = (args, callOptions) => startRuntime(args, callOptions).closed;
  return {
    ...t,
    runtimeDir,
    wrap,
    startRuntime,
    runtime: run,
    bundle: (edit) => userBundle(t, options, edit),
    create: (bundle, createOptions) =>
      createContainer({ startRuntime, id: t.id }, bundle, createOptions),
    run: (bundle, flags = [], callOptions) =>
      run(["run", "--bundle", bundle.dir, ...flags, t.id()], callOptions),
  };
}

/** The environment of his session. */
export function environment(t: Sandbox, runtimeDir: string): Record<string, string> {
  const PATH = process.env.PATH ?? "/usr/bin:/bin";
  return { PATH, SPEC_TOKEN: t.token, XDG_RUNTIME_DIR: runtimeDir, HOME: t.dir, USER: "tester" };
}

/** Of root of the container alone. */
export function single(hostID = UID): IdMapping[] {
  return [{ containerID: 0, hostID, size: 1 }];
}

/** Root of the container is the user, its other ids are his subordinate ones. */
export function subordinate(config: Config): void {
  const mappings = [...single(), { containerID: 1, hostID: FIRST_SUB, size: SUB_COUNT }];
  config.linux.uidMappings = mappings;
  config.linux.gidMappings = mappings;
}

/** Cgroups of this name that belong to him, in these v1 hierarchies or in the unified one; those to be a member of. */
export function delegateCgroups(t: Sandbox, ...controllers: string[]): string[] {
  const members = controllers.flatMap((controller) => {
    const found = hierarchy(controller);
    if (found === null) return [];
    const { version, mount } = found;
    const directory = join(mount, `${t.token}-delegated`);
    const member = version === 1 ? directory : join(directory, "session");
    mkdirSync(member, { recursive: true });
    t.defer(() => removeCgroups(directory));
    if (controller === "cpuset" && version === 1) seedCpuset(mount, directory);
    for (const path of new Set([directory, member])) delegate(path);
    return member;
  });
  return [...new Set(members)];
}

/** What delegation is (cgroups(7)): the directory and the files that move processes and enable controllers. */
function delegate(directory: string): void {
  const files = ["cgroup.procs", "tasks", "cgroup.threads", "cgroup.subtree_control"];
  for (const path of ["", ...files].map((name) => join(directory, name))) {
    if (existsSync(path)) chownSync(path, UID, UID);
  }
}

function seedCpuset(mount: string, directory: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    writeFileSync(join(directory, file), readFileSync(join(mount, file)));
  }
}

/** Children first. */
function removeCgroups(directory: string): void {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroups(join(directory, entry.name));
  }
  try {
    rmdirSync(directory);
  } catch {
    // busy: the search for leaks tells of it, and what else there is to undo is undone
  }
}

/** The directory is his, and the way to it open. */
function openTo(directory: string, uid: number): void {
  for (const path of [dirname(directory), directory]) chmodSync(path, 0o755);
  chownSync(directory, uid, uid);
}

/** He may have no way to where the runtime is. */
function copyOfRuntime(directory: string): string {
  const copy = join(directory, "bin", basename(runtimePath()));
  if (existsSync(copy)) return copy;
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(runtimePath(), copy);
  return copy;
}

/** The root file system is his, but for the files in it that are links to the template's. */
function userBundle(t: Sandbox, options: UserOptions, edit?: Edit): Bundle {
  const uid = options.account?.uid ?? UID;
  const mapped = options.inside === undefined ? uid : 0;
  const bundle = t.bundle((config, made) => {
    config.linux.namespaces.push({ type: "user" });
    config.linux.uidMappings = single(mapped);
    config.linux.gidMappings = single(mapped);
    const pts = config.mounts.find(({ type }) => type === "devpts")!;
    pts.options = pts.options!.filter((word) => word !== "gid=5");
    edit?.(config, made);
  });
  for (const path of [bundle.dir, bundle.rootfs]) lchownSync(path, uid, uid);
  for (const entry of readdirSync(bundle.rootfs, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) lchownSync(join(entry.parentPath, entry.name), uid, uid);
  }
  return bundle;
}

const ENTER = `
etc=$1 cgroups=$2 id=$3; shift 3
for file in passwd group subuid subgid; do
  if test -e "$etc/$file"; then mount --bind "$etc/$file" "/etc/$file"; fi
done
for cgroup in $cgroups; do echo $$ >"$cgroup/cgroup.procs"; done
exec setpriv --reuid $id --regid $id --clear-groups --inh-caps=-all -- "$@"`;

function wrapper(t: Sandbox, options: UserOptions) {
  const { inside = [], cgroups = [], hasSubordinates, account = { uid: UID } } = options;
  const etc = join(t.dir, "etc");
  mkdirSync(etc, { recursive: true });
  const line = `tester:x:${UID}:`;
  const add = (name: string, text: string) =>
    writeFileSync(join(etc, name), `${readFileSync(`/etc/${name}`, "utf8")}${text}\n`);
  add("passwd", `${line}${UID}::/:/bin/sh`);
  add("group", line);
  // those of others stay away: they may be his
  for (const name of ["subuid", "subgid"]) {
    if (!existsSync(`/etc/${name}`)) continue;
    writeFileSync(join(etc, name), hasSubordinates ? `${UID}:${FIRST_SUB}:${SUB_COUNT}\n` : "");
  }
  return (argv: readonly string[]): [string, string[]] => [
    "unshare",
    ["--mount", "--propagation", "private", "sh", "-ec", ENTER, "sh"].concat(
      [etc, cgroups.join(" "), String(account.uid)],
      inside,
      argv,
    ),
  ];
}
