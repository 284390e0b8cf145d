// What the filter compiler tells of an ABI's system calls (native/seccomp/assembly/calls.ts) -> a table. Pure.

export interface Abi {
  /** The compiler's name of it: `x86_64`. */
  readonly name: string;
  /** AUDIT_ARCH_*, which x86_64 and x32 share. */
  readonly audit: number;
  /** Arguments are compared as 32-bit words. */
  readonly isNarrow: boolean;
  readonly isBigEndian: boolean;
  readonly calls: readonly Call[];
}

export interface Call {
  readonly name: string;
  /** Absent where only a carrier makes it. */
  readonly number?: number;
  /** socketcall(2) or ipc(2), which makes it too where its first argument is `subcall`. */
  readonly carrier?: { readonly number: number; readonly subcall: number };
}

export function parseCalls(name: string, text: string): Abi {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const [audit, isNarrow, isBigEndian] = head.split(" ").map(Number);
  return {
    name,
    audit: audit!,
    isNarrow: isNarrow === 1,
    isBigEndian: isBigEndian === 1,
    calls: lines.map(parseCall),
  };
}

function parseCall(line: string): Call {
  const [name, number, carrier, subcall] = line.split(" ");
  return {
    name: name!,
    ...(number !== "-" && { number: Number(number) }),
    ...(carrier !== undefined && {
      carrier: { number: Number(carrier), subcall: Number(subcall) },
    }),
  };
}

/** The name of a number, if a call has it. */
export function nameOf({ calls }: Abi, number: number): string | undefined {
  return calls.find((call) => call.number === number)?.name;
}
