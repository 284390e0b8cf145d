// `linux.seccomp` -> the operation that installs the filter. Pure.
// Spec: config-linux.md#seccomp

import { configError } from "../errors.ts";
import { profileText } from "../seccomp/profile.ts";
import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";

export function compileSeccomp({ linux, facts }: Context): InitOp[] {
  if (linux.seccomp === undefined) return [];
  const { text, flags, hasNotify, problems } = profileText(linux.seccomp, facts.arch);
  if (problems.length > 0) throw configError("config.json", problems);
  if (text === "") return [];
  return [
    {
      op: "seccomp",
      at: "/linux/seccomp",
      profile: text,
      filter: new Uint8Array(),
      flags,
      notify: hasNotify,
    },
  ];
}
