/* Floating point where C and WebAssembly differ (spec 4.3.3): min, max, rounding, conversions to integers, bit access.
 * Without <math.h>: rounding goes through integers; square root is one instruction on every target that has floats.
 * NaNs: the payload is whatever the target makes of it, which the specification allows. */
#ifndef WR_FLOATS_H
#define WR_FLOATS_H

#include "engine.h"
#include "memory.h"

typedef float f32;
typedef double f64;

#define SIGN32 0x80000000u
#define SIGN64 0x8000000000000000u

static inline f32 to_f32(uint64_t slot) { uint32_t bits = (uint32_t)slot; f32 v; memcpy(&v, &bits, 4); return v; }
static inline f64 to_f64(uint64_t slot) { f64 v; memcpy(&v, &slot, 8); return v; }
static inline uint32_t of_f32(f32 v) { uint32_t bits; memcpy(&bits, &v, 4); return bits; }
static inline uint64_t of_f64(f64 v) { uint64_t bits; memcpy(&bits, &v, 8); return bits; }

/* From 2^52 (2^23) on every value is an integer. A NaN gets its quiet bit by the addition. The sign survives for -0. */
#define ROUNDING(T, BITS, WIDE, LIMIT)                                                                     \
  static inline T signed_##T(T magnitude, T sign_of) {                                                     \
    return BITS(sign_of) >> (sizeof(T) * 8 - 1) ? -magnitude : magnitude;                                  \
  }                                                                                                        \
  static inline T abs_##T(T a) { return BITS(a) >> (sizeof(T) * 8 - 1) ? -a : a; }                          \
  static inline T trunc_##T(T a) {                                                                         \
    if (a != a) return a + a;                                                                              \
    if (!(abs_##T(a) < LIMIT)) return a;                                                                   \
    return signed_##T((T)(WIDE)abs_##T(a), a);                                                             \
  }                                                                                                        \
  static inline T floor_##T(T a) {                                                                         \
    T t = trunc_##T(a);                                                                                    \
    return t > a ? signed_##T(abs_##T(t - 1), a) : t;                                                      \
  }                                                                                                        \
  static inline T ceil_##T(T a) {                                                                          \
    T t = trunc_##T(a);                                                                                    \
    return t < a ? t + 1 : t;                                                                              \
  }                                                                                                        \
  static inline T nearest_##T(T a) {                                                                       \
    T t = trunc_##T(a), rest = abs_##T(a - t);                                                             \
    if (a != a || !(abs_##T(a) < LIMIT)) return t;                                                         \
    if (rest > (T)0.5 || (rest == (T)0.5 && ((WIDE)abs_##T(t) & 1))) return signed_##T(abs_##T(t) + 1, a); \
    return t;                                                                                              \
  }                                                                                                        \
  static inline T min_##T(T a, T b) {                                                                      \
    if (a != a || b != b) return a + b;                                                                    \
    if (a == b) return BITS(a) >> (sizeof(T) * 8 - 1) ? a : b; /* -0 before +0 */                          \
    return a < b ? a : b;                                                                                  \
  }                                                                                                        \
  static inline T max_##T(T a, T b) {                                                                      \
    if (a != a || b != b) return a + b;                                                                    \
    if (a == b) return BITS(a) >> (sizeof(T) * 8 - 1) ? b : a;                                             \
    return a > b ? a : b;                                                                                  \
  }
ROUNDING(f32, of_f32, int32_t, 8388608.0f)
ROUNDING(f64, of_f64, int64_t, 4503599627370496.0)
#undef ROUNDING

/* The open interval of values whose truncation fits; all bounds are exact doubles, so f32 operands are widened first. For
 * s64 the lower bound itself fits, as there is no double between -2^63 - 1 and -2^63. */
#define FITS_s32(a) ((a) > -2147483649.0 && (a) < 2147483648.0)
#define FITS_u32(a) ((a) > -1.0 && (a) < 4294967296.0)
#define FITS_s64(a) ((a) >= -9223372036854775808.0 && (a) < 9223372036854775808.0)
#define FITS_u64(a) ((a) > -1.0 && (a) < 18446744073709551616.0)

#define TRUNCATION(name, T, OUT, MIN, MAX)                               \
  static inline wr_status trunc_##name(f64 a, OUT *out) {                \
    if (a != a) return WR_TRAP_CONVERSION;                               \
    if (!FITS_##name(a)) return WR_TRAP_OVERFLOW;                        \
    *out = (OUT)(T)a;                                                    \
    return WR_OK;                                                        \
  }                                                                      \
  static inline OUT sat_##name(f64 a) {                                  \
    if (a != a) return 0;                                                \
    if (FITS_##name(a)) return (OUT)(T)a;                                \
    return a < 0 ? (OUT)MIN : (OUT)MAX;                                  \
  }
TRUNCATION(s32, int32_t, uint32_t, INT32_MIN, INT32_MAX)
TRUNCATION(u32, uint32_t, uint32_t, 0, UINT32_MAX)
TRUNCATION(s64, int64_t, uint64_t, INT64_MIN, INT64_MAX)
TRUNCATION(u64, uint64_t, uint64_t, 0, UINT64_MAX)
#undef TRUNCATION

#endif
