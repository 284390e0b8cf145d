// The ABIs by audit number: what the probes need to know of them. Source: linux/audit.h

export interface Machine {
  readonly audit: number;
  readonly isBig: boolean;
  readonly isNarrow: boolean;
  /** Number of the first call. */
  readonly base: number;
  readonly hasMux: boolean;
}

const machine = (
  audit: number,
  isNarrow = false,
  isBig = false,
  base = 0,
  hasMux = false,
): Machine => ({
  audit,
  isBig,
  isNarrow,
  base,
  hasMux,
});

export const MACHINES: ReadonlyMap<string, Machine> = new Map([
  ["x86", machine(0x40000003, true, false, 0, true)],
  ["x86_64", machine(0xc000003e)],
  ["x32", machine(0xc000003e, true, false, 0x40000000)],
  ["arm", machine(0x40000028, true)],
  ["aarch64", machine(0xc00000b7)],
  ["mips", machine(0x00000008, true, true, 4000, true)],
  ["mipsel", machine(0x40000008, true, false, 4000, true)],
  ["mips64", machine(0x80000008, false, true, 5000)],
  ["mipsel64", machine(0xc0000008, false, false, 5000)],
  ["mips64n32", machine(0xa0000008, true, true, 6000)],
  ["mipsel64n32", machine(0xe0000008, true, false, 6000)],
  ["ppc", machine(0x00000014, true, true, 0, true)],
  ["ppc64", machine(0x80000015, false, true, 0, true)],
  ["ppc64le", machine(0xc0000015, false, false, 0, true)],
  ["riscv64", machine(0xc00000f3)],
  ["s390", machine(0x00000016, true, true, 0, true)],
  ["s390x", machine(0x80000016, false, true, 0, true)],
  ["loongarch64", machine(0xc0000102)],
]);

/** The names of linux/audit.h that the fixtures use; I386 is x86 there. */
export function machineOfAudit(name: string): Machine | undefined {
  const abi = name.replace("AUDIT_ARCH_", "").toLowerCase();
  return MACHINES.get(abi === "i386" ? "x86" : abi);
}

export const abiOf = (scmpArch: string): string => scmpArch.replace("SCMP_ARCH_", "").toLowerCase();
