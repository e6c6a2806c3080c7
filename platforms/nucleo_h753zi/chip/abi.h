/* Between the kernel and the unprivileged side of a module (module.c).
 *
 * SVC: r12 = number, r0..r3, r4, r5 = arguments, r6 = pages of the module's memory as its interpreter has it. Back: r0..r3.
 *   0..19   HAL call of that number          -> r0 = its result
 *   NEXT    r0 = how the last work ended (DONE_...), r1 = its value, r2 = offset of a trap
 *                                            -> r0 = what to do next (DO_...), r1..r3 = its arguments */
#ifndef ABI_H
#define ABI_H

#include <stdint.h>

#define HAL_CALLS 20u
enum { SVC_NEXT = 0xfe, SVC_BEGIN = 0xff };
enum { DONE_LOADED = 1, DONE_RETURNED, DONE_TRAPPED, DONE_REFUSED };
enum { DO_START = 1, DO_EVENT, DO_MAILBOX, DO_SERVE };

typedef struct {
  const uint8_t *wasm, *side;
  uint32_t wasm_size, side_size;
  uint8_t *memory;
  uint32_t memory_pages, hal_calls, is_event;
  uint8_t *arena;
  uint32_t arena_size;
} module_setup;

/* module.c: where a module's thread begins; `setup` lies in its own memory */
void module_main(const module_setup *setup);

#define MAX_DEPTH 512u               /* SPEC 13 */
#define MODULE_STACK_BYTES 4096u

#endif
