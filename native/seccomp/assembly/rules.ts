// Collects rules per ABI and call. A "decision" is a u32: action index << 1 | 1, or the address of a list of
// conditional rules; 0 in a table of slots means that no rule names the call.

import { isMultiplexed, isNarrow } from "./abis";
import { countOf, withSubcall } from "./conditions";
import { IPC_ROW, SOCKETCALL_ROW } from "./generated/syscalls";
import { addToList, decisionOfList, makeList } from "./lists";
import { alloc, get32, set32 } from "./memory";
import { IPC, SLOT_LIMIT, SOCKETCALL, slotOf, subcallOf } from "./syscalls";

/** The default action has index 0. */
export const DEFAULT: u32 = 1;

const MAX_ABIS: u32 = 18;
const abis: usize = memory.data(MAX_ABIS * 4, 4);
const tables: usize = memory.data(MAX_ABIS * 4, 4);
const highestRule: usize = memory.data(MAX_ABIS * 4, 4);
const highestName: usize = memory.data(MAX_ABIS * 4, 4);
let abiTotal: u32 = 0;

export function addAbi(abi: u32): void {
  for (let i: u32 = 0; i < abiTotal; i++) {
    if (get32(abis, i) === abi) return;
  }
  set32(abis, abiTotal, abi);
  set32(tables, abiTotal, <u32>alloc(SLOT_LIMIT * 4));
  set32(highestRule, abiTotal, <u32>-1);
  set32(highestName, abiTotal, <u32>-1);
  abiTotal++;
}

/** The listed ABIs, native first. */
export function abiListed(i: u32): u32 {
  return i < abiTotal ? get32(abis, i) : <u32>-1;
}
/** Place of an ABI in the list, -1 if absent. */
export function placeOf(abi: u32): i32 {
  for (let i: u32 = 0; i < abiTotal; i++) {
    if (get32(abis, i) === abi) return i;
  }
  return -1;
}
export function listedTotal(): u32 {
  return abiTotal;
}
/** Highest slot with a rule, and highest slot of any name in the profile, rule or not; -1 if none. */
export function highestRuleSlot(place: u32): i32 {
  return <i32>get32(highestRule, place);
}
export function highestNameSlot(place: u32): i32 {
  return <i32>get32(highestName, place);
}

/**
 * One name of an entry. `wide` and `narrow` are arrays of `total` condition sets for 64-bit and 32-bit ABIs, each set a
 * rule of its own. A skipped entry (its action is the default) only counts for the highest name.
 */
export function addName(
  row: u32,
  entry: i32,
  skipped: bool,
  action: u32,
  total: u32,
  wide: usize,
  narrow: usize,
): void {
  const subcall = subcallOf(row);
  for (let place: u32 = 0; place < abiTotal; place++) {
    const abi = get32(abis, place);
    const slot = slotOf(row, abi);
    const multiplexed = subcall !== 0 && isMultiplexed(abi);
    if (slot < 0 && !multiplexed) continue;
    // libseccomp resolves multiplexed names to negative pseudo numbers, so runc's stub never sees them
    if (!multiplexed && slot > highestNameSlot(place)) set32(highestName, place, slot);
    if (skipped) continue;
    const sets = isNarrow(abi) ? narrow : wide;
    for (let i: u32 = 0; i < total; i++) {
      if (slot >= 0) addRule(place, slot, entry, action, get32(sets, i));
      if (!multiplexed) continue;
      const set = withSubcall(get32(sets, i), subcall & 0xff);
      addRule(place, carrierSlot(subcall, abi), entry, action, set);
    }
  }
}

function carrierSlot(subcall: u32, abi: u32): u32 {
  return slotOf((subcall & IPC) === SOCKETCALL ? SOCKETCALL_ROW : IPC_ROW, abi);
}

function addRule(place: u32, slot: u32, entry: i32, action: u32, set: usize): void {
  const table = get32(tables, place);
  const present = get32(table, slot);
  // an unconditional rule decides alone, before or after conditional ones; of two, the first
  if ((present & 1) !== 0) return;
  if (<i32>slot > highestRuleSlot(place)) set32(highestRule, place, slot);
  if (countOf(set) === 0) {
    set32(table, slot, (action << 1) | 1);
    return;
  }
  if (present === 0) set32(table, slot, <u32>makeList());
  addToList(get32(table, slot), set, action, entry);
}

/** What is decided for a slot: constant rules resolved, lists that are alike made one. */
export function decisionAt(place: u32, slot: u32): u32 {
  const table = get32(tables, place);
  const present = get32(table, slot);
  if (present === 0) return DEFAULT;
  if ((present & 1) !== 0) return present;
  const decision = decisionOfList(present);
  set32(table, slot, decision);
  return decision;
}
