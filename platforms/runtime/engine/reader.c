/* See reader.h. */
#include "reader.h"

uint8_t wr_rd_byte(wr_reader *r) {
  if (r->p == r->end) {
    rd_fail(r, WR_TRUNCATED);
    return 0;
  }
  return *r->p++;
}

uint32_t wr_rd_u32(wr_reader *r) {
  uint32_t value = 0, at = rd_offset(r);
  for (uint32_t shift = 0; shift < 35; shift += 7) {
    uint8_t byte = wr_rd_byte(r);
    if (shift == 28 && byte > 0x0f) break;
    value |= (uint32_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  rd_fail_at(r, WR_BAD_LEB, at);
  return 0;
}

int64_t wr_rd_signed(wr_reader *r, uint32_t bits) {
  uint64_t value = 0;
  uint32_t at = rd_offset(r);
  for (uint32_t shift = 0; shift < bits; shift += 7) {
    uint8_t byte = wr_rd_byte(r);
    uint32_t used = bits - shift; /* bits of this byte that belong to the value */
    if (used < 7) {
      /* the last possible byte: what lies above the value must repeat its sign, and nothing may follow */
      uint8_t high = (uint8_t)(byte & 0x7f & (0x7fu << (used - 1)));
      if ((byte & 0x80) || (high != 0 && high != (0x7f & (0x7fu << (used - 1))))) break;
    }
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      shift += 7;
      if (shift < 64 && (byte & 0x40)) value |= ~(uint64_t)0 << shift;
      return (int64_t)value;
    }
  }
  rd_fail_at(r, WR_BAD_LEB, at);
  return 0;
}

const uint8_t *wr_rd_skip(wr_reader *r, uint32_t count) {
  const uint8_t *p = r->p;
  if (count > rd_left(r)) {
    rd_fail(r, WR_TRUNCATED);
    return r->end;
  }
  r->p += count;
  return p;
}

/* Unicode 15, table 3-7: well-formed UTF-8. Returns the length of the sequence at s, 0 if it is none. */
static uint32_t utf8_length(const uint8_t *s, uint32_t left) {
  uint8_t b = s[0], low = 0x80, high = 0xbf;
  uint32_t length;
  if (b < 0x80) return 1;
  if (b >= 0xc2 && b <= 0xdf) length = 2;
  else if (b >= 0xe0 && b <= 0xef) {
    length = 3;
    if (b == 0xe0) low = 0xa0;
    if (b == 0xed) high = 0x9f; /* no surrogates */
  } else if (b >= 0xf0 && b <= 0xf4) {
    length = 4;
    if (b == 0xf0) low = 0x90;
    if (b == 0xf4) high = 0x8f;
  } else return 0;
  if (length > left || s[1] < low || s[1] > high) return 0;
  for (uint32_t i = 2; i < length; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  return length;
}

wr_name wr_rd_name(wr_reader *r) {
  uint32_t size = wr_rd_u32(r), at = rd_offset(r);
  wr_name name = {wr_rd_skip(r, size), size};
  if (r->err != WR_OK) name.size = 0;
  for (uint32_t i = 0; i < name.size;) {
    uint32_t length = utf8_length(name.bytes + i, name.size - i);
    if (length == 0) {
      rd_fail_at(r, WR_BAD_UTF8, at + i);
      name.size = 0;
    }
    i += length;
  }
  return name;
}
