// Lists of conditional rules for one call: kept in the profile's order, the first whose conditions all hold decides.

import { countOf, isAlways, isNever, isPrefix } from "./conditions";
import { CONFLICT, fail } from "./failure";
import { alloc, get32, set32 } from "./memory";

/** Next, previous, condition set, action index, whether it still takes part in the search for conflicts. */
const NODE_BYTES: u32 = 20;
/** First node, last node, action index if none matches, where its code is (position + 1), whether simplified. */
const LIST_BYTES: u32 = 20;

/** Lists that stay different are looked for among so many; beyond, equal ones are just emitted twice. */
const MAX_INTERNED: u32 = 512;

let interned: usize = 0;
let internedTotal: u32 = 0;

export function makeList(): usize {
  return alloc(LIST_BYTES);
}

/** Adds a rule unless one before it covers it. */
export function addToList(list: usize, set: usize, action: u32, entry: i32): void {
  if (isNew(list, set, action, entry)) append(list, set, action);
}

/** libseccomp's EEXIST: equal conditions, or fewer of them after more, with another action. */
function isNew(list: usize, set: usize, action: u32, entry: i32): bool {
  for (let node: usize = firstOf(list); node !== 0; node = nextOf(node)) {
    if (get32(node, 4) === 0) continue;
    const covers = isPrefix(setOf(node), set);
    const isLonger = !covers && isPrefix(set, setOf(node));
    const isSame = covers && countOf(set) === countOf(setOf(node));
    if ((isSame || isLonger) && actionOf(node) !== action) fail(CONFLICT, entry);
    if (covers) return false;
    if (isLonger) set32(node, 4, 0);
  }
  return true;
}

function append(list: usize, set: usize, action: u32): void {
  const node = alloc(NODE_BYTES);
  const last = lastOf(list);
  set32(node, 1, <u32>last);
  set32(node, 2, <u32>set);
  set32(node, 3, action);
  set32(node, 4, 1);
  if (last === 0) set32(list, 0, <u32>node);
  else set32(last, 0, <u32>node);
  set32(list, 1, <u32>node);
}

export function firstOf(list: usize): usize {
  return get32(list, 0);
}
export function lastOf(list: usize): usize {
  return get32(list, 1);
}
export function fallbackOf(list: usize): u32 {
  return get32(list, 2);
}
export function nextOf(node: usize): usize {
  return get32(node, 0);
}
export function previousOf(node: usize): usize {
  return get32(node, 1);
}
export function setOf(node: usize): usize {
  return get32(node, 2);
}
export function actionOf(node: usize): u32 {
  return get32(node, 3);
}
/** Position of the list's code + 1, 0 while it has none. */
export function codeOf(list: usize): u32 {
  return get32(list, 3);
}
export function setCode(list: usize, position: u32): void {
  set32(list, 3, position + 1);
}

/** The address of a list that decides alike, or the action index << 1 | 1 if no condition is left. */
export function decisionOfList(list: usize): u32 {
  simplify(list);
  return firstOf(list) === 0 ? (fallbackOf(list) << 1) | 1 : intern(list);
}

/** Drops rules that never hold and everything after one that always does. */
function simplify(list: usize): void {
  if (get32(list, 4) !== 0) return;
  set32(list, 4, 1);
  let node: usize = firstOf(list);
  set32(list, 0, 0);
  set32(list, 1, 0);
  for (; node !== 0; node = nextOf(node)) {
    if (isNever(setOf(node))) continue;
    if (isAlways(setOf(node))) {
      set32(list, 2, actionOf(node));
      break;
    }
    append(list, setOf(node), actionOf(node));
  }
}

function intern(list: usize): u32 {
  if (interned === 0) interned = alloc(MAX_INTERNED * 4);
  for (let i: u32 = 0; i < internedTotal; i++) {
    if (isAlike(get32(interned, i), list)) return get32(interned, i);
  }
  if (internedTotal < MAX_INTERNED) set32(interned, internedTotal++, <u32>list);
  return <u32>list;
}

function isAlike(a: usize, b: usize): bool {
  if (a === b) return true;
  if (fallbackOf(a) !== fallbackOf(b)) return false;
  let x = firstOf(a);
  let y = firstOf(b);
  while (x !== 0 && y !== 0) {
    if (setOf(x) !== setOf(y) || actionOf(x) !== actionOf(y)) return false;
    x = nextOf(x);
    y = nextOf(y);
  }
  return x === y;
}
