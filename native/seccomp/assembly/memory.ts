// The one module that touches linear memory: a bump allocator (an instance compiles once and is thrown away) and
// accessors. Nothing here is managed by AssemblyScript's runtime.

let top: usize = __heap_base;

/** Zeroed bytes, aligned to 8. Traps when the memory limit is reached: the host reports a profile that is too large. */
export function alloc(size: u32): usize {
  const block = (top + 7) & ~(<usize>7);
  const end = block + size;
  if (end < block) unreachable();
  const pages = memory.size();
  const needed = i32((end + 0xffff) >>> 16);
  if (needed > pages && memory.grow(needed - pages) < 0) unreachable();
  top = end;
  return block;
}

/** End of what has been used; everything above is still zero. */
export function memoryTop(): usize {
  return top;
}

export function get8(base: usize, index: u32): u32 {
  return load<u8>(base + index);
}
export function set8(base: usize, index: u32, value: u32): void {
  store<u8>(base + index, value);
}
export function get16(base: usize, index: u32): u32 {
  return load<u16>(base + (index << 1));
}
export function set16(base: usize, index: u32, value: u32): void {
  store<u16>(base + (index << 1), value);
}
export function get32(base: usize, index: u32): u32 {
  return load<u32>(base + (index << 2));
}
export function set32(base: usize, index: u32, value: u32): void {
  store<u32>(base + (index << 2), value);
}
export function get64(base: usize, index: u32): u64 {
  return load<u64>(base + (index << 3));
}
export function set64(base: usize, index: u32, value: u64): void {
  store<u64>(base + (index << 3), value);
}
