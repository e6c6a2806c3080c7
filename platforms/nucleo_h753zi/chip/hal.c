/* HAL calls (SPEC 4): grant, then the bounds of every buffer, then the work. A buffer outside the caller's memory is a trap. */
#include "kernel.h"
#include "player.h"
#include "tap.h"
#include "../../runtime/engine/memory.h"

#define NONE 0xff
#define BY(place) (0x80000000u | (place))
#define FIXED(bytes) (bytes)

typedef struct { uint8_t count, in, out; uint32_t in_size, out_size; } hal_line;
static const hal_line lines[HAL_CALLS] = {
#define X(name, sig, count, in, in_size, out, out_size) {count, in, out, in_size, out_size},
#include "hal.def"
#undef X
};

#define WORD_BYTES 32u
#define SECTOR_BYTES 0x20000u

/* ---- flash: the module's grants, then the driver ---- */

/* Every byte granted with the right; grants may lie side by side. GRANTS_IGNORED looks at none: a negative control, not a configuration. */
static bool granted(const module *m, uint32_t start, uint32_t size, uint32_t right) {
#ifdef GRANTS_IGNORED
  return true;
#endif
  uint64_t end = (uint64_t)start + size, covered = start;
  while (covered < end) {
    uint64_t next = covered;
    for (uint32_t i = 0; i < m->grant_count; i++) {
      const flash_grant *g = &m->grants[i];
      if ((g->rights & right) && g->start <= covered && covered < g->end) next = g->end;
    }
    if (next == covered) return false;
    covered = next;
  }
  return true;
}

static int32_t hal_flash_read(hal_request *r) {
  if (!granted(r->m, r->args[0], r->args[2], RIGHT_READ)) return DENIED;
  if (r->args[2] == 0) return OK;
  int32_t status = flash_read(r->args[0], r->out, r->out_size);
  if (status == OK) r->written = r->out_size;
  return status;
}

static int32_t hal_flash_program(hal_request *r) {
  if (r->args[0] % WORD_BYTES || r->in_size % WORD_BYTES) return INVALID;
  if (!granted(r->m, r->args[0], r->in_size, RIGHT_PROGRAM)) return DENIED;
  return r->in_size == 0 ? OK : flash_program(r->args[0], r->in, r->in_size);
}

static int32_t hal_flash_erase(hal_request *r) {
  if (r->args[0] % SECTOR_BYTES) return INVALID;
  return granted(r->m, r->args[0], SECTOR_BYTES, RIGHT_ERASE) ? flash_erase(r->args[0]) : DENIED;
}

static int32_t hal_flash_lock(hal_request *r) {
  return r->args[0] == 0 || r->args[0] > 7 ? INVALID : flash_lock(r->args[0]);
}

static int32_t put32(hal_request *r, int32_t status, uint32_t value) {
  if (status < 0) return status;
  memcpy(r->out, &value, 4);
  r->written = 4;
  return status;
}

static int32_t put64(hal_request *r, int32_t status, uint64_t value) {
  if (status < 0) return status;
  memcpy(r->out, &value, 8);
  r->written = 8;
  return status;
}

static int32_t hal_flash_option(hal_request *r) {
  uint32_t value = 0;
  int32_t status = flash_option(r->args[0], &value);
  return put32(r, status, value);
}

/* ---- pins ---- */

static int32_t hal_spi_transfer(hal_request *r) {
  if (r->args[2] < 1 || r->args[2] > 256) return INVALID;
  int32_t status = spi_transfer(r->in, r->out, r->args[2]);
  if (status == OK) r->written = r->args[2];
  return status;
}

static int32_t hal_modem_write(hal_request *r) {
  modem_write(r->in, r->in_size);
  return OK;
}

static int32_t hal_modem_read(hal_request *r) {
  int32_t count = modem_read(r->out, r->out_size);
  if (count > 0) r->written = (uint32_t)count;
  return count;
}

static int32_t hal_console_write(hal_request *r) {
  console_write(r->in, r->in_size);
  return OK;
}

static int32_t hal_entropy_word(hal_request *r) {
  uint32_t word = 0;
  int32_t status = rng_word(&word);
  return put32(r, status, word);
}

/* ---- time and the system ---- */

