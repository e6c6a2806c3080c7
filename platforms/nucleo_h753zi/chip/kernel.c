/* The kernel's core: modules as threads, what they do next, and device events. SPEC 4 (events), 13 (faults), 17 (privilege).
 *
 * All of it runs in handler mode at the lowest priority (SVC); interrupts preempt it and only post. So no two pieces of kernel work ever overlap, and waiting for the
 * next event is a WFI inside the SVC that asked for it. */
#include "kernel.h"
#include "player.h"
#include "registers.h"
#include "tap.h"
#include "../../runtime/engine/memory.h"

module modules[MAX_MODULES];
uint32_t module_count;
module *current;
static uint32_t loaded;                /* modules that are loaded; then the device runs */
static volatile uint32_t queue[2], queued;

extern const uint8_t __bundle[];       /* the linker's: right behind the runtime */
extern const uint8_t __bundle_limit[];

/* ---- threads ---- */

void module_switch(module *to) {
  current = to;
  mpu_select(to);
}

static void launch(module *m) {
  module_setup *setup = (module_setup *)(void *)(m->state + MODULE_STACK_BYTES);
  *setup = m->setup;
  setup->arena = (uint8_t *)(setup + 1);
  setup->arena_size = m->state_size - MODULE_STACK_BYTES - (uint32_t)sizeof *setup;
  m->context.psp = (uint32_t)(uintptr_t)(m->state + MODULE_STACK_BYTES - sizeof(exception_frame));
  exception_frame *f = frame_of(m);
  memset(f, 0, sizeof *f);
  f->r0 = (uint32_t)(uintptr_t)setup;
  f->pc = (uint32_t)(uintptr_t)module_main & ~1u;
  f->xpsr = BIT(24);                   /* Thumb */
  module_switch(m);
}

static void give(module *m, uint32_t what, uint32_t a, uint32_t b, uint32_t c) {
  exception_frame *f = frame_of(m);
  f->r0 = what;
  f->r1 = a;
  f->r2 = b;
  f->r3 = c;
}

/* ---- events ---- */

/* From interrupts. One of a kind waits at most, in the order of arrival. */
void event_post(uint32_t kind) {
  for (uint32_t i = 0; i < queued; i++)
    if (queue[i] == kind) return;
  queue[queued] = kind;
  queued = queued + 1;
}

#ifndef HAL_PLAYER
static uint32_t event_take(void) {
  irq_off();
  while (queued == 0) {
    wfi();
    irq_on();                          /* the interrupt that woke us runs here */
    isb();
    irq_off();
  }
  uint32_t kind = queue[0];
  queue[0] = queue[1];
  queued = queued - 1;
  irq_on();
  return kind;
}

static void next_event(uint32_t *kind, uint32_t *a, uint32_t *b) {
  *b = 0;
  do {
    *kind = event_take();
    *a = *kind == EVENT_MODEM_RX ? modem_pending() : 0;
  } while (*kind == EVENT_MODEM_RX && *a == 0);
}
#else
#define next_event play_event
#endif

static void deliver_next(module *m) {
  uint32_t kind, a, b;
  m->active = false;
  next_event(&kind, &a, &b);
  m->active = true;
  tap_event(m->index, kind, a, b);
  give(m, DO_EVENT, kind, a, b);
}

/* ---- what modules report ---- */

void module_trapped(module *m, uint32_t status, uint32_t offset) {
  tap_trap(m->index, status, offset);
  if (m->index == 0 || loaded < module_count) fault_report("trap", m, status, offset);
  call_trapped(m);
}

bool modules_loaded(void) { return loaded == module_count; }

static void on_loaded(void) {
  loaded++;
  if (loaded < module_count) {
    launch(&modules[loaded]);
    return;
  }
  module *first = &modules[0];
  module_switch(first);
  first->active = true;
  tap_start();
  give(first, DO_START, 0, 0, 0);
}

static void on_next(module *m, const exception_frame *f) {
  switch (f->r0) {
    case DONE_LOADED:
      if (m->index != loaded) break;
      on_loaded();
      return;
    case DONE_REFUSED: fault_report("module", m, f->r1, f->r2);
    case DONE_TRAPPED: module_trapped(m, f->r1, f->r2); return;
    case DONE_RETURNED:
      if (m->index == 0) deliver_next(m);
      else call_step(m, DONE_RETURNED, (int32_t)f->r1);
      return;
    default: break;
  }
  fault_report("abi", m, f->r0, f->r1);
}

/* Whether the core stored the module's frame on the module's own C stack. On the chip a stack that the MPU denies is a fault of its own (CFSR.MSTKERR, ARMv7-M B3.2.15)
 * before this is reached; Renode 1.16.1 stores the frame all the same, and from here on the kernel would write to it. */
static bool on_own_stack(const module *m) {
  return m->context.psp - (uint32_t)(uintptr_t)m->state <= MODULE_STACK_BYTES - sizeof(exception_frame);
}

/* Called by SVC_Handler with the context of `current` saved; afterwards it goes on with the context of the `current` of then. */
void kernel_svc(void) {
  if (!current) {
    launch(&modules[0]);
    return;
  }
  if (!on_own_stack(current)) fault_report("stack", current, current->context.psp, 0);
  exception_frame *f = frame_of(current);
  if (f->r12 < HAL_CALLS) hal_call(current, f);
  else if (f->r12 == SVC_NEXT) on_next(current, f);
  else fault_report("abi", current, f->r12, f->pc);
}

void kernel_start(void) {
  const char *expected = bundle_parse(__bundle, (uint32_t)(__bundle_limit - __bundle));
  if (expected) fault_report(expected, NULL, (uint32_t)(uintptr_t)__bundle, 0);
  mpu_init();
  current = NULL;
  register uint32_t r12 __asm__("r12") = SVC_BEGIN;
  __asm__ volatile("svc 0" : : "r"(r12) : "memory");
  for (;;) wfi();
}
