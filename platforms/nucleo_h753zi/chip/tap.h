/* The HAL tap (SPEC 17): with -DHAL_TAP each HAL call, event and trap is also written to a port at 0xA0000000 that exists in the emulator only, from which the harness makes the trace.
 * Without it every function here is empty and the port is not touched. */
#ifndef TAP_H
#define TAP_H

#include "kernel.h"

enum { TAP_HANDOVER = 1, TAP_RESET = 2, TAP_TRAP = 3 };

#ifdef HAL_TAP
void tap_begin(const hal_request *r, uint32_t count);
void tap_end(int32_t status, const uint8_t *out, uint32_t size);
void tap_unwound(uint32_t why);
void tap_start(void);
void tap_event(uint32_t index, uint32_t kind, uint32_t a, uint32_t b);
void tap_trap(uint32_t index, uint32_t status, uint32_t offset);
#else
static inline void tap_begin(const hal_request *r, uint32_t count) { (void)r, (void)count; }
static inline void tap_end(int32_t status, const uint8_t *out, uint32_t size) { (void)status, (void)out, (void)size; }
static inline void tap_unwound(uint32_t why) { (void)why; }
static inline void tap_start(void) {}
static inline void tap_event(uint32_t index, uint32_t kind, uint32_t a, uint32_t b) { (void)index, (void)kind, (void)a, (void)b; }
static inline void tap_trap(uint32_t index, uint32_t status, uint32_t offset) { (void)index, (void)status, (void)offset; }
#endif

#endif
