// Runs one function of the filter compiler in a fresh instance. Also the little of wasm2c's runtime that it needs.
// Traps end in a longjmp that never leaves this file. Not re-entrant: the caller holds a lock.

#include <setjmp.h>

#include "filter.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "wasm2c keeps memory reversed on big-endian machines; the copies below would have to follow"
#endif

// The maximum that scripts/build-seccomp.ts gives the module. Untouched pages cost nothing.
#define ARENA_PAGES 32
#define PAGE 65536u

struct filter_result {
  int32_t code;  // 0, an error of the compiler, or minus a trap's number
  int32_t rule;
  const uint8_t *output;  // valid until the next call
  uint32_t length;
};

typedef u32 (*filter_function)(Z_filter_instance_t *, u32, u32);

static uint8_t arena[ARENA_PAGES * PAGE] __attribute__((aligned(4096)));
static uint32_t dirty;  // bytes of the arena that an earlier call may have written
static jmp_buf trap_target;
static bool is_set_up;

uint32_t wasm_rt_call_stack_depth;

static void call(filter_function function, const uint8_t *input, uint32_t length, struct filter_result *result) {
  static Z_filter_instance_t instance;
  if (!is_set_up) {
    Z_filter_init_module();
    is_set_up = true;
  }
  memset(arena, 0, dirty);
  dirty = sizeof arena;
  wasm_rt_call_stack_depth = 0;
  result->rule = -1;
  result->output = arena;
  result->length = 0;
  int trap = setjmp(trap_target);
  if (trap != 0) {
    result->code = -trap;
    return;
  }
  Z_filter_instantiate(&instance);
  u32 at = Z_filterZ_input(&instance, length);
  memcpy(arena + at, input, length);
  result->code = (int32_t)function(&instance, at, length);
  result->rule = (int32_t)Z_filterZ_errorRule(&instance);
  result->output = arena + Z_filterZ_output(&instance);
  result->length = Z_filterZ_outputLength(&instance);
  dirty = Z_filterZ_used(&instance);
}

void trunc_seccomp_compile(const uint8_t *text, uint32_t length, struct filter_result *result) {
  call(Z_filterZ_compile, text, length, result);
}

void trunc_seccomp_disassemble(const uint8_t *program, uint32_t length, struct filter_result *result) {
  call(Z_filterZ_disassemble, program, length, result);
}

void trunc_seccomp_decide(const uint8_t *input, uint32_t length, struct filter_result *result) {
  call(Z_filterZ_decide, input, length, result);
}

void trunc_seccomp_list_calls(const uint8_t *name, uint32_t length, struct filter_result *result) {
  call(Z_filterZ_listCalls, name, length, result);
}

void wasm_rt_trap(wasm_rt_trap_t trap) {
  longjmp(trap_target, trap);
}

bool wasm_rt_is_initialized(void) {
  return true;
}

// Types matter to indirect calls only, and there are none.
uint32_t wasm_rt_register_func_type(uint32_t parameters, uint32_t results, ...) {
  return 0;
}

void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t max_pages) {
  memory->data = arena;
  memory->pages = pages;
  memory->max_pages = max_pages < ARENA_PAGES ? max_pages : ARENA_PAGES;
  memory->size = pages * PAGE;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t pages) {
  uint32_t before = memory->pages;
  if (pages > memory->max_pages - before) return (uint32_t)-1;
  memory->pages = before + pages;
  memory->size = memory->pages * PAGE;
  return before;
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory) {
  memory->data = NULL;
}
