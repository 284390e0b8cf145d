// `process` -> the last steps before the program: user, groups, umask, working directory, the program itself. Pure.
// Spec: config.md#process

import { ALL_CAPABILITIES, capabilitySets } from "./capabilities.ts";
import type { Context } from "./context.ts";
import type { Environment } from "./environment.ts";
import { deniesSetgroups, hasUserNamespace, isMapped, makesUserNamespace } from "./ids.ts";
import type { HostOp, InitOp } from "./ops.ts";
import { cleanPath } from "./paths.ts";
import { planError } from "./problem.ts";

/** runc's, where the config has none. */
const DEFAULT_UMASK = 0o022;

export function compileOomScore({ config }: Context): HostOp[] {
  const { oomScoreAdj } = config.process;
  if (oomScoreAdj === undefined) return [];
  const at = "/process/oomScoreAdj";
  return [{ op: "writeInitProc", at, file: "oom_score_adj", text: String(oomScoreAdj) }];
}

/** A working directory that the image lacks is made while the root may still be written to. */
export function compileWorkingDirectory({ config }: Context): InitOp[] {
  const { cwd } = config.process;
  return cleanPath(cwd) === "/" ? [] : [{ op: "makeDirectory", at: "/process/cwd", path: cwd }];
}

export function compileNoNewPrivileges({ config }: Context): InitOp[] {
  if (config.process.noNewPrivileges !== true) return [];
  return [{ op: "noNewPrivileges", at: "/process/noNewPrivileges" }];
}

export function compileCloseOnExec({ options }: Context): InitOp[] {
  return [
    { op: "closeOnExec", at: "", from: 3 + (options.listenFds ?? 0) + (options.preserveFds ?? 0) },
  ];
}

/** What takes no filter's leave: before any is in force, and still as root. */
export function compileDirectory(context: Context): InitOp[] {
  const { user, cwd } = context.config.process;
  const ops: InitOp[] = [];
  // the streams came from outside: without this a program that is not root could not reopen /dev/stdout
  if (user.uid !== 0 || hasUserNamespace(context)) {
    ops.push({ op: "ownStdio", at: "/process/user", uid: user.uid });
  }
  // the image may have a working directory that its user may not enter by himself
  ops.push({ op: "tryChangeDir", at: "/process/cwd", path: cwd });
  return ops;
}

export function compileUser(context: Context): InitOp[] {
  const { user, cwd, capabilities } = context.config.process;
  const keepGroups = deniesSetgroups(context);
  const groups = groupsOf(context, keepGroups);
  checkIds(context, groups);
  const { uid, gid } = user;
  const sets = capabilitySets(capabilities, grantable(context), context.warnings);
  return [
    { op: "credentials", at: "/process/user", uid, gid, groups, keepGroups, ...sets },
    { op: "umask", at: "/process/user/umask", mask: user.umask ?? DEFAULT_UMASK },
    { op: "changeDir", at: "/process/cwd", path: cwd },
  ];
}

/** Who enters a user namespace has all capabilities in it. */
function grantable(context: Context): number {
  return hasUserNamespace(context) ? ALL_CAPABILITIES : context.facts.capabilities;
}

/** As runc: root of somebody's user namespace does without, an ordinary user is told. */
function groupsOf({ config, facts, warnings }: Context, keepGroups: boolean): number[] {
  const { additionalGids = [] } = config.process.user;
  if (!keepGroups || additionalGids.length === 0) return [...additionalGids];
  const at = "/process/user/additionalGids";
  if (facts.euid === 0) {
    warnings.push(`${at}: ignored: this user namespace does not let groups be set`);
    return [];
  }
  const hint = "map more than one group to have the help of newgidmap";
  throw planError(at, "cannot set any additional groups in a rootless container", hint);
}

/** The kernel would only say EINVAL. A joined namespace has maps that are not known here. */
function checkIds(context: Context, groups: readonly number[]): void {
  if (!makesUserNamespace(context)) return;
  const { user } = context.config.process;
  const { uidMappings, gidMappings } = context.linux;
  const check = (kind: "uid" | "gid", id: number, at: string): void => {
    if (isMapped(id, kind === "uid" ? uidMappings : gidMappings)) return;
    throw planError(
      at,
      `${kind} ${id} is not mapped in the user namespace`,
      `add it to /linux/${kind}Mappings`,
    );
  };
  check("uid", user.uid, "/process/user/uid");
  check("gid", user.gid, "/process/user/gid");
  groups.forEach((id, index) => {
    check("gid", id, `/process/user/additionalGids/${index}`);
  });
}

/** `args[0]` is looked up in the container's PATH, as the user. */
export function compileProgram({ config }: Context, environment: Environment): InitOp[] {
  const { args, user } = config.process;
  const ops: InitOp[] = [];
  if (!environment.hasHome) ops.push({ op: "findHome", at: "", uid: user.uid });
  ops.push({
    op: "resolveProgram",
    at: "/process/args/0",
    name: args[0] ?? "",
    search: environment.path,
  });
  return ops;
}

export function compileExec({ config }: Context, environment: Environment): InitOp[] {
  return [
    { op: "exec", at: "/process/args", args: [...config.process.args], env: environment.entries },
  ];
}
