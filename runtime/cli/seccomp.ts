// `trunc seccomp`: the filter that a profile becomes, and what it says to a system call.

import { RuntimeError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { isSyscallError } from "../lifecycle/syscall.ts";
import { type Abi, parseCalls } from "../seccomp/calls.ts";
import { type Decision, decide, listedAbis } from "../seccomp/decide.ts";
import { instructionsOf } from "../seccomp/listing.ts";
import { listingText } from "../seccomp/listing-text.ts";
import { AT, ruleAt } from "../seccomp/profile.ts";
import { textOf, usageError } from "./args.ts";
import type { Context, Outcome } from "./context.ts";
import { abiName, argumentsOf, numberOf } from "./seccomp-call.ts";
import { readProfile, type SourceProfile } from "./seccomp-source.ts";
import {
  type Answer,
  actionOf,
  exitCodeOf,
  instructionJson,
  verdictJson,
  verdictText,
} from "./seccomp-texts.ts";

export { OPTIONS } from "./seccomp-options.ts";

export function run(context: Context): Outcome {
  const format = textOf(context.values, "format") ?? "text";
  if (format !== "text" && format !== "json") throw usageError(`invalid format option: ${format}`);
  const [question, source, ...rest] = context.args;
  switch (question) {
    case "disasm":
      if (rest.length > 0) throw usageError('"seccomp disasm" takes one bundle or profile');
      return disassemble(context, readProfile(context, source!), format);
    case "test":
      if (rest.length === 0) throw usageError('"seccomp test" needs the name of a system call');
      return test(context, readProfile(context, source!), rest, format);
    default:
      throw usageError(`"seccomp" knows disasm and test, not ${JSON.stringify(question)}`);
  }
}

type Format = "text" | "json";

function disassemble({ host }: Context, source: SourceProfile, format: Format): Outcome {
  const listing = ask(source, () => host.seccomp({ ask: "listing", profile: source.text }));
  const abis = [...listedAbis(source.profile, source.nativeAbi)].map((name) => abiOf(host, name));
  const instructions = instructionsOf(listing, abis);
  const output =
    format === "json" ? instructionJson(instructions, abis) : listingText(instructions, abis);
  return { exitCode: 0, output };
}

function test(
  { host, values }: Context,
  source: SourceProfile,
  [call, ...words]: readonly string[],
  format: Format,
): Outcome {
  const { profile, nativeAbi } = source;
  const abi = abiOf(host, abiName(textOf(values, "arch"), nativeAbi));
  const number = numberOf(call!, abi);
  const args = argumentsOf(words);
  const reply = ask(source, () =>
    host.seccomp({ ask: "verdict", profile: source.text, arch: abi.audit, number, args }),
  );
  const [word, steps, errnoName] = reply.split(" ");
  const decision = decide(profile, abi, listedAbis(profile, nativeAbi), { number, args });
  confirm(decision, Number(word));
  const answer: Answer = {
    call: call!,
    number,
    abi: abi.name,
    args: args.slice(0, words.length),
    decision,
    errnoName: errnoName!,
    steps: Number(steps),
  };
  const output = format === "json" ? verdictJson(answer) : verdictText(answer);
  return { exitCode: exitCodeOf(decision.word), output };
}

/** The filter has the last word: were it another, the rule that is named would be the wrong one. */
function confirm({ word, at }: Decision, filter: number): void {
  if (word === filter) return;
  throw new RuntimeError(
    "ERR_INTERNAL",
    `the filter says ${actionOf(filter)} where ${at} says ${actionOf(word)}`,
  );
}

function abiOf(host: Host, name: string): Abi {
  return parseCalls(name, host.seccomp({ ask: "calls", abi: name }));
}

/** Asks the compiler; what it refuses is a mistake in the profile. */
function ask({ document }: SourceProfile, question: () => string): string {
  try {
    return question();
  } catch (error) {
    if (!isSyscallError(error)) throw error;
    const at = error.op === undefined ? AT : ruleAt(error.op);
    throw new RuntimeError("ERR_CONFIG", `${document}: ${at}: ${error.text}`, { at, cause: error });
  }
}
