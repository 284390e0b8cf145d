// `trunc exec`: another program in a container; in the foreground, its exit code is ours.

import { parseProcess } from "../config/parse-process.ts";
import type { Process } from "../config/types.ts";
import { processWarnings } from "../config/warnings.ts";
import { describeProblem, RuntimeError } from "../errors.ts";
import {
  type ExecRequest,
  execProgram,
  openContainer,
  type Running,
  waitForProgram,
} from "../lifecycle/exec.ts";
import { attempt } from "../lifecycle/syscall.ts";
import { parseSubCgroups } from "../plan/exec/cgroups.ts";
import { compileExec } from "../plan/exec/compile.ts";
import { completeProcess, processOfArguments } from "../plan/exec/process.ts";
import type { Facts } from "../plan/facts.ts";
import { countOf, flagOf, listOf, textOf, usageError } from "./args.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { factsOf } from "./facts.ts";
import { storeOf } from "./store.ts";
import { checkTerminal } from "./terminal.ts";
import { type Tracer, tracer } from "./tracer.ts";

export { OPTIONS } from "./exec-options.ts";

/** runc's: what the program itself exits with hardly is this. */
const FAILURE = 255;

/** More is no process document. */
const PROCESS_LIMIT = 16 << 20;

/** How long entering a container may take that is not paused: its cgroup may be frozen by others. */
const ENTER_TIMEOUT_MS = 10_000;

export function run(context: Context): Outcome {
  try {
    return execute(context);
  } catch (error) {
    return { exitCode: FAILURE, failure: execFailure(error) };
  }
}

function execute(context: Context): Outcome {
  const { host, values, args } = context;
  const store = storeOf(context);
  const trace = tracer(host, textOf(values, "trace"));
  const container = trace.phase("read the container", () =>
    openContainer(store, args[0]!, flagOf(values, "ignore-paused")),
  );
  const isForeground = !flagOf(values, "detach");
  const request = prepare(context, container, trace, isForeground);
  const executed = execProgram(store, request);
  trace.write(executed.launch);
  if (isForeground) return { exitCode: waitForProgram(store, executed) };
  executed.launch.close();
  return DONE;
}

function prepare(
  context: Context,
  container: Running,
  trace: Tracer,
  isForeground: boolean,
): ExecRequest {
  const { host, values } = context;
  const process = completeProcess(wantedProcess(context, container), container.config.process);
  const consoleSocket = textOf(values, "console-socket");
  const wantsTerminal = process.terminal === true;
  checkTerminal({ isDetached: !isForeground, wantsTerminal, consoleSocket });
  for (const warning of processWarnings(process, "/process"))
    context.warn(describeProblem(warning));

  const preserveFds = countOf(values, "preserve-fds");
  if (preserveFds < 0) throw usageError("--preserve-fds takes a number that is not negative");
  const subCgroups = parseSubCgroups(listOf(values, "cgroup"));
  const facts = trace.phase("look at the host", () => factsOf(host));
  const timeoutMs = container.status === "paused" ? 0 : ENTER_TIMEOUT_MS;
  const { plan, detour, warnings } = trace.phase("compile the plan", () =>
    compileExec(container.config, process, facts, container.target, {
      preserveFds,
      subCgroups,
      timeoutMs,
    }),
  );
  for (const warning of warnings) context.warn(warning);
  const pidfdSocket = textOf(values, "pidfd-socket");
  const pidFile = textOf(values, "pid-file");
  return {
    container,
    plan,
    ...(detour !== undefined && { detour }),
    ...(consoleSocket !== undefined && { consoleSocket }),
    ...(pidfdSocket !== undefined && { pidfdSocket }),
    ...(pidFile !== undefined && { pidFile }),
    isForeground,
    ...(subCgroups.size === 0 && { fallback: () => cgroupOf(context, facts, container) }),
    isTraced: trace.isOn,
    onStep: context.debug,
  };
}

function wantedProcess({ host, values, args }: Context, { config }: Running): Process {
  const path = textOf(values, "process");
  if (path !== undefined) {
    const { text, hasBigIntegers } = attempt(`read ${path}`, () =>
      host.readText(path, PROCESS_LIMIT),
    );
    return parseProcess(text, { hasBigIntegers, document: path });
  }
  const cwd = textOf(values, "cwd");
  const user = textOf(values, "user");
  const apparmorProfile = textOf(values, "apparmor");
  const selinuxLabel = textOf(values, "process-label");
  return processOfArguments(config.process, {
    args: args.slice(1),
    env: listOf(values, "env"),
    additionalGids: listOf(values, "additional-gids"),
    capabilities: listOf(values, "cap"),
    wantsTerminal: flagOf(values, "tty"),
    ...(cwd !== undefined && { cwd }),
    ...(user !== undefined && { user }),
    ...(apparmorProfile !== undefined && { apparmorProfile }),
    ...(selinuxLabel !== undefined && { selinuxLabel }),
    ...(values.has("no-new-privs") && { noNewPrivileges: flagOf(values, "no-new-privs") }),
  });
}

/** Absolute path of the v2 cgroup that the container's first process is in, where it is pure v2. */
function cgroupOf({ host }: Context, { cgroup }: Facts, { target }: Running): string | undefined {
  if (cgroup.mode !== "v2" || cgroup.unified === undefined) return undefined;
  const { text } = host.readText(`/proc/${target.pid}/cgroup`, 65_536);
  const path = /^0::(\/.*)$/m.exec(text)?.[1];
  return path === undefined ? undefined : `${cgroup.unified.root}${path}`;
}

/** With the words that runc begins with, which engines look for. */
function execFailure(error: unknown): unknown {
  if (!(error instanceof RuntimeError)) return error;
  const { code, message, at, hint, problems } = error;
  return new RuntimeError(code, `exec failed: ${message}`, {
    ...(at !== undefined && { at }),
    ...(hint !== undefined && { hint }),
    ...(problems !== undefined && { problems }),
    cause: error,
  });
}
