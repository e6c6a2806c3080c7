/* The measuring program: the engine on a bare Cortex-M7, one command at a time through a mailbox in RAM.
 *
 * Nothing of the product's chip support is in it: no MPU, no clocks, no calls to a kernel, so that what is counted is the engine's work.
 * It sleeps (WFI) between commands; the host writes a command, pends an interrupt that stays masked, and the core goes on. The
 * layout of the mailbox is SPEC 29. Left out on purpose: imports (the measured modules have none) and recovery from faults, which end in a sleep
 * with `state` as it was: the host reports that.
 */
#include "../../engine/engine.h"

enum { STATE_READY = 0x59444552 /* "REDY" */, STATE_BUSY = 0x59535542 /* "BUSY" */ };
enum { COMMAND_LOAD = 1, COMMAND_FIND = 2, COMMAND_CALL = 3 };

typedef struct {
  uint32_t state, command, status;
  uint32_t module, module_size, table, table_size; /* COMMAND_LOAD */
  uint32_t memory;                                 /* answer of COMMAND_LOAD: where the linear memory is */
  uint32_t func;                                   /* answer of COMMAND_FIND, taken by COMMAND_CALL */
  uint32_t arg_count, args[8], result;             /* COMMAND_CALL */
  char name[64];                                   /* COMMAND_FIND */
} mailbox;

#define NVIC_ISER0 (*(volatile uint32_t *)0xE000E100u)
#define NVIC_ICPR0 (*(volatile uint32_t *)0xE000E280u)
#define WAKE 28u

enum { ARENA_BYTES = 64 * 1024, PAGES = 4 };
extern uint8_t __stack_top[];
static uint8_t arena[ARENA_BYTES] __attribute__((aligned(8), section(".dtcm")));
static uint8_t memory[PAGES * WR_PAGE] __attribute__((aligned(8), section(".axi")));
static volatile mailbox box __attribute__((section(".mailbox")));
static wr_module module;
static wr_instance instance;

static wr_status load(void) {
  const void *table = (const void *)(uintptr_t)box.table;
  wr_status status =
    wr_load(&module, (const uint8_t *)(uintptr_t)box.module, box.module_size, table, box.table_size, arena, sizeof arena);
  if (status != WR_OK) return status;
  box.memory = (uint32_t)(uintptr_t)memory;
  const wr_config config = {.arena = arena, .arena_size = sizeof arena, .memory = memory, .memory_pages = PAGES};
  return wr_instantiate(&instance, &module, &config);
}

static wr_status find(void) {
  uint32_t func = 0;
  wr_status status = wr_find_func(&instance, (const char *)box.name, &func);
  box.func = func;
  return status;
}

static wr_status call(void) {
  wr_slot args[8];
  for (uint32_t i = 0; i < 8; i++) args[i] = box.args[i];
  wr_status status = wr_call(&instance, box.func, args, box.arg_count, 8);
  box.result = (uint32_t)args[0];
  return status;
}

void Reset_Handler(void) __attribute__((noreturn));
void Reset_Handler(void) {
  __asm__ volatile("cpsid i");
  NVIC_ISER0 = 1u << WAKE;
  for (;;) {
    box.state = STATE_READY;
    __asm__ volatile("dsb\n\twfi" ::: "memory");
    NVIC_ICPR0 = 1u << WAKE;
    box.state = STATE_BUSY;
    switch (box.command) {
      case COMMAND_LOAD: box.status = (uint32_t)load(); break;
      case COMMAND_FIND: box.status = (uint32_t)find(); break;
      case COMMAND_CALL: box.status = (uint32_t)call(); break;
      default: box.status = (uint32_t)WR_BAD_CALL;
    }
  }
}

static void fault(void) {
  for (;;) __asm__ volatile("wfi");
}

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16] = {
  [0] = (vector)(uintptr_t)__stack_top, [1] = Reset_Handler, [2 ... 15] = fault,
};
