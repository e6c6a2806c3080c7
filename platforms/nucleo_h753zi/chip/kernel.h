/* The kernel's own interfaces: modules as the kernel sees them, and what its files give each other.
 *
 * The kernel is everything privileged: handlers, drivers, checks. A module's interpreter runs unprivileged in thread mode on a stack of its own (module.c) and asks
 * for everything by SVC. SPEC 4 (HAL), 5 (statuses), 13 (limits), 17 (privilege and memory on the chip). */
#ifndef KERNEL_H
#define KERNEL_H

#include "abi.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  OK = 0, DENIED = -1, INVALID = -2, WRP = -16, LOCKED = -17, PGS = -18, STRB = -19, INC = -20, ECC = -21, RDP = -22, SPI_FAULT = -32,
  ENTROPY_SEED = -48, ENTROPY_CLOCK = -49, OVERRUN = -64, NOT_SET = -80, NO_MODULE = -96, NO_ROOM = -97, TRAPPED = -98
};

#define MAX_MODULES 4u
#define MAX_GRANTS 7u
#define WASM_PAGE 65536u
#define MAILBOX_BYTES 2048u
#define BOOT_BLOCK_BYTES 256u

typedef struct { uint32_t start, end, rights; } flash_grant;
enum { RIGHT_READ = 1, RIGHT_PROGRAM = 2, RIGHT_ERASE = 4 };

/* What the CPU pushes on exception entry (ARMv7-M B1.5.6, no floating point). */
typedef struct { uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr; } exception_frame;

/* Saved by SVC_Handler (start.c): the layout is known there. */
typedef struct { uint32_t psp, r4_r11[8]; } thread_context;

/* One module of the bundle. The first member must stay first: SVC_Handler saves to it. */
typedef struct module {
  thread_context context;
  uint32_t index;
  char name[9];
  module_setup setup;                /* copied to the module's own memory when it starts */
  uint8_t *memory;
  uint32_t memory_pages;
  uint32_t hal_calls, callable, grant_count;
  flash_grant grants[MAX_GRANTS];
  uint8_t *state;                    /* engine state and C stack: SPEC 17 */
  uint32_t state_size;
  bool active, dead;
  /* a call of this module that is under way (HAL 18) */
  struct module *caller;
  uint32_t fn, in_size, out_capacity, mailbox;
  const uint8_t *in;
  uint8_t *out;
} module;

extern module modules[MAX_MODULES];
extern uint32_t module_count;
extern module *current;

static inline exception_frame *frame_of(module *m) { return (exception_frame *)(uintptr_t)m->context.psp; }

/* A HAL call whose grant and buffers hold. */
typedef struct {
  module *m;
  uint32_t number, args[6], in_size, out_size;
  const uint8_t *in;
  uint8_t *out;
  uint32_t written;                  /* bytes put into `out`, for the trace */
} hal_request;
typedef int32_t (*hal_service)(hal_request *r);

/* kernel.c */
void kernel_svc(void);
void kernel_start(void) __attribute__((noreturn));
void module_switch(module *to);
bool modules_loaded(void);
void module_trapped(module *m, uint32_t status, uint32_t offset);

/* bundle.c: NULL, or what was expected */
const char *bundle_parse(const uint8_t *bytes, uint32_t room);

/* hal.c, calls.c */
void hal_call(module *m, exception_frame *f);
void hal_finish(module *m, int32_t status, const uint8_t *out, uint32_t written);
bool call_begin(hal_request *r, int32_t *status);
void call_step(module *callee, uint32_t kind, int32_t value);
void call_trapped(module *callee);
uint8_t *memory_of(module *m, uint32_t address, uint32_t size);

/* mpu.c */
void mpu_init(void);
void mpu_select(const module *m);

/* fault.c */
void fault_report(const char *what, const module *m, uint32_t a, uint32_t b) __attribute__((noreturn));
void bus_guard_on(void);
bool bus_guard_off(void);            /* true: a bus error happened since bus_guard_on */

/* drivers */
void clock_init(void);
void io_init(void);
void timer_init(void);
uint64_t timer_ticks(void);          /* since reset, TICKS_PER_MS */
#define TICKS_PER_MS 10u
void timer_set(uint32_t delay_ms);
void timer_sleep(uint32_t ms);
bool interrupts_wake(void);
void timer_wait(uint32_t ms);
void console_write(const uint8_t *bytes, uint32_t size);
void console_text(const char *text);
void console_hex(uint32_t value);
void modem_write(const uint8_t *bytes, uint32_t size);
uint32_t modem_pending(void);
int32_t modem_read(uint8_t *out, uint32_t capacity);
void uart_stop(void);
int32_t spi_transfer(const uint8_t *tx, uint8_t *rx, uint32_t size);
int32_t rng_word(uint32_t *word);
int32_t rtc_read(uint64_t *ms);
int32_t rtc_set(uint64_t ms);
void watchdog_init(void);
void watchdog_feed(void);
void reset_cause_init(void);
int32_t reset_cause(void);
void system_reset(void) __attribute__((noreturn));
uint32_t boot_block(uint8_t *out, uint32_t capacity, bool *fits);
void boot_block_leave(const uint8_t *block, uint32_t size);
int32_t flash_read(uint32_t address, uint8_t *out, uint32_t size);
int32_t flash_program(uint32_t address, const uint8_t *bytes, uint32_t size);
int32_t flash_erase(uint32_t address);
int32_t flash_lock(uint32_t mask);
int32_t flash_option(uint32_t offset, uint32_t *value);
int32_t handover(uint32_t slot, const uint8_t *block, uint32_t size);

/* events: posted by interrupts, delivered by kernel.c */
enum { EVENT_TIMER = 1, EVENT_MODEM_RX = 2 };
void event_post(uint32_t kind);

#endif
