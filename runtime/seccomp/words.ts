// The words of linux.seccomp and the numbers behind them. Tables only.
// Spec: config-linux.md#seccomp

export const KILL_THREAD = 0x00000000;
export const ERRNO = 0x00050000;
export const NOTIFY = 0x7fc00000;
export const TRACE = 0x7ff00000;
export const ALLOW = 0x7fff0000;
export const LOG = 0x7ffc0000;
export const TRAP = 0x00030000;
export const KILL_PROCESS = 0x80000000;

/** SECCOMP_RET_* (linux/seccomp.h). KILL is the thread's: that is what it meant before there were two. */
export const ACTIONS: ReadonlyMap<string, number> = new Map([
  ["SCMP_ACT_KILL", KILL_THREAD],
  ["SCMP_ACT_KILL_THREAD", KILL_THREAD],
  ["SCMP_ACT_KILL_PROCESS", KILL_PROCESS],
  ["SCMP_ACT_TRAP", TRAP],
  ["SCMP_ACT_ERRNO", ERRNO],
  ["SCMP_ACT_TRACE", TRACE],
  ["SCMP_ACT_ALLOW", ALLOW],
  ["SCMP_ACT_LOG", LOG],
  ["SCMP_ACT_NOTIFY", NOTIFY],
]);

/** As native/seccomp/assembly/conditions.ts numbers them. */
export const OPERATORS: ReadonlyMap<string, number> = new Map([
  ["SCMP_CMP_NE", 1],
  ["SCMP_CMP_LT", 2],
  ["SCMP_CMP_LE", 3],
  ["SCMP_CMP_EQ", 4],
  ["SCMP_CMP_GE", 5],
  ["SCMP_CMP_GT", 6],
  ["SCMP_CMP_MASKED_EQ", 7],
]);

interface Abi {
  /** The compiler's name of it. */
  readonly name: string;
  readonly isBigEndian: boolean;
}

const little = (name: string): Abi => ({ name, isBigEndian: false });
const big = (name: string): Abi => ({ name, isBigEndian: true });

/** Exactly runc's list: the spec's PARISC, PARISC64, M68K, SH and SHEB fail there too. */
export const ARCHITECTURES: ReadonlyMap<string, Abi> = new Map([
  ["SCMP_ARCH_X86", little("x86")],
  ["SCMP_ARCH_X86_64", little("x86_64")],
  ["SCMP_ARCH_X32", little("x32")],
  ["SCMP_ARCH_ARM", little("arm")],
  ["SCMP_ARCH_AARCH64", little("aarch64")],
  ["SCMP_ARCH_MIPS", big("mips")],
  ["SCMP_ARCH_MIPSEL", little("mipsel")],
  ["SCMP_ARCH_MIPS64", big("mips64")],
  ["SCMP_ARCH_MIPSEL64", little("mipsel64")],
  ["SCMP_ARCH_MIPS64N32", big("mips64n32")],
  ["SCMP_ARCH_MIPSEL64N32", little("mipsel64n32")],
  ["SCMP_ARCH_PPC", big("ppc")],
  ["SCMP_ARCH_PPC64", big("ppc64")],
  ["SCMP_ARCH_PPC64LE", little("ppc64le")],
  ["SCMP_ARCH_RISCV64", little("riscv64")],
  ["SCMP_ARCH_S390", big("s390")],
  ["SCMP_ARCH_S390X", big("s390x")],
  ["SCMP_ARCH_LOONGARCH64", little("loongarch64")],
]);

/** SECCOMP_FILTER_FLAG_*. TSYNC is accepted and has no effect, as in runc: the filter is loaded by a single thread. */
export const FLAGS: ReadonlyMap<string, number> = new Map([
  ["SECCOMP_FILTER_FLAG_TSYNC", 0],
  ["SECCOMP_FILTER_FLAG_LOG", 1 << 1],
  ["SECCOMP_FILTER_FLAG_SPEC_ALLOW", 1 << 2],
  ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 1 << 5],
]);
export const SPEC_ALLOW = 1 << 2;
export const NEW_LISTENER = 1 << 3;
export const WAIT_KILLABLE_RECV = 1 << 5;
