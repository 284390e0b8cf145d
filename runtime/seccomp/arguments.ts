// What a person writes for an argument of a system call -> its 64 bits. Pure.

/** Names that are the same numbers on every architecture, and that profiles are about (socket(2), clone(2), personality(2)). */
const CONSTANTS: ReadonlyMap<string, bigint> = new Map([
  ["AF_UNSPEC", 0n],
  ["AF_UNIX", 1n],
  ["AF_INET", 2n],
  ["AF_INET6", 10n],
  ["AF_NETLINK", 16n],
  ["AF_PACKET", 17n],
  ["AF_ALG", 38n],
  ["AF_VSOCK", 40n],
  ["AF_XDP", 44n],
  ["CLONE_VM", 0x100n],
  ["CLONE_FS", 0x200n],
  ["CLONE_FILES", 0x400n],
  ["CLONE_SIGHAND", 0x800n],
  ["CLONE_PARENT", 0x8000n],
  ["CLONE_THREAD", 0x10000n],
  ["CLONE_NEWNS", 0x20000n],
  ["CLONE_NEWCGROUP", 0x2000000n],
  ["CLONE_NEWUTS", 0x4000000n],
  ["CLONE_NEWIPC", 0x8000000n],
  ["CLONE_NEWUSER", 0x10000000n],
  ["CLONE_NEWPID", 0x20000000n],
  ["CLONE_NEWNET", 0x40000000n],
  ["CLONE_NEWTIME", 0x80n],
  ["PER_LINUX", 0n],
  ["PER_LINUX32", 8n],
  ["UNAME26", 0x20000n],
  ["ADDR_NO_RANDOMIZE", 0x40000n],
]);

export const CONSTANT_NAMES: readonly string[] = [...CONSTANTS.keys()];

const NUMBER = /^(-?\d+|0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+)$/;

/** A number in any notation of C or Go, or names with `|` between them; a negative one is the two's complement. */
export function parseArgument(text: string): bigint | undefined {
  const values = text.split("|").map(parseWord);
  if (values.includes(undefined)) return undefined;
  return (values as bigint[]).reduce((bits, value) => bits | value, 0n);
}

function parseWord(word: string): bigint | undefined {
  const constant = CONSTANTS.get(word);
  if (constant !== undefined) return constant;
  if (!NUMBER.test(word)) return undefined;
  const value = BigInt(/^0[0-7]+$/.test(word) ? `0o${word}` : word);
  const isInRange = value >= -(1n << 63n) && value < 1n << 64n;
  return isInRange ? BigInt.asUintN(64, value) : undefined;
}
