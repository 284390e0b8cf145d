// A classic BPF interpreter of its own, so that the compiler is not judged by its own emulator. Knows what libseccomp
// and this project emit; anything else throws. Source: Documentation/networking/filter.rst

import type { Instruction } from "./compiler.ts";

/** One system call as a filter sees it. */
export interface Call {
  /** AUDIT_ARCH_*. */
  readonly arch: number;
  readonly nr: number;
  readonly args: readonly bigint[];
}

export interface Verdict {
  /** SECCOMP_RET_* with its data. */
  readonly action: number;
  /** Instructions executed. */
  readonly steps: number;
}

/** struct seccomp_data as 16 words; `isBig`: an argument's high word comes first. */
export function wordsOf({ arch, nr, args }: Call, isBig: boolean): Uint32Array {
  const words = new Uint32Array(16);
  words[0] = nr;
  words[1] = arch;
  args.forEach((arg, i) => {
    words[4 + 2 * i + (isBig ? 1 : 0)] = Number(arg & 0xffffffffn);
    words[4 + 2 * i + (isBig ? 0 : 1)] = Number(arg >> 32n);
  });
  return words;
}

/** `visited` gets the instructions that were executed. */
export function interpret(
  program: readonly Instruction[],
  words: Uint32Array,
  visited?: number[],
): Verdict {
  let a = 0;
  for (let pc = 0, steps = 1; ; pc++, steps++) {
    const at = program[pc];
    if (at === undefined) throw new Error(`fell out of the program at ${pc}`);
    visited?.push(pc);
    const { code, jt, jf, k } = at;
    if (code === 0x06) return { action: k, steps };
    else if (code === 0x20) a = words[k / 4]!;
    else if (code === 0x54) a = (a & k) >>> 0;
    else if (code === 0x05) pc += k;
    else if (code === 0x15) pc += a === k ? jt : jf;
    else if (code === 0x25) pc += a > k ? jt : jf;
    else if (code === 0x35) pc += a >= k ? jt : jf;
    else if (code === 0x45) pc += (a & k) !== 0 ? jt : jf;
    else throw new Error(`instruction ${code} at ${pc}`);
  }
}
