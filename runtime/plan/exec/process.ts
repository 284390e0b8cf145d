// What a further process of a container is: its own document or the command line, over the container's process. Pure.
// The rules are runc's: what of the container's process stands in for what the other one does not say.

import type { Capabilities, Process } from "../../config/types.ts";
import { RuntimeError } from "../../errors.ts";

/** What a command line says of the process; the rest is the container's. */
export interface ExecArguments {
  /** At least the program. */
  readonly args: readonly string[];
  readonly cwd?: string;
  /** `NAME=value`, after the container's. */
  readonly env: readonly string[];
  /** `UID[:GID]` */
  readonly user?: string;
  readonly additionalGids: readonly string[];
  readonly capabilities: readonly string[];
  readonly wantsTerminal: boolean;
  readonly noNewPrivileges?: boolean;
  readonly apparmorProfile?: string;
  readonly selinuxLabel?: string;
}

/** (uid_t)-1 and (gid_t)-1 mean "leave it" to the kernel. */
const MAX_ID = 4_294_967_294;

export function processOfArguments(saved: Process, wanted: ExecArguments): Process {
  const { args, cwd = saved.cwd, apparmorProfile, selinuxLabel, noNewPrivileges } = wanted;
  if (args.length === 0) throw misuse("exec args cannot be empty");
  if (!cwd.startsWith("/")) throw misuse("Cwd must be an absolute path");
  const added = wanted.additionalGids.map((text) => idOf(text, "additional gid"));
  const additionalGids = [...(saved.user.additionalGids ?? []), ...added];
  const capabilities = withCapabilities(saved.capabilities, wanted.capabilities);
  return {
    ...saved,
    args,
    cwd,
    env: [...(saved.env ?? []), ...wanted.env],
    // an engine that execs has no terminal to give unless it says so
    terminal: wanted.wantsTerminal,
    user: { ...saved.user, ...userOf(wanted.user), additionalGids },
    ...(capabilities !== undefined && { capabilities }),
    ...(noNewPrivileges !== undefined && { noNewPrivileges }),
    ...(apparmorProfile !== undefined && { apparmorProfile }),
    ...(selinuxLabel !== undefined && { selinuxLabel }),
  };
}

/** What the process's own document does not say. */
export function completeProcess(process: Process, saved: Process): Process {
  const { user, rlimits = [], apparmorProfile = "", selinuxLabel = "" } = process;
  const { umask = saved.user.umask } = user;
  const { oomScoreAdj: _ignored, ...rest } = process;
  const whole: Process = {
    // no property that is absent here must come from there by accident: privileges do not add up
    ...pick(saved, ["capabilities", "ioPriority", "scheduler", "execCPUAffinity", "oomScoreAdj"]),
    ...rest,
    ...(rlimits.length === 0 && pick(saved, ["rlimits"])),
    ...(apparmorProfile === "" && pick(saved, ["apparmorProfile"])),
    ...(selinuxLabel === "" && pick(saved, ["selinuxLabel"])),
  };
  return umask === undefined ? whole : { ...whole, user: { ...user, umask } };
}

function pick<Key extends keyof Process>(from: Process, keys: readonly Key[]): Pick<Process, Key> {
  const entries = keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]);
  return Object.fromEntries(entries);
}

function userOf(text: string | undefined): { uid?: number; gid?: number } {
  if (text === undefined) return {};
  const cut = text.indexOf(":");
  if (cut < 0) return { uid: idOf(text, "uid") };
  return { gid: idOf(text.slice(cut + 1), "gid"), uid: idOf(text.slice(0, cut), "uid") };
}

/** Decimal, as runc's. A name is none: users are the image's, and no list of them is to be trusted here. */
function idOf(text: string, what: string): number {
  if (!/^\+?\d+$/.test(text)) {
    throw misuse(`bad ${what}: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const id = Number(text);
  if (id > MAX_ID) throw misuse(`bad ${what}: ${text} is more than ${MAX_ID}`);
  return id;
}

/** Never to the inheritable set (CVE-2022-29162); what is inheritable already can be ambient. */
function withCapabilities(
  capabilities: Capabilities | undefined,
  added: readonly string[],
): Capabilities | undefined {
  if (added.length === 0) return capabilities;
  const { bounding = [], effective = [], permitted = [], inheritable = [] } = capabilities ?? {};
  const ambient = added.filter((name) => (inheritable as readonly string[]).includes(name));
  return {
    ...capabilities,
    bounding: [...bounding, ...added],
    effective: [...effective, ...added],
    permitted: [...permitted, ...added],
    ...(ambient.length > 0 && { ambient: [...(capabilities?.ambient ?? []), ...ambient] }),
  } as Capabilities;
}

function misuse(message: string): RuntimeError {
  return new RuntimeError("ERR_USAGE", message);
}
