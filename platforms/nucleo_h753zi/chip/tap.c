/* Writes the records of SPEC 17 to the HAL tap. Empty without -DHAL_TAP. */
#include "tap.h"
#include "registers.h"
#include "../../runtime/engine/memory.h"

#ifdef HAL_TAP
#define TAP_DATA REG(0xa0000000u)
#define TAP_COMMIT REG(0xa0000004u)
enum { BEGIN = 1, END, UNWOUND, START, EVENT, TRAP };

static void bytes(const uint8_t *from, uint32_t size) {
  TAP_DATA = size;
  for (uint32_t done = 0; done < size; done += 4) {
    uint32_t word = 0;
    memcpy(&word, from + done, size - done < 4 ? size - done : 4);
    TAP_DATA = word;
  }
}

void tap_begin(const hal_request *r, uint32_t count) {
  TAP_DATA = BEGIN | r->m->index << 8 | r->number << 16 | count << 24;
  for (uint32_t i = 0; i < count; i++) TAP_DATA = r->args[i];
  bytes(r->in, r->in_size);
  TAP_COMMIT = 1;
}

void tap_end(int32_t status, const uint8_t *out, uint32_t size) {
  TAP_DATA = END;
  TAP_DATA = (uint32_t)status;
  bytes(out, size);
  TAP_COMMIT = 1;
}

void tap_unwound(uint32_t why) {
  TAP_DATA = UNWOUND;
  TAP_DATA = why;
  TAP_COMMIT = 1;
}

void tap_start(void) {
  TAP_DATA = START;
  TAP_COMMIT = 1;
}

void tap_event(uint32_t index, uint32_t kind, uint32_t a, uint32_t b) {
  TAP_DATA = EVENT | index << 8;
  TAP_DATA = kind;
  TAP_DATA = a;
  TAP_DATA = b;
  TAP_COMMIT = 1;
}

void tap_trap(uint32_t index, uint32_t status, uint32_t offset) {
  TAP_DATA = TRAP | index << 8;
  TAP_DATA = status;
  TAP_DATA = offset;
  TAP_COMMIT = 1;
}
#else
typedef int tap_is_empty;
#endif
