// Which variables of the program go along with a saved heap. Any other that changes before it is saved stops the build: it may be
// of one process (a descriptor, a clock) or of one machine (what its CPU can do).

/** What goes along with the heap, by a part of its name in the linker's map. */
const KEPT: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/4heap4HEAP/, "which blocks of the heap are free"],
  [/napi.*module_register/, "napi: classes and modules that are registered"],
  [/napi.*(?:value_ref13REFERENCE_MAP|native_borrow|error18REFLECT_INTRINSICS)/, "napi: tables"],
  [/rquickjs_napi.*(?:state7NEXT_ID|wrap\d+[A-Z]+|memory15EXTERNAL_MEMORY)/, "its handles"],
  [/quickjs\.o\):\(\.bss\.js_atomics_once/, "QuickJS: a mutex is initialised"],
  [/pollster11LOCAL_WAKER/, "the waker of the one thread"],
  [/std.*6thread(?:2id|7current)/, "std: the number and the handle of the one thread"],
  [/std.*thread_local\d*(?:11destructors|5guard)/, "std: what to do at the end of a thread"],
  [/pthread_key_create\.lo\)/, "libc: the key under which std does that"],
];

/** What is made anew by whoever needs it. */
const LEFT: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/std.*6random.*RandomState/, "std: keys of hash tables, constant while saving"],
];

/** A variable, by its address before relocation. */
export interface Variable {
  readonly address: bigint;
  readonly size: bigint;
  readonly name: string;
}

/** The variables that a map of LLVM's linker names: its lines have address, load address, size, alignment and input section. */
export function variablesOf(map: string): Variable[] {
  const found: Variable[] = [];
  for (const line of map.split("\n")) {
    const [, address, size, name] =
      /^\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+\s+(\S.*:\(\.(?:t?data|t?bss)\b.*\))$/.exec(
        line,
      ) ?? [];
    if (name !== undefined) {
      found.push({ address: BigInt(`0x${address}`), size: BigInt(`0x${size}`), name });
    }
  }
  return found;
}

/** Whether the word at `address` goes along; a message if nobody knows. */
export function fateOf(variables: readonly Variable[], address: bigint): "kept" | "left" | string {
  const variable = variables.find(
    (candidate) => candidate.address <= address && address < candidate.address + candidate.size,
  );
  const name = variable?.name ?? `0x${address.toString(16)}`;
  if (KEPT.some(([pattern]) => pattern.test(name))) return "kept";
  if (LEFT.some(([pattern]) => pattern.test(name))) return "left";
  return `${name.slice(Math.max(0, name.lastIndexOf("(")))} changes before the heap is saved: may it go along?`;
}
