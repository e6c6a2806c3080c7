/* HAL 15, hand-over: leaves the kernel of boot for the application's runtime, privileged, with a fresh stack, interrupts and MPU off (SPEC 17).
 * boot.wasm has verified the signature; this checks that what it covers is a runtime for this slot with a bundle behind it. The rest of the bundle is checked by the runtime
 * that runs it. */
#include "kernel.h"
#include "registers.h"
#include "tap.h"
#include "../../runtime/engine/memory.h"

#ifdef BOOT_RUNTIME
#define HEADER_BYTES 0x400u
#define SLOT_ALIGN 32u
#define APP_SLOT 0x08040000u
#define APP_SLOT_END 0x080a0000u
#define DTCM 0x20000000u
#define DTCM_BYTES 0x20000u
#define INFO_OFFSET 0x2a0u
#define INFO_MAGIC 0x54524250u
#define BUNDLE_MAGIC 0x31424250u

static bool plausible(const uint32_t *vectors, uint32_t base) {
  uint32_t stack = vectors[0], reset = vectors[1], info = vectors[INFO_OFFSET / 4], size = vectors[INFO_OFFSET / 4 + 1];
  if (stack % 8 || stack <= DTCM || stack > DTCM + DTCM_BYTES) return false;
  if (!(reset & 1) || reset < base || reset >= APP_SLOT_END) return false;
  if (info != INFO_MAGIC || size % 32 || size < INFO_OFFSET + 8 || size > APP_SLOT_END - base - 32) return false;
  return *(const uint32_t *)(uintptr_t)(base + size) == BUNDLE_MAGIC;
}

int32_t handover(uint32_t slot, const uint8_t *block, uint32_t size) {
  uint32_t base = slot + HEADER_BYTES;
  const uint32_t *vectors = (const uint32_t *)(uintptr_t)base;
  if (size > BOOT_BLOCK_BYTES || slot % SLOT_ALIGN || slot != APP_SLOT || !plausible(vectors, base)) return INVALID;
  boot_block_leave(block, size);
  tap_unwound(TAP_HANDOVER);
  irq_off();
  uart_stop();
  for (uint32_t i = 0; i < 5; i++) {
    NVIC_ICER(i) = UINT32_MAX;
    NVIC_ICPR(i) = UINT32_MAX;
  }
  MPU_CTRL = 0;
  dsb();
  isb();
  SCB_VTOR = base;
  /* an exception return to privileged thread mode on the new main stack, with the application's reset vector as its pc */
  exception_frame *f = (exception_frame *)(uintptr_t)(vectors[0] - sizeof(exception_frame));
  memset(f, 0, sizeof *f);
  f->pc = vectors[1] & ~1u;
  f->xpsr = BIT(24);
  __asm__ volatile(
    "msr msp, %0\n"
    "movs r0, #0\n"
    "msr control, r0\n"
    "isb\n"
    "mvn lr, #6\n"                     /* EXC_RETURN 0xFFFFFFF9: thread mode, MSP */
    "bx lr\n"
    : : "r"(f) : "r0", "memory");
  __builtin_unreachable();
}
#else
int32_t handover(uint32_t slot, const uint8_t *block, uint32_t size) {
  (void)slot, (void)block, (void)size;
  return DENIED;                       /* boot only */
}
#endif
