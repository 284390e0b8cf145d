// How CRIU is run: as the program of a plan of its own. Pure.
//
// For a restore it gets a mount namespace of its own, in which the root file system is a mount point, as CRIU wants it:
// nothing of that is left on the host, however the restore ends. And it is in the container's cgroups, as what it makes will be.

import { type CompiledCgroups, compileCgroups } from "../cgroup/compile.ts";
import type { Context } from "../context.ts";
import type { CgroupDriver } from "../driver.ts";
import { compileIntelRdt } from "../intel-rdt.ts";
import { CLONE_NEWNS, MS_REC, MS_SLAVE } from "../kernel.ts";
import { compileKeyring } from "../keyring.ts";
import type { FdOp, InitOp, Plan } from "../ops.ts";

/** Above every descriptor that the init has of its own. */
const FIRST_FD = 64;

export interface CriuProgram {
  /** Directories in which it is looked for, as of `PATH`. */
  readonly search: string;
  /** CRIU's end of the connection: a descriptor of ours. */
  readonly end: number;
}

/** CRIU among the host's processes: it writes down what is there. */
export function dumpPlan(program: CriuProgram): Plan {
  return {
    before: [],
    fds: [{ op: "given", at: "", number: program.end }],
    sandbox: { namespaces: 0, joins: [], intoCgroup: "", preserveFds: 0 },
    after: [],
    init: [{ op: "openSharedRoot", at: "", source: "/" }, ...execute(program, 1)],
  };
}

export interface RestorePlan {
  readonly plan: Plan;
  /** The numbers under which CRIU has the files, in order. */
  readonly fileNumbers: readonly number[];
}

export interface RestorePlaces {
  /** Where the root file system is to be a mount point. */
  readonly root: string;
  /** Files that CRIU gets open. */
  readonly files: readonly { readonly at: string; readonly path: string }[];
}

export function restorePlan(
  context: Context,
  program: CriuProgram,
  { root, files }: RestorePlaces,
  driver?: CgroupDriver,
): RestorePlan {
  const cgroups: CompiledCgroups = driver?.compile(context) ?? compileCgroups(context);
  const rdt = compileIntelRdt(context);
  const fds: FdOp[] = [{ op: "given", at: "", number: program.end }];
  for (const { at, path } of files) fds.push({ op: "file", at, path });
  const plan: Plan = {
    before: cgroups.before,
    fds,
    sandbox: {
      namespaces: CLONE_NEWNS,
      joins: [],
      intoCgroup: context.cgroups.cloneInto,
      preserveFds: 0,
    },
    after: cgroups.after,
    meanwhile: [...cgroups.meanwhile, ...rdt.ops],
    init: [
      ...cgroups.init,
      // keyrings are not in the images: what is restored inherits this one
      ...compileKeyring(context),
      { op: "hostPropagation", at: "", propagation: MS_SLAVE | MS_REC },
      { op: "openSharedRoot", at: "", source: "/" },
      bindRoot(context.rootfs, root),
      ...execute(program, fds.length),
    ],
  };
  return { plan, fileNumbers: files.map((_, index) => FIRST_FD + 1 + index) };
}

function bindRoot(source: string, target: string): InitOp {
  return {
    op: "mountBind",
    at: "/root/path",
    target,
    source,
    fd: -1,
    recursive: true,
    set: 0,
    clear: 0,
    recursiveSet: 0,
    recursiveClear: 0,
    propagation: MS_SLAVE | MS_REC,
  };
}

/** The first descriptor is the connection, the others follow it. */
function execute({ search }: CriuProgram, count: number): InitOp[] {
  const ops: InitOp[] = [];
  for (let fd = 0; fd < count; fd++) {
    ops.push({ op: "keepFd", at: "", fd, number: FIRST_FD + fd });
  }
  ops.push({ op: "resolveProgram", at: "", name: "criu", search });
  ops.push({ op: "ready", at: "" });
  // it runs programs of its own: ip, iptables-restore, tar
  const env = [`PATH=${search}`];
  ops.push({ op: "exec", at: "", args: ["criu", "swrk", String(FIRST_FD)], env });
  return ops;
}
