// `process.capabilities` -> bit sets. Pure.
// Spec: config.md#linux-process, capabilities(7)

import { CAPABILITY_NAMES } from "../../schemas/capability-names.ts";
import type { Capabilities } from "../config/types.ts";

/** One bit a capability; below 2^53, so a number will do. */
export interface CapabilitySets {
  readonly bounding: number;
  readonly permitted: number;
  readonly effective: number;
  readonly inheritable: number;
  readonly ambient: number;
}

const BITS = capabilityBits();

/** Every capability that there is. */
export const ALL_CAPABILITIES = 2 ** CAPABILITY_NAMES.length - 1;

/** A loop: on QuickJS half the price of a map made of pairs, and every start pays it. */
function capabilityBits(): ReadonlyMap<string, number> {
  const bits = new Map<string, number>();
  let bit = 1;
  for (let number = 0; number < CAPABILITY_NAMES.length; number++) {
    bits.set(CAPABILITY_NAMES[number]!, bit);
    bit *= 2;
  }
  return bits;
}

/**
 * Unknown names were warned of when the config was read; what is not listed, or nothing at all, is dropped. `grantable`: what
 * the runtime has to give; it warns of the rest ("Runtimes SHOULD NOT fail if the container configuration requests capabilities
 * that cannot be granted").
 */
export function capabilitySets(
  capabilities: Capabilities = {},
  grantable: number,
  warnings: string[],
): CapabilitySets {
  const { bounding, permitted, effective, inheritable, ambient } = capabilities;
  const missing = new Set<string>();
  const bitsOf = (names: readonly string[] = []): number => {
    let bits = 0;
    for (const name of names) {
      const bit = BITS.get(name);
      if (bit === undefined || hasBit(bits, bit)) continue;
      if (hasBit(grantable, bit)) bits += bit;
      else missing.add(name);
    }
    return bits;
  };
  const sets = {
    bounding: bitsOf(bounding),
    permitted: bitsOf(permitted),
    effective: bitsOf(effective),
    inheritable: bitsOf(inheritable),
    ambient: bitsOf(raisable(ambient, permitted, inheritable, warnings)),
  };
  if (missing.size > 0) {
    const names = [...missing].join(", ");
    warnings.push(`/process/capabilities: ignored ${names}: this runtime has not got them itself`);
  }
  return sets;
}

/** The kernel has none in the ambient set that is not in both of the others; engines and runc's own default ask for them. */
function raisable(
  ambient: readonly string[] = [],
  permitted: readonly string[] = [],
  inheritable: readonly string[] = [],
  warnings: string[],
): readonly string[] {
  const isRaisable = (name: string): boolean =>
    permitted.includes(name) && inheritable.includes(name);
  const others = ambient.filter((name) => BITS.has(name) && !isRaisable(name));
  if (others.length === 0) return ambient;
  const reason = "only what is permitted and inheritable can be ambient";
  warnings.push(`/process/capabilities/ambient: ignored ${others.join(", ")}: ${reason}`);
  return ambient.filter(isRaisable);
}

/** Beyond 32 bits there is no `&` for numbers. */
function hasBit(bits: number, bit: number): boolean {
  return Math.floor(bits / bit) % 2 === 1;
}
