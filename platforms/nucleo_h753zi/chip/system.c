/* Watchdog (RM0433 45.3), reset cause (8.7.39), system reset, and what outlives the hand-over: boot's block in backup SRAM.
 *
 *   backup SRAM 0x38800000    0 u8[256] the block (SPEC 7)    256 u32 its length    260 u32 reset cause */
#include "kernel.h"
#include "registers.h"
#include "../../runtime/engine/memory.h"

#define BACKUP ((uint8_t *)0x38800000u)
#define BLOCK_LENGTH REG(0x38800100u)
#define CAUSE REG(0x38800104u)
#define IWDG_LIMIT 1000000u

/* 20 s of LSI at 32 kHz / 256. Started by hardware from reset with half a second, so this comes early; starting it again does no harm. */
void watchdog_init(void) {
#ifdef BOOT_RUNTIME
  IWDG_KR = 0xcccc;
  IWDG_KR = 0x5555;
  IWDG_PR = 6;
  IWDG_RLR = 2499;
  for (uint32_t i = 0; i < IWDG_LIMIT && IWDG_SR; i++) {}
  IWDG_KR = 0xaaaa;
#endif
}

void watchdog_feed(void) { IWDG_KR = 0xaaaa; }

/* The flags add up until they are cleared, so boot reads them once and leaves the answer for the application. */
void reset_cause_init(void) {
#ifdef BOOT_RUNTIME
  uint32_t flags = RCC_RSR;
  CAUSE = flags & RCC_RSR_PORRSTF ? 1 : flags & RCC_RSR_IWDG1RSTF ? 3 : flags & RCC_RSR_SFTRSTF ? 4 : flags & RCC_RSR_BORRSTF ? 5 : 2;
  RCC_RSR = RCC_RSR_RMVF;
  RCC_RSR = 0;
#endif
}

int32_t reset_cause(void) { return (int32_t)CAUSE; }

void system_reset(void) {
  dsb();
  SCB_AIRCR = SCB_AIRCR_SYSRESETREQ;
  dsb();
  for (;;) {}
}

uint32_t boot_block(uint8_t *out, uint32_t capacity, bool *fits) {
  uint32_t size = BLOCK_LENGTH;
  if (size > BOOT_BLOCK_BYTES) size = 0;
  *fits = size <= capacity;
  if (*fits) memcpy(out, BACKUP, size);
  return size;
}

void boot_block_leave(const uint8_t *block, uint32_t size) {
  memset(BACKUP, 0, BOOT_BLOCK_BYTES);
  memcpy(BACKUP, block, size);
  BLOCK_LENGTH = size;
}
