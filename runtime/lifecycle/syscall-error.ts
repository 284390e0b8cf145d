// A failed step of a plan -> the one line that names its place in config.json. Pure.
// `mounts[3] (/dev/shm): fsmount: EPERM (operation not permitted): the kernel's own words; hint: ...`

import { RuntimeError } from "../errors.ts";
import type { Plan } from "../host/host.ts";
import { hintFor } from "./hints.ts";
import { placeOf } from "./place.ts";
import { callPhrase, isSyscallError, type SyscallError } from "./syscall.ts";

/** What a message needs to know of the step that failed. */
export interface Step {
  /** Its tag, as `mountBind`. */
  readonly op: string;
  /** JSON pointer of the config value that asked for it; empty for the runtime's own. */
  readonly at: string;
  /** The path or name that it works on; perhaps empty. */
  readonly subject: string;
  /** The file system that it mounts. */
  readonly fstype?: string;
}

/** Finds the step that an error is about. */
export type FindStep = (error: SyscallError) => Step | undefined;

/** Any error of a launch -> the error to report; what is no failed call stays as it is. */
export function launchError(
  error: unknown,
  find: FindStep,
  what = "create the container",
): unknown {
  if (!isSyscallError(error)) return error;
  const step = find(error);
  const failure = { ...failureOf(error), op: step?.op ?? "", at: step?.at ?? "" };
  const hint = hintFor(failure);
  return new RuntimeError("ERR_SYSCALL", messageOf(error, step, what), {
    ...(failure.at !== "" && { at: failure.at }),
    ...(hint !== undefined && { hint }),
    cause: error,
  });
}

/** Looks the step up in the plan that was executed. */
export function stepsOf(plan: Plan): FindStep {
  return (error) => {
    const index = error.op ?? -1;
    switch (error.phase) {
      case "before":
        return stepOf(plan.before[index]);
      case "fds":
        return stepOf(plan.fds[index]);
      case "after":
        return stepOf(plan.after[index]);
      case "meanwhile":
        return stepOf(plan.meanwhile?.[index]);
      case "init":
        return stepOf(plan.init[index]);
      case "join": {
        const join = plan.sandbox.joins[index];
        return join && { op: "join", at: join.at, subject: join.path };
      }
      case "clone":
      case undefined:
        return undefined;
      default:
        return error.phase satisfies never;
    }
  };
}

/** What a message needs of one step of a plan. */
export function stepOf(
  op: { readonly op: string; readonly at: string } | undefined,
): Step | undefined {
  if (op === undefined) return undefined;
  const step = { op: op.op, at: op.at, subject: subjectOf(op) };
  return "fstype" in op && typeof op.fstype === "string" ? { ...step, fstype: op.fstype } : step;
}

/** The fields that say what a step works on, the most telling first. */
const SUBJECTS = ["target", "unit", "file", "path", "source", "name"];

function subjectOf(op: object): string {
  const fields = new Map<string, unknown>(Object.entries(op));
  if (fields.get("op") === "exec") return firstOf(fields.get("args"));
  if (fields.get("op") === "mountBind") return `${fields.get("source")} on ${fields.get("target")}`;
  for (const name of SUBJECTS) {
    const value = fields.get(name);
    if (typeof value === "string" && value !== "") return value;
  }
  return "";
}

function firstOf(value: unknown): string {
  return Array.isArray(value) && typeof value[0] === "string" ? value[0] : "";
}

function failureOf(error: SyscallError): { errnoName: string; call: string; text: string } {
  return { errnoName: error.errnoName, call: error.call, text: error.text };
}

function messageOf(error: SyscallError, step: Step | undefined, what: string): string {
  if (step === undefined) return `cannot ${what}: ${callPhrase(error)}`;
  if (step.op === "hook" && error.call === "hook") return hookWords(error, step);
  return `${titleOf(step)}: ${engineWords(error, step) ?? callPhrase(error, textOf(error, step))}`;
}

/** What else there is to say, after the title. */
function textOf({ call, text, errnoName }: SyscallError, { subject, fstype }: Step): string {
  if (call === "fsopen" && text === "") return fstype ?? "";
  // A path that the title has already need not be said twice.
  return errnoName !== "" && text === subject ? "" : text;
}

/** A hook that the init ran and that failed, in the words for those that the runtime runs. */
function hookWords({ text }: SyscallError, { at, subject }: Step): string {
  return `${placeOf(at)} ${subject}: ${text.replace(/^exit status /, "exit ")}`;
}

/** `mounts[3] (/dev/shm)`, or the step's tag when no config value asked for it. */
function titleOf({ op, at, subject }: Step): string {
  const place = at === "" ? op : placeOf(at);
  // The words about a program quote it themselves.
  if (subject === "" || op === "resolveProgram") return place;
  return `${place} (${subject})`;
}

/**
 * What engines look for in a message, letter by letter as runc (that is, Go's os/exec) has it: they turn it into the
 * exit codes 126 and 127.
 */
function engineWords(error: SyscallError, step: Step): string | undefined {
  if (step.op !== "resolveProgram") return undefined;
  const name = JSON.stringify(step.subject);
  // What execve says of one, and older engines know no other word for 126.
  if (error.errnoName === "EISDIR") return `exec: ${name}: permission denied: it is a directory`;
  if (error.errnoName !== "ENOENT") return `exec: ${name}: ${error.strerror}`;
  if (!step.subject.includes("/")) return `exec: ${name}: executable file not found in $PATH`;
  return `exec: ${name}: stat ${step.subject}: no such file or directory`;
}
