// A config and what can be seen of the host -> all that is wrong with a bundle. Pure: the host is looked at by `Look`.
// Each check is a function of its own; the list at the top is the order of the report.

import type { Config } from "../config/types.ts";
import { error, type Finding, type Look, warning } from "./finding.ts";
import {
  type File,
  foreignMachine,
  formatOf,
  isDirectory,
  isRegular,
  mayExecute,
  type User,
} from "./program.ts";
import { type CgroupWrite, resourceFindings } from "./resources.ts";
import { checkRlimits } from "./rlimits.ts";
import { checkSeccomp } from "./seccomp.ts";

type Check = (config: Config, look: Look) => Finding[];

const CHECKS: readonly Check[] = [
  checkRoot,
  checkSources,
  checkHooks,
  checkProgram,
  checkRlimits,
  checkSeccomp,
];

/** `writes`: what creation would write to cgroups. */
export function findings(config: Config, writes: readonly CgroupWrite[], look: Look): Finding[] {
  return [
    ...CHECKS.flatMap((check) => check(config, look)),
    ...resourceFindings(config, writes, look),
  ];
}

function checkRoot(config: Config, { root }: Look): Finding[] {
  const found = root("/");
  if (found !== undefined && isDirectory(found)) return [];
  const what = found === undefined ? "there is no such directory" : "is no directory";
  return [
    error(
      "/root/path",
      `${JSON.stringify(config.root.path)}: ${what}`,
      "it is relative to the bundle",
    ),
  ];
}

function checkSources({ mounts = [] }: Config, { host }: Look): Finding[] {
  return mounts.flatMap(({ type, options = [], source = "", destination }, index) => {
    const isBind = type === "bind" || options.includes("bind") || options.includes("rbind");
    // a relative source is the bundle's, which the plan knows
    if (!isBind || !source.startsWith("/") || host(source) !== undefined) return [];
    const at = `/mounts/${index}/source`;
    return [
      error(
        at,
        `${JSON.stringify(source)} (for ${destination}): there is no such file or directory`,
        "make it, or remove the mount",
      ),
    ];
  });
}

/** Those that run outside: the others' programs are the container's. */
const OUTSIDE = ["prestart", "createRuntime", "createContainer", "poststart", "poststop"] as const;

function checkHooks({ hooks = {} }: Config, { host }: Look): Finding[] {
  const root: User = { uid: 0, gids: [0], overrides: true };
  return OUTSIDE.flatMap((kind) =>
    (hooks[kind] ?? []).flatMap(({ path }, index) => {
      const problem = programProblem(path, host(path), root);
      return problem === undefined ? [] : [error(`/hooks/${kind}/${index}/path`, problem)];
    }),
  );
}

function programProblem(path: string, file: File | undefined, user: User): string | undefined {
  const name = JSON.stringify(path);
  if (file === undefined) return `${name}: no such file or directory`;
  if (isDirectory(file)) return `${name}: is a directory`;
  if (!isRegular(file)) return `${name}: is no file`;
  return mayExecute(file, user) ? undefined : `${name}: permission denied`;
}

function checkProgram(config: Config, look: Look): Finding[] {
  const { args = [], env = [], cwd } = config.process;
  const [program = ""] = args;
  const paths = placesOf(program, env, cwd);
  // what a mount brings is not in the root file system yet
  if (paths.some((path) => isMounted(path, config))) return [];
  const files = paths.map((path) => [path, look.root(path)] as const);
  const user = userOf(config);
  const found = files.find(
    ([, file]) => file !== undefined && isRegular(file) && mayExecute(file, user),
  );
  if (found === undefined) return [missing(program, files, user)];
  return formatFindings(found[0], found[1]!, config, look);
}

function missing(
  program: string,
  files: readonly (readonly [string, File | undefined])[],
  user: User,
): Finding {
  const at = "/process/args/0";
  const present = files.find(([, file]) => file !== undefined);
  if (present !== undefined) {
    const problem = programProblem(present[0], present[1], user);
    return error(at, problem!, "it must be a file with execute permission for process.user");
  }
  if (program.includes("/"))
    return error(at, `${JSON.stringify(program)}: no such file or directory`);
  return error(
    at,
    `${JSON.stringify(program)}: executable file not found in $PATH`,
    "PATH is that of process.env",
  );
}

function formatFindings(path: string, file: File, config: Config, { arch, root }: Look): Finding[] {
  const at = "/process/args/0";
  const format = formatOf(file.head);
  if (format.kind === "unknown") {
    return [
      error(
        at,
        `${path}: neither an ELF program nor a script`,
        "a script begins with #! and its interpreter",
      ),
    ];
  }
  const foreign = format.kind === "elf" ? foreignMachine(format.machine, arch) : undefined;
  if (foreign !== undefined) {
    return [
      warning(
        at,
        `${path}: is for ${foreign}, this machine is ${arch}`,
        "it runs only where binfmt_misc has an emulator for it",
      ),
    ];
  }
  const { interpreter } = format;
  if (interpreter === undefined || isMounted(interpreter, config)) return [];
  if (root(interpreter) !== undefined) return [];
  const what = format.kind === "elf" ? "dynamic loader" : "interpreter";
  return [
    error(
      at,
      `${path}: its ${what} ${interpreter} is not in the root file system`,
      "the image must have it, or the program be static",
    ),
  ];
}

/** Where execvp(3) would look. */
function placesOf(program: string, env: readonly string[], cwd: string): string[] {
  if (program.startsWith("/")) return [program];
  if (program.includes("/")) return [`${cwd}/${program}`];
  const path = env.findLast((entry) => entry.startsWith("PATH="))?.slice("PATH=".length) ?? "";
  return path.split(":").map((directory) => `${directory || cwd}/${program}`);
}

function isMounted(path: string, { mounts = [] }: Config): boolean {
  const clean = path.replace(/\/+/g, "/");
  return mounts.some(({ destination }) => {
    const place = `/${destination}/`.replace(/\/+/g, "/");
    return clean === place.slice(0, -1) || clean.startsWith(place);
  });
}

function userOf({ process: { user, capabilities } }: Config): User {
  const { uid = 0, gid = 0, additionalGids = [] } = user ?? {};
  const overrides = capabilities?.effective?.includes("CAP_DAC_OVERRIDE") === true;
  return { uid, gids: [gid, ...additionalGids], overrides };
}