static int32_t hal_rtc_read(hal_request *r) {
  uint64_t ms = 0;
  int32_t status = rtc_read(&ms);
  return put64(r, status, ms);
}

static int32_t hal_rtc_set(hal_request *r) {
  uint64_t ms;
  memcpy(&ms, r->in, 8);
  return rtc_set(ms);
}

static int32_t hal_uptime(hal_request *r) { return put64(r, OK, timer_ticks() / TICKS_PER_MS); }

static int32_t hal_timer_set(hal_request *r) {
  timer_set(r->args[0]);
  return OK;
}

static int32_t hal_reset_cause(hal_request *r) {
  (void)r;
  return reset_cause();
}

static int32_t hal_handover(hal_request *r) { return handover(r->args[0], r->in, r->in_size); }

static int32_t hal_boot_info(hal_request *r) {
  bool fits;
  uint32_t size = boot_block(r->out, r->out_size, &fits);
  if (!fits) return NO_ROOM;
  r->written = size;
  return (int32_t)size;
}

static int32_t hal_reset(hal_request *r) {
  (void)r;
  tap_unwound(TAP_RESET);
  system_reset();
}

static int32_t hal_call_(hal_request *r) {
  (void)r;
  return NO_MODULE;                    /* hal_call goes to calls.c instead */
}

static int32_t hal_watchdog_feed(hal_request *r) {
  (void)r;
  watchdog_feed();
  return OK;
}

#define hal_call_name(name) hal_##name
static const hal_service services[HAL_CALLS] = {
  hal_flash_read, hal_flash_program, hal_flash_erase, hal_flash_lock, hal_flash_option, hal_spi_transfer, hal_modem_write, hal_modem_read,
  hal_console_write, hal_entropy_word, hal_rtc_read, hal_rtc_set, hal_uptime, hal_timer_set, hal_reset_cause, hal_handover, hal_boot_info,
  hal_reset, hal_call_, hal_watchdog_feed,
};
#define CALL_NUMBER 18u

/* ---- the gate ---- */

/* NULL when it leaves the memory that the module has now. */
uint8_t *memory_of(module *m, uint32_t address, uint32_t size) {
  uint32_t pages = m->context.r4_r11[2] < m->memory_pages ? m->context.r4_r11[2] : m->memory_pages;
  return (uint64_t)address + size > (uint64_t)pages * WASM_PAGE ? NULL : m->memory + address;
}

static bool buffer(hal_request *r, uint8_t place, uint32_t how, uint8_t **at, uint32_t *size) {
  *at = NULL;
  *size = 0;
  if (place == NONE) return true;
  *size = how & 0x80000000u ? r->args[how & 7] : how;
  *at = memory_of(r->m, r->args[place], *size);
  return *at != NULL;
}

void hal_finish(module *m, int32_t status, const uint8_t *out, uint32_t written) {
  tap_end(status, out, written);
  frame_of(m)->r0 = (uint32_t)status;
}

void hal_call(module *m, exception_frame *f) {
  hal_request r = {.m = m, .number = f->r12, .args = {f->r0, f->r1, f->r2, f->r3, m->context.r4_r11[0], m->context.r4_r11[1]}};
  const hal_line *line = &lines[r.number];
  if (!(m->hal_calls >> r.number & 1)) {
    tap_begin(&r, line->count);
    hal_finish(m, DENIED, NULL, 0);
    return;
  }
  uint8_t *in;
  bool in_ok = buffer(&r, line->in, line->in_size, &in, &r.in_size), out_ok = buffer(&r, line->out, line->out_size, &r.out, &r.out_size);
  r.in = in;
  if (!in_ok) r.in_size = 0;
  tap_begin(&r, line->count);
  if (!in_ok || !out_ok) {
    tap_unwound(TAP_TRAP);
    module_trapped(m, 0xff, f->pc);
    return;
  }
  int32_t status;
  if (r.number == CALL_NUMBER) {
    if (!call_begin(&r, &status)) hal_finish(m, status, NULL, 0);
    return;
  }
#ifdef HAL_PLAYER
  (void)services;
  status = play_answer(&r);
#else
  status = services[r.number](&r);
#endif
  hal_finish(m, status, r.out, r.written);
}
