// The actions of a profile: rules carry an index, instructions the SECCOMP_RET_* word behind it.

import { alloc, get32, set32 } from "./memory";

const MAX_ACTIONS: u32 = 1024;
let actions: usize = 0;
let actionTotal: u32 = 0;

/** The index of an action word. */
export function actionIndex(word: u32): u32 {
  if (actions === 0) actions = alloc(MAX_ACTIONS * 4);
  for (let i: u32 = 0; i < actionTotal; i++) {
    if (get32(actions, i) === word) return i;
  }
  if (actionTotal === MAX_ACTIONS) unreachable();
  set32(actions, actionTotal, word);
  return actionTotal++;
}
export function actionWord(index: u32): u32 {
  return get32(actions, index);
}
