// What a file is, as far as the kernel can execute it: by its permissions and how it begins. Pure.
// Layout of the headers: elf(5).

/** A file as the host shows it; `head` is its beginning. */
export interface File {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly head: Uint8Array;
}

export interface User {
  readonly uid: number;
  readonly gids: readonly number[];
  /** CAP_DAC_OVERRIDE: one permission to execute, of anybody's, is enough. */
  readonly overrides: boolean;
}

const TYPE = 0o170000;
export const isDirectory = ({ mode }: File): boolean => (mode & TYPE) === 0o040000;
export const isRegular = ({ mode }: File): boolean => (mode & TYPE) === 0o100000;

/** Whether the mode lets this user execute the file; access control lists are not looked at. */
export function mayExecute(file: File, user: User): boolean {
  if (user.overrides) return (file.mode & 0o111) !== 0;
  if (file.uid === user.uid) return (file.mode & 0o100) !== 0;
  if (user.gids.includes(file.gid)) return (file.mode & 0o010) !== 0;
  return (file.mode & 0o001) !== 0;
}

/** `interpreter`: what the kernel starts in its place, a path of the container. */
export type Format =
  | { readonly kind: "elf"; readonly machine: number; readonly interpreter?: string }
  | { readonly kind: "script"; readonly interpreter: string }
  | { readonly kind: "unknown" };

export function formatOf(head: Uint8Array): Format {
  if (textAt(head, 0, 2) === "#!") return script(head);
  if (head.length >= 64 && textAt(head, 1, 3) === "ELF" && head[0] === 0x7f) return elf(head);
  return { kind: "unknown" };
}

/** The kernel takes the first word after `#!`. */
function script(head: Uint8Array): Format {
  const line = textAt(head, 2, 254).split("\n")[0]!;
  const [interpreter] = line.split(/[ \t]+/).filter((word) => word !== "");
  return interpreter === undefined ? { kind: "unknown" } : { kind: "script", interpreter };
}

const PT_INTERP = 3;

function elf(head: Uint8Array): Format {
  const isWide = head[4] === 2;
  const isLittle = head[5] === 1;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const short = (at: number) => view.getUint16(at, isLittle);
  const word = (at: number) =>
    isWide ? Number(view.getBigUint64(at, isLittle)) : view.getUint32(at, isLittle);
  const machine = short(18);
  const [table, size, count] = isWide
    ? [word(32), short(54), short(56)]
    : [word(28), short(42), short(44)];
  for (let index = 0; index < count; index++) {
    const at = table + index * size;
    if (at + (isWide ? 40 : 20) > head.length) break;
    if (view.getUint32(at, isLittle) !== PT_INTERP) continue;
    const offset = word(at + (isWide ? 8 : 4));
    const length = word(at + (isWide ? 32 : 16));
    const interpreter = textAt(head, offset, length - 1);
    return { kind: "elf", machine, ...(interpreter !== "" && { interpreter }) };
  }
  return { kind: "elf", machine };
}

function textAt(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + Math.max(0, length)));
}

/** e_machine of what each kernel of ours executes: native first, then the 32-bit one. */
const MACHINES: ReadonlyMap<string, readonly number[]> = new Map([
  ["x86_64", [62, 3]],
  ["aarch64", [183, 40]],
  ["riscv64", [243]],
  ["s390x", [22]],
  ["ppc64le", [21]],
  ["loongarch64", [258]],
]);

const NAMES: ReadonlyMap<number, string> = new Map([
  ...([
    [3, "x86"],
    [8, "mips"],
    [20, "ppc"],
    [21, "ppc64"],
    [22, "s390"],
  ] as const),
  ...([
    [40, "arm"],
    [62, "x86_64"],
    [183, "aarch64"],
    [243, "riscv64"],
    [258, "loongarch64"],
  ] as const),
]);

/** The name of a machine that `arch` can't execute; undefined when it can, or when nothing is known of `arch`. */
export function foreignMachine(machine: number, arch: string): string | undefined {
  const own = MACHINES.get(arch);
  if (own === undefined || own.includes(machine)) return undefined;
  return NAMES.get(machine) ?? `machine ${machine}`;
}
