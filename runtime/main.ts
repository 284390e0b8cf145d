// argv -> verb -> exit code; the entry of both engines, and the only place that prints.

import { UnknownFlag } from "./cli/args.ts";
import type { Globals, Outcome } from "./cli/context.ts";
import { parseGlobals, parseOptions, parseVerb, type Request } from "./cli/dispatch.ts";
import { logReporter, type MainReporter } from "./cli/report.ts";
import { GLOBAL_OPTIONS, VERBS } from "./cli/verbs.ts";
import { RuntimeError } from "./errors.ts";
import type { Env, Host } from "./host/host.ts";

const TABLE = { globals: GLOBAL_OPTIONS, verbs: VERBS };

/** What a runtime that could not do its work exits with. */
const FAILURE = 1;

/** runc's exit code for a command that there is not. */
const UNKNOWN_COMMAND = 3;

/** Runs one command; resolves to the exit code of the process. */
export async function main(host: Host, argv: readonly string[], env: Env): Promise<number> {
  const early = logReporter(host, undefined);
  let reporter = early;
  try {
    const { globals, isHelp, isVersion, rest } = parseGlobals(argv);
    const withLog = logReporter(host, globals);
    reporter = withLog;
    const wanted = request(rest, isHelp, isVersion);
    // whoever only reads a help text or the version gets no log file
    if (wanted.kind === "verb" || wanted.kind === "late") {
      reporter = early;
      withLog.open();
      reporter = withLog;
    }
    const outcome = await perform(host, env, globals, withLog, wanted);
    if (outcome.output !== undefined) host.write(1, outcome.output);
    if (outcome.failure !== undefined) reporter.fail(outcome.failure);
    return outcome.exitCode;
  } catch (error) {
    reporter.fail(error instanceof UnknownFlag ? await suggested(error) : error);
    return FAILURE;
  }
}

/** Only who mistypes pays for the search. */
async function suggested(error: UnknownFlag): Promise<RuntimeError> {
  const { nearest } = await import("./cli/nearest.ts");
  const meant = nearest(error.flag, error.among);
  if (meant === undefined) return error;
  return new RuntimeError(error.code, `${error.message}; did you mean --${meant}?`);
}

function request(rest: readonly string[], isHelp: boolean, isVersion: boolean): Request {
  if (isVersion) return { kind: "version" };
  return isHelp ? { kind: "help" } : parseVerb(rest);
}

async function perform(
  host: Host,
  env: Env,
  globals: Globals,
  reporter: MainReporter,
  request: Request,
): Promise<Outcome> {
  switch (request.kind) {
    case "verb": {
      const { run } = await request.verb.load();
      const { values, args } = request;
      const { debug, warn, now } = reporter;
      return run({ host, env, globals, table: TABLE, values, args, debug, warn, now });
    }
    case "late": {
      const { OPTIONS } = await request.verb.loadOptions!();
      const parsed = parseOptions({ ...request.verb, options: OPTIONS }, request.args);
      return perform(host, env, globals, reporter, parsed);
    }
    case "version": {
      const { versionText } = await import("./cli/version.ts");
      return { exitCode: 0, output: versionText() };
    }
    case "help": {
      const { generalHelp, verbHelp } = await import("./cli/help.ts");
      return { exitCode: 0, output: request.verb ? verbHelp(request.verb) : generalHelp() };
    }
    case "unknown": {
      const { unknownCommand } = await import("./cli/help.ts");
      reporter.error(unknownCommand(request.name));
      return { exitCode: UNKNOWN_COMMAND };
    }
    default:
      return request satisfies never;
  }
}
