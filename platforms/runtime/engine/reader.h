/* Bounded reading of untrusted module bytes. The first error sticks: every later read yields 0 and moves nothing, so that
 * callers check once per construct instead of once per byte. LEB128 after spec 5.2.2: at most ceil(N/7) bytes, and the unused
 * bits of the last byte must be zero or the sign. */
#ifndef WR_READER_H
#define WR_READER_H

#include "engine.h"

typedef struct {
  const uint8_t *base, *p, *end;
  wr_status err;
  uint32_t err_offset;
} wr_reader;

static inline uint32_t rd_offset(const wr_reader *r) { return (uint32_t)(r->p - r->base); }
static inline uint32_t rd_left(const wr_reader *r) { return (uint32_t)(r->end - r->p); }

static inline void rd_fail_at(wr_reader *r, wr_status err, uint32_t offset) {
  if (r->err != WR_OK) return;
  r->err = err;
  r->err_offset = offset;
  r->p = r->end;
}
static inline void rd_fail(wr_reader *r, wr_status err) { rd_fail_at(r, err, rd_offset(r)); }

uint8_t wr_rd_byte(wr_reader *r);
uint32_t wr_rd_u32(wr_reader *r);
int64_t wr_rd_signed(wr_reader *r, uint32_t bits);     /* s32, s33, s64 */
const uint8_t *wr_rd_skip(wr_reader *r, uint32_t count);
wr_name wr_rd_name(wr_reader *r);                      /* with its UTF-8 checked */

#endif
