/* The MPU (ARMv7-M B3.5): what unprivileged code reaches. SPEC 17. Privileged code has the default map (PRIVDEFENA); unprivileged code has
 * nothing but these four regions, so registers, DTCM, backup SRAM, flash outside its own image and other modules' memories are out of its reach.
 *
 *   0, 1   the image that runs, read and execute (boot: sector 1.0; application: slot, 384 KiB as 256 + 128)
 *   2      the module's linear memory, read and write, no execution; a part of a power of two by its subregions
 *   3      its engine's state and C stack, read and write, no execution
 *
 * MPU_OFF sets it up and leaves it off: a negative control, not a configuration. */
#include "kernel.h"
#include "registers.h"

extern const uint8_t __image_a[], __image_a_log2[], __image_b[], __image_b_log2[];   /* the linker's: SPEC 17 */

#define RO (2u << 24)                 /* unprivileged code reads only; what privileged code may write is the flash interface's to say */
#define RW (3u << 24)
#define XN BIT(28)
#define NORMAL (BIT(19) | BIT(17) | BIT(16)) /* TEX 001, S 0, C 1, B 1: write-back, write-allocate (B3.5.9) */
#define SIZE(log2) (((log2) - 1u) << 1)

static void region(uint32_t n, uint32_t base, uint32_t log2, uint32_t attributes, uint32_t disabled_eighths) {
  MPU_RNR = n;
  MPU_RASR = 0;
  if (log2 == 0) return;
  MPU_RBAR = base;
  MPU_RASR = attributes | NORMAL | disabled_eighths << 8 | SIZE(log2) | 1u;
}

static uint32_t log2_of(uint32_t size) {
  uint32_t n = 0;
  while (1u << n < size) n++;
  return n;
}

void mpu_init(void) {
  region(0, (uint32_t)(uintptr_t)__image_a, (uint32_t)(uintptr_t)__image_a_log2, RO, 0);
  region(1, (uint32_t)(uintptr_t)__image_b, (uint32_t)(uintptr_t)__image_b_log2, RO, 0);
  for (uint32_t n = 2; n < 16; n++) region(n, 0, 0, 0, 0);
  dsb();
#ifndef MPU_OFF
  MPU_CTRL = MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA;
#endif
  dsb();
  isb();
}

void mpu_select(const module *m) {
  uint32_t base = (uint32_t)(uintptr_t)m->memory, bytes = m->memory_pages * WASM_PAGE;
  /* more than two pages lie in AXI SRAM, at the start of 512 KiB: one eighth is one page */
  if (m->memory_pages > 2) region(2, base, 19, RW | XN, 0xffu << m->memory_pages & 0xffu);
  else region(2, base, log2_of(bytes), RW | XN, 0);
  region(3, (uint32_t)(uintptr_t)m->state, log2_of(m->state_size), RW | XN, 0);
  dsb();
  isb();
}
