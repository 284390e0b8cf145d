// Which hooks exist, when and where each kind runs, and what its failure means. Pure data.
// Spec: config.md#posix-platform-hooks, runtime.md#lifecycle

import type { Hook, HookName, Hooks } from "../config/types.ts";

/** When a kind of hook runs. */
export type Moment =
  /** The namespaces and mounts are there; the oldest kind is told so, as the lifecycle's "after step 2" has it. */
  | "environment made"
  /** The same moment, nothing has pivoted: the runtime's hooks first, then the container's. */
  | "before pivot"
  /** Just before the program. */
  | "before exec"
  /** The program was executed. */
  | "after start"
  /** The container was deleted. */
  | "after delete";

export interface HookKind {
  readonly name: HookName;
  readonly moment: Moment;
  /** Those of the container are run by its init: they are steps of the plan. */
  readonly where: "runtime" | "container";
  /** What a failure does, beside being reported. */
  readonly onFailure: "undo" | "stop" | "warn";
}

/** In the order in which they run. */
export const HOOK_KINDS: readonly HookKind[] = [
  { name: "prestart", moment: "environment made", where: "runtime", onFailure: "undo" },
  { name: "createRuntime", moment: "before pivot", where: "runtime", onFailure: "undo" },
  { name: "createContainer", moment: "before pivot", where: "container", onFailure: "undo" },
  { name: "startContainer", moment: "before exec", where: "container", onFailure: "stop" },
  { name: "poststart", moment: "after start", where: "runtime", onFailure: "stop" },
  { name: "poststop", moment: "after delete", where: "runtime", onFailure: "warn" },
];

/** A hook and what to call it in messages. */
export interface NamedHook {
  /** `hooks.createRuntime[1] /path` */
  readonly title: string;
  readonly hook: Hook;
}

/** The hooks that the runtime itself runs at a moment, in order. */
export function hooksAt(moment: Moment, hooks: Hooks | undefined): NamedHook[] {
  return HOOK_KINDS.filter((kind) => kind.moment === moment && kind.where === "runtime").flatMap(
    ({ name }) => namedHooks(name, hooks?.[name]),
  );
}

function namedHooks(name: HookName, hooks: readonly Hook[] = []): NamedHook[] {
  return hooks.map((hook, index) => ({ title: `hooks.${name}[${index}] ${hook.path}`, hook }));
}
