// Cuts the 2^32 call numbers of one AUDIT_ARCH into runs of equal decision. x32, -1 and runc's ENOSYS stub are runs too.

import { AUDIT_X86_64, baseOf, hasNoZero, X32, X86_64 } from "./abis";
import { actionIndex } from "./actions";
import { alloc, get32, set32 } from "./memory";
import { stubWanted } from "./parse";
import { abiListed, DEFAULT, decisionAt, highestNameSlot, highestRuleSlot, placeOf } from "./rules";
import { numberOf, SLOT_LIMIT } from "./syscalls";

const RET_ERRNO: u32 = 0x50000;
const RET_TRAP: u32 = 0x30000;
const RET_KILL: u32 = 0;
const RET_KILL_PROCESS: u32 = 0x80000000;
const ENOSYS: u32 = 38;

/** The mode bit of x32, and the upper half of the range with it. */
const X32_BIT: u32 = 0x40000000;

/** The kernel tries every number below this when it installs the filter; here short paths pay. */
const EMULATED: u32 = 472;
const EMULATED_WEIGHT: u32 = 8;

let starts: usize = 0;
let decisions: usize = 0;
let weights: usize = 0;
let total: u32 = 0;
let stubDecision: u32 = 0;

export function runTotal(): u32 {
  return total;
}
export function startOf(run: u32): u32 {
  return get32(starts, run);
}
/** The last number of a run. */
export function lastOfRun(run: u32): u32 {
  return run + 1 < total ? startOf(run + 1) - 1 : u32.MAX_VALUE;
}
export function decisionOf(run: u32): u32 {
  return get32(decisions, run);
}
/** Weight of all runs before this one. */
export function weightBefore(run: u32): u32 {
  return get32(weights, run);
}

/** Whether runc puts its stub before the filter: for defaults that deny. */
export function prepareStub(defaultWord: u32): void {
  const kind = defaultWord & 0xffff0000;
  const denies =
    kind === RET_ERRNO || kind === RET_TRAP || kind === RET_KILL || kind === RET_KILL_PROCESS;
  stubDecision = stubWanted() && denies ? decisionFor(RET_ERRNO | ENOSYS) : 0;
}

export function cutRuns(audit: u32, place: u32): void {
  if (starts === 0) {
    const room = (SLOT_LIMIT * 2 + 16) * 4;
    starts = alloc(room);
    decisions = alloc(room);
    weights = alloc(room);
  }
  total = 0;
  if (audit === AUDIT_X86_64) cutX86_64();
  else cutPlain(place);
  weigh(audit === AUDIT_X86_64 ? 0 : baseOf(abiListed(place)));
}

function cutPlain(place: u32): void {
  const abi = abiListed(place);
  push(0, DEFAULT);
  if (hasNoZero(abi) && hasStub(place)) push(0, stubDecision);
  pushTable(place);
  pushStub(place);
}

/** x86_64 below the mode bit, x32 or death from it on; -1 is what a tracer sets to skip a call, not a call of x32. */
function cutX86_64(): void {
  const wide = placeOf(X86_64);
  const narrow = placeOf(X32);
  const kill = decisionFor(RET_KILL);
  if (wide >= 0) {
    push(0, DEFAULT);
    pushTable(wide);
    pushStub(wide);
  } else {
    push(0, kill);
  }
  push(X32_BIT, narrow >= 0 ? DEFAULT : kill);
  if (narrow >= 0) {
    pushTable(narrow);
    pushStub(narrow);
  }
  // the stub looks at bit 30 alone to tell the two apart
  const other = narrow >= 0 ? DEFAULT : kill;
  push(0x80000000, wide >= 0 && hasStub(wide) ? stubDecision : other);
  push(0xc0000000, narrow >= 0 && hasStub(narrow) ? stubDecision : other);
  if (narrow < 0) push(0xffffffff, DEFAULT);
}

function pushTable(place: u32): void {
  const abi = abiListed(place);
  let last = highestRuleSlot(place);
  if (hasStub(place) && highestNameSlot(place) < last) last = highestNameSlot(place);
  if (last < 0) return;
  for (
    let slot: u32 = abi === X32 || baseOf(abi) !== 0 ? 0 : firstSlot(place);
    slot <= <u32>last;
    slot++
  ) {
    push(numberOf(abi, slot), decisionAt(place, slot));
  }
  push(numberOf(abi, last) + 1, DEFAULT);
}

/** Where number 0 is no call, the stub's decision for it stays. */
function firstSlot(place: u32): u32 {
  return hasNoZero(abiListed(place)) && hasStub(place) ? 1 : 0;
}

function pushStub(place: u32): void {
  if (hasStub(place)) push(numberOf(abiListed(place), highestNameSlot(place)) + 1, stubDecision);
}

/** runc compares with the highest number found, and has no check where that is 0. */
function hasStub(place: u32): bool {
  const highest = highestNameSlot(place);
  return stubDecision !== 0 && highest >= 0 && numberOf(abiListed(place), highest) > 0;
}

function push(start: u32, decision: u32): void {
  if (total > 0 && startOf(total - 1) === start) total--;
  if (total > 0 && decisionOf(total - 1) === decision) return;
  set32(starts, total, start);
  set32(decisions, total, decision);
  total++;
}

function weigh(base: u32): void {
  let sum: u32 = 0;
  for (let run: u32 = 0; run < total; run++) {
    set32(weights, run, sum);
    const from = max(startOf(run), base);
    const to = min(lastOfRun(run), base + EMULATED - 1);
    sum += 1 + (from <= to ? (to - from + 1) * EMULATED_WEIGHT : 0);
  }
  set32(weights, total, sum);
}

function decisionFor(word: u32): u32 {
  return (actionIndex(word) << 1) | 1;
}
