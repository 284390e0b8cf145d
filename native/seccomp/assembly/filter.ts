// Lays out the program: load arch, one test per AUDIT_ARCH (native first), then per arch a search tree over the runs of
// call numbers. Argument checks come only in leaves.

import { auditOf, isBigEndian } from "./abis";
import { actionWord } from "./actions";
import { branch, fallInto, IF_EQ, IF_GE, load, returnOf } from "./bpf";
import { emitList, setByteOrder } from "./checks";
import { alloc, get32, set32 } from "./memory";
import { abiListed, listedTotal } from "./rules";
import {
  cutRuns,
  decisionOf,
  lastOfRun,
  prepareStub,
  runTotal,
  startOf,
  weightBefore,
} from "./runs";

// Offsets in struct seccomp_data.
const NR: u32 = 0;
const ARCH: u32 = 4;

export function emitFilter(): void {
  setByteOrder(isBigEndian(abiListed(0)));
  prepareStub(actionWord(0));
  const audits = alloc(listedTotal() * 8);
  let total: u32 = 0;
  for (let place: u32 = 0; place < listedTotal(); place++) {
    const audit = auditOf(abiListed(place));
    let i: u32 = 0;
    while (i < total && get32(audits, i * 2) !== audit) i++;
    if (i < total) continue;
    set32(audits, total * 2, audit);
    set32(audits, total * 2 + 1, place);
    total++;
  }
  // an architecture that is not listed is killed, whatever the default
  let other = returnOf(0);
  for (; total > 0; total--) {
    const audit = get32(audits, (total - 1) * 2);
    cutRuns(audit, get32(audits, (total - 1) * 2 + 1));
    other = branch(IF_EQ, audit, emitBlock(), other);
  }
  fallInto(other);
  load(ARCH);
}

function emitBlock(): u32 {
  if (runTotal() === 1 && (decisionOf(0) & 1) !== 0) return emitDecision(decisionOf(0));
  fallInto(emitTree(0, runTotal() - 1));
  return load(NR);
}

/** The runs from `low` to `high`: halves of about equal weight, singles amid one decision by equality. */
function emitTree(low: u32, high: u32): u32 {
  if (low === high) return emitDecision(decisionOf(low));
  if (isChain(low, high)) return emitChain(low, high);
  const middle = middleOf(low, high);
  const right = emitTree(middle, high);
  const left = emitTree(low, middle - 1);
  return branch(IF_GE, startOf(middle), right, left);
}

/** A x A or A x A y A, where x and y are single numbers. */
function isChain(low: u32, high: u32): bool {
  if (high - low !== 2 && high - low !== 4) return false;
  for (let run = low + 1; run < high; run += 2) {
    if (decisionOf(run + 1) !== decisionOf(low) || startOf(run) !== lastOfRun(run)) return false;
  }
  return true;
}

function emitChain(low: u32, high: u32): u32 {
  let entry = emitDecision(decisionOf(low));
  for (let run = low + 1; run < high; run += 2) {
    entry = branch(IF_EQ, startOf(run), emitDecision(decisionOf(run)), entry);
  }
  return entry;
}

function middleOf(low: u32, high: u32): u32 {
  const half = (weightBefore(low) + weightBefore(high + 1)) >>> 1;
  let middle = low + 1;
  while (middle < high && weightBefore(middle) < half) middle++;
  // the border before may be nearer to the half
  if (middle > low + 1 && half - weightBefore(middle - 1) < weightBefore(middle) - half) middle--;
  return middle;
}

function emitDecision(decision: u32): u32 {
  return (decision & 1) !== 0 ? returnOf(actionWord(decision >>> 1)) : emitList(decision);
}
