// The filter compiler with errors that are thrown, the instructions of a filter, and the texts that it takes.

import * as module from "../../native/seccomp/test/module.ts";
import { profileText, type SeccompProfile } from "../../runtime/seccomp/profile.ts";

/** One instruction: struct sock_filter. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export class CompileError extends Error {
  constructor(
    message: string,
    readonly rule: number,
  ) {
    super(message);
  }
}

/** @throws CompileError for a profile that has no filter */
export function compile(text: string): Buffer {
  const made = module.compile(text);
  if ("rule" in made) throw new CompileError(made.message, made.rule);
  return Buffer.from(made);
}

export function decode(filter: Buffer): Instruction[] {
  return Array.from({ length: filter.length / 8 }, (_, i) => ({
    code: filter.readUInt16LE(i * 8),
    jt: filter.readUInt8(i * 8 + 2),
    jf: filter.readUInt8(i * 8 + 3),
    k: filter.readUInt32LE(i * 8 + 4),
  }));
}

/** The text without runc's stub, as plain libseccomp would take the profile; problems are the caller's to look at. */
export function plainText(profile: SeccompProfile, nativeAbi = "x86_64"): string {
  return profileText(profile, nativeAbi, { hasStub: false }).text;
}
