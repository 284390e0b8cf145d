// Schema of `linux.seccomp`.
// Spec: config-linux.md#seccomp

import Type from "typebox";
import { integer, text, texts, uint32, uint64 } from "./scalars.ts";
import {
  SECCOMP_ACTIONS,
  SECCOMP_ARCHITECTURES,
  SECCOMP_FLAGS,
  SECCOMP_OPERATORS,
} from "./seccomp-names.ts";

const action = Type.Enum([...SECCOMP_ACTIONS]);

export const SeccompArg = Type.Object({
  /** A system call has six arguments. */
  index: integer(0, 5),
  value: uint64,
  valueTwo: Type.Optional(uint64),
  op: Type.Enum([...SECCOMP_OPERATORS]),
});

export const SeccompSyscall = Type.Object({
  names: texts,
  action,
  errnoRet: Type.Optional(uint32),
  args: Type.Optional(Type.Array(SeccompArg)),
});

export const Seccomp = Type.Object({
  defaultAction: action,
  defaultErrnoRet: Type.Optional(uint32),
  architectures: Type.Optional(Type.Array(Type.Enum([...SECCOMP_ARCHITECTURES]))),
  flags: Type.Optional(Type.Array(Type.Enum([...SECCOMP_FLAGS]))),
  listenerPath: Type.Optional(text),
  listenerMetadata: Type.Optional(text),
  syscalls: Type.Optional(Type.Array(SeccompSyscall)),
});
