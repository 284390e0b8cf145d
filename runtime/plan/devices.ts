// `linux.devices` and those that every container has -> device nodes and the links of /dev. Pure.
// Spec: config-linux.md#devices, #default-devices; runtime-linux.md#dev-symbolic-links

import type { Device } from "../config/types.ts";
import type { Context } from "./context.ts";
import { hasUserNamespace } from "./ids.ts";
import { S_IFBLK, S_IFCHR, S_IFIFO } from "./kernel.ts";
import type { InitOp } from "./ops.ts";
import { cleanPath } from "./paths.ts";

export interface DefaultDevice {
  readonly path: string;
  readonly major: number;
  readonly minor: number;
}

/** #default-devices, but for /dev/console and /dev/ptmx, which are no nodes of their own. */
export const DEFAULT_DEVICES: readonly DefaultDevice[] = [
  { path: "/dev/null", major: 1, minor: 3 },
  { path: "/dev/random", major: 1, minor: 8 },
  { path: "/dev/full", major: 1, minor: 7 },
  { path: "/dev/tty", major: 5, minor: 0 },
  { path: "/dev/zero", major: 1, minor: 5 },
  { path: "/dev/urandom", major: 1, minor: 9 },
];

const KINDS: ReadonlyMap<string, number> = new Map([
  ["c", S_IFCHR],
  ["u", S_IFCHR],
  ["b", S_IFBLK],
  ["p", S_IFIFO],
]);

/** runtime-linux.md#dev-symbolic-links, and /dev/core as the peers; each without `replace`: the image's own stay. */
const LINKS: readonly (readonly [path: string, target: string])[] = [
  ["/dev/fd", "/proc/self/fd"],
  ["/dev/stdin", "/proc/self/fd/0"],
  ["/dev/stdout", "/proc/self/fd/1"],
  ["/dev/stderr", "/proc/self/fd/2"],
  ["/dev/core", "/proc/kcore"],
];

const DEFAULT_MODE = 0o666;

/** A default device of which the config has its own version is left to it. */
export function defaultDevices(devices: readonly Device[] = []): readonly DefaultDevice[] {
  if (devices.length === 0) return DEFAULT_DEVICES;
  return DEFAULT_DEVICES.filter(({ path }) => !devices.some((device) => device.path === path));
}

export function compileDevices(context: Context): InitOp[] {
  const { devices = [] } = context.linux;
  const isBound = hasUserNamespace(context) || context.facts.inUserNamespace === true;
  const ops: InitOp[] = [];
  for (const { path, major, minor } of defaultDevices(devices)) {
    ops.push(
      isBound ? bindNode("", path) : makeNode("", path, S_IFCHR, major, minor, DEFAULT_MODE, 0, 0),
    );
  }
  devices.forEach((device, index) => {
    // the container's devpts has it
    if (cleanPath(device.path) === "/dev/ptmx") return;
    const at = `/linux/devices/${index}`;
    ops.push(
      isBound && device.type !== "p" ? bindNode(at, device.path) : configuredNode(at, device),
    );
  });
  ops.push({ op: "symlink", at: "", path: "/dev/ptmx", target: "pts/ptmx", replace: true });
  for (const [path, target] of LINKS)
    ops.push({ op: "symlink", at: "", path, target, replace: false });
  return ops;
}

function configuredNode(at: string, device: Device): InitOp {
  const { type, path, major = 0, minor = 0, fileMode = DEFAULT_MODE, uid = 0, gid = 0 } = device;
  const kind = KINDS.get(type) ?? S_IFCHR;
  const isFifo = kind === S_IFIFO;
  // some engines send the type's bits along
  const mode = fileMode & 0o7777;
  return makeNode(
    at,
    path,
    kind,
    isFifo ? 0 : Number(major),
    isFifo ? 0 : Number(minor),
    mode,
    uid,
    gid,
  );
}

function makeNode(
  at: string,
  path: string,
  kind: number,
  major: number,
  minor: number,
  mode: number,
  uid: number,
  gid: number,
): InitOp {
  return { op: "makeDevice", at, path, kind, major, minor, mode, uid, gid };
}

/** mknod(2) is not for user namespaces: the host's own node is shown instead. */
function bindNode(at: string, path: string): InitOp {
  return {
    op: "mountBind",
    at,
    target: path,
    source: path,
    fd: -1,
    recursive: false,
    set: 0,
    clear: 0,
    recursiveSet: 0,
    recursiveClear: 0,
    propagation: 0,
  };
}
