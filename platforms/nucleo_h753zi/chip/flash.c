/* The flash driver (RM0433 4.3.8 read, 4.3.9 program, 4.3.10 erase, 4.5.1 keys, 4.9 registers): HAL calls 0 to 4, the same steps as
 * native_sim's driver. It waits for a word by reading it, which the interface stalls until it is done, and looks at QW; for an erase it sleeps between two looks. */
#include "kernel.h"
#include "registers.h"
#include "../../runtime/engine/memory.h"

#define START 0x08000000u
#define BANK_BYTES 0x100000u
#define SECTOR_BYTES 0x20000u
#define WORD_BYTES 32u
#define ERASE_LOOK_MS 2u               /* a sector takes a second or more */
#define WRONG_KEY 0u                   /* locks what it is written to until reset (4.5.1) */

static const uint32_t keys[2] = {0x45670123, 0xcdef89ab};

static bool in_flash(uint32_t address, uint32_t size) {
  return address >= START && (uint64_t)address + size <= START + 2 * BANK_BYTES;
}

/* The register block of the address's bank. */
static uint32_t bank_of(uint32_t address) { return address - START >= BANK_BYTES ? FLASH + FLASH_BANK2 : FLASH; }

static int32_t status_of(uint32_t flags) {
  if (flags & FLASH_SR_RDPERR) return RDP;
  if (flags & FLASH_SR_WRPERR) return WRP;
  if (flags & FLASH_SR_PGSERR) return PGS;
  if (flags & FLASH_SR_STRBERR) return STRB;
  if (flags & FLASH_SR_INCERR) return INC;
  if (flags & FLASH_SR_DBECCERR) return ECC;
  return OK;
}

/* What the flags of both banks say of a read that failed. */
static int32_t read_error(void) {
  uint32_t flags = 0;
  for (uint32_t bank = FLASH; bank <= FLASH + FLASH_BANK2; bank += FLASH_BANK2) {
    flags |= REG(bank + FLASH_SR);
    REG(bank + FLASH_CCR) = FLASH_CCR_ALL;
  }
  return flags & FLASH_SR_RDPERR ? RDP : ECC;
}

/* Touches every flash word first, so that a failure leaves `out` as it was. */
int32_t flash_read(uint32_t address, uint8_t *out, uint32_t size) {
  if (!in_flash(address, size)) return INVALID;
  bus_guard_on();
  for (uint32_t at = address & ~(WORD_BYTES - 1u); at < address + size; at += WORD_BYTES) (void)REG(at);
  if (bus_guard_off()) return read_error();
  memcpy(out, (const uint8_t *)(uintptr_t)address, size);
  return OK;
}

static bool unlock(uint32_t bank) {
  if (!(REG(bank + FLASH_CR) & FLASH_CR_LOCK)) return true;
  bus_guard_on();
  REG(bank + FLASH_KEYR) = keys[0];
  REG(bank + FLASH_KEYR) = keys[1];
  bool failed = bus_guard_off();
  if (failed || REG(bank + FLASH_CR) & FLASH_CR_LOCK) return false;
  REG(bank + FLASH_CCR) = FLASH_CCR_ALL;
  return true;
}

/* Waits, reads the flags, locks again. PG must not stay set: LOCK guards the control register, not the write buffer (4.9). */
static int32_t finish(uint32_t address, uint32_t bank) {
  do {
    bus_guard_on();
    (void)REG(address);
    (void)bus_guard_off();
  } while (REG(bank + FLASH_SR) & FLASH_SR_QW);
  int32_t status = status_of(REG(bank + FLASH_SR));
  REG(bank + FLASH_CCR) = FLASH_CCR_ALL;
  REG(bank + FLASH_CR) = FLASH_CR_PSIZE;
  REG(bank + FLASH_CR) = FLASH_CR_LOCK;
  return status;
}

static int32_t program_word(uint32_t address, const uint8_t *bytes) {
  uint32_t bank = bank_of(address), word[WORD_BYTES / 4];
  memcpy(word, bytes, WORD_BYTES);
  if (!unlock(bank)) return LOCKED;
  REG(bank + FLASH_CR) = FLASH_CR_PG | FLASH_CR_PSIZE;
  dsb();
  bus_guard_on();
  for (uint32_t i = 0; i < WORD_BYTES / 4; i++) REG(address + 4 * i) = word[i];
  (void)bus_guard_off();               /* the flags say what it was */
  return finish(address, bank);
}

/* Looks at every word first: a call that is refused with PGS has changed nothing. */
int32_t flash_program(uint32_t address, const uint8_t *bytes, uint32_t size) {
  if (!in_flash(address, size)) return INVALID;
  for (uint32_t at = address; at < address + size; at += WORD_BYTES) {
    uint32_t old[WORD_BYTES / 4];
    int32_t status = flash_read(at, (uint8_t *)old, WORD_BYTES);
    if (status == RDP) return status;
    if (status != OK) return PGS;
    for (uint32_t i = 0; i < WORD_BYTES / 4; i++)
      if (old[i] != UINT32_MAX) return PGS;
  }
  for (uint32_t done = 0; done < size; done += WORD_BYTES) {
    int32_t status = program_word(address + done, bytes + done);
    if (status != OK) return status;
  }
  return OK;
}

int32_t flash_erase(uint32_t address) {
  if ((address - START) % SECTOR_BYTES || !in_flash(address, SECTOR_BYTES)) return INVALID;
  uint32_t bank = bank_of(address), sector = (address - START) % BANK_BYTES / SECTOR_BYTES;
  if (!unlock(bank)) return LOCKED;
  uint32_t control = FLASH_CR_SER | FLASH_CR_PSIZE | sector << FLASH_CR_SNB_SHIFT;
  REG(bank + FLASH_CR) = control;
  REG(bank + FLASH_CR) = control | FLASH_CR_START;
  /* An access to the bank would stall the core for a second, in which the modem's bytes are lost. */
  while (REG(bank + FLASH_SR) & FLASH_SR_QW) timer_wait(ERASE_LOOK_MS);
  return finish(address, bank);
}

/* The bus error that answers a wrong key is expected. */
static void spoil(uint32_t key_register) {
  bus_guard_on();
  REG(key_register) = WRONG_KEY;
  (void)bus_guard_off();
}

static bool lock_bank(uint32_t bank) {
  if (!(REG(bank + FLASH_CR) & FLASH_CR_LOCK)) REG(bank + FLASH_CR) = FLASH_CR_PSIZE;
  spoil(bank + FLASH_KEYR);
  return (REG(bank + FLASH_CR) & (FLASH_CR_LOCK | FLASH_CR_PG)) == FLASH_CR_LOCK;
}

int32_t flash_lock(uint32_t mask) {
  bool locked = true;
  if (mask & 1) locked = lock_bank(FLASH) && locked;
  if (mask & 2) locked = lock_bank(FLASH + FLASH_BANK2) && locked;
  if (mask & 4) {
    spoil(FLASH + FLASH_OPTKEYR);
    locked = (REG(FLASH + FLASH_OPTCR) & FLASH_OPTCR_OPTLOCK) && locked;
  }
  return locked ? OK : LOCKED;
}

int32_t flash_option(uint32_t offset, uint32_t *value) {
  switch (offset) {
    case FLASH_OPTCR:
    case FLASH_OPTSR_CUR:
    case FLASH_WPSN_CUR:
    case FLASH_WPSN_CUR + FLASH_BANK2:
    case FLASH_BOOT_CUR: *value = REG(FLASH + offset); return OK;
    default: return INVALID;
  }
}
