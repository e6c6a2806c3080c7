/* The interpreter: executes validated code in place, directly threaded.
 *
 * After: WebAssembly Core Specification 2.0, 4.4 (instructions). It trusts module and side table, which wr_load has
 * checked; what it checks itself is what depends on values: memory, table, stack and call depth, division, conversion.
 *
 * Registers of the machine (C locals of wr_run): ip in the module's bytes; sp the value stack; tos the top operand; locals;
 * mem and fast the linear memory; stp the side-table entry in force; fn the running function.
 *
 * The value stack of a call, one 8-byte slot per value; the caller's operands become the callee's first locals:
 *
 *     | parameters | other locals | saved caller | spill | operands ...
 *     ^ locals                                   ^ operand 0 is in tos, so the spill slot takes whatever tos held before it
 *
 * Top-of-stack cache: in state A the top operand is in `tos`, sp points at the one below. After local.get the machine is
 * in state B: the top operand is still in its local, `pending` points there, `tos` holds the operand below. Each state has
 * its handlers, made from the same line of opcodes.def; an opcode that has none for B first goes to state A. A pending
 * local is read by the very next opcode, so nothing can change it before. State C is the same for a constant of up to 32
 * bits, held in `constant` and read sign-extended (an i32 has no upper half).
 *
 * `fast`: an address below it plus an offset below 128 plus 8 bytes lies in memory, so one comparison does for the common
 * case. Everything else (large offsets, the end of memory, empty memory, traps) goes through slow_memory.
 */
#include "instance.h"
#include "memory.h"
#if WR_FLOAT
#include "floats.h"
#endif

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The caller's registers, in the value stack. */
typedef struct {
  const uint8_t *ip;
  const wr_side_branch *stp;
  wr_slot *locals;
  const wr_side_func *fn;
} saved;
#define SAVED_SLOTS ((sizeof(saved) + sizeof(wr_slot) - 1) / sizeof(wr_slot))
_Static_assert(_Alignof(saved) <= _Alignof(wr_slot), "frames lie in the value stack");

/* On a 32-bit machine tos is two registers, so that an i32 operation leaves the upper one alone. On Thumb-2 the machine's
 * registers are pinned (GCC's allocator, lead astray by the rare paths, keeps half of them in memory otherwise), and pairs
 * move with one instruction. r7 must be free: -fomit-frame-pointer. */
#if defined(__thumb2__) && !defined(__clang__)
#define PINNED(declaration, name) register declaration __asm__(name)
#define SPILL() __asm__ volatile("strd %1, %2, [%0, #8]!" : "+r"(sp) : "r"(tos), "r"(tos_high) : "memory")
#define FILL() __asm__ volatile("ldrd %1, %2, [%0], #-8" : "+r"(sp), "=r"(tos), "=r"(tos_high) : : "memory")
#define LOAD_SLOT(p) __asm__ volatile("ldrd %0, %1, [%2]" : "=r"(tos), "=r"(tos_high) : "r"(p) : "memory")
#define STORE_SLOT(p) __asm__ volatile("strd %1, %2, [%0]" : : "r"(p), "r"(tos), "r"(tos_high) : "memory")
/* the next byte, or the next two, of the code; GCC does not reliably find the post-indexed form */
#define FETCH(v) __asm__("ldrb %0, [%1], #1" : "=r"(v), "+r"(ip))
#define FETCH2(v) __asm__("ldrh %0, [%1], #2" : "=r"(v), "+r"(ip))
/* keeps GCC from folding the value's range into constants that need a literal, or from recomputing an address */
#define OPAQUE(x) __asm__("" : "+r"(x))
/* the Thumb bit of a code address: GCC sets it before each jump, build/fuse-dispatch.ts takes that away */
#define ENTRY(label) ((const char *)&&label + 1)
#else
#define PINNED(declaration, name) declaration
#define SPILL() (*++sp = TOS64)
#define FILL() SET64(*sp--)
#define LOAD_SLOT(p) SET64(*(p))
#define STORE_SLOT(p) (*(p) = TOS64)
#define FETCH(v) ((v) = *ip++)
#define FETCH2(v) ((v) = (u32)ip[0] | (u32)ip[1] << 8, ip += 2)
#define OPAQUE(x) ((void)0)
#define ENTRY(label) (&&label)
#endif

#if UINTPTR_MAX > 0xffffffffu
#define TOS_REGISTERS uint64_t tos = 0
#define TOS64 tos
#define TOS32 ((uint32_t)tos)
#define SET64(v) (tos = (v))
#define SET32(v)                 \
  do {                           \
    uint32_t v_ = (uint32_t)(v); \
    tos = v_;                    \
  } while (0)
#else
#define TOS_REGISTERS PINNED(uint32_t tos, "r4") = 0; PINNED(uint32_t tos_high, "r5") = 0
#define TOS64 ((uint64_t)tos_high << 32 | tos)
#define TOS32 tos
#define SET64(v)                      \
  do {                                \
    uint64_t v_ = (v);                \
    tos = (uint32_t)v_;               \
    tos_high = (uint32_t)(v_ >> 32);  \
  } while (0)
#define SET32(v) (tos = (uint32_t)(v))
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
#define S32(x) ((int32_t)(x))
#define S64(x) ((int64_t)(x))
#define U32(x) ((uint32_t)(x))
#define U64(x) ((uint64_t)(x))

static inline u32 rotl32(u32 a, u32 n) { return a << (n & 31) | a >> (-n & 31); }
static inline u32 rotr32(u32 a, u32 n) { return a >> (n & 31) | a << (-n & 31); }
static inline u64 rotl64(u64 a, u64 n) { return a << (n & 63) | a >> (-n & 63); }
static inline u64 rotr64(u64 a, u64 n) { return a >> (n & 63) | a << (-n & 63); }
static inline u32 clz32(u32 a) { return a ? (u32)__builtin_clz(a) : 32; }
static inline u32 ctz32(u32 a) { return a ? (u32)__builtin_ctz(a) : 32; }
static inline u64 clz64(u64 a) { return a >> 32 ? clz32((u32)(a >> 32)) : 32 + clz32((u32)a); }
static inline u64 ctz64(u64 a) { return (u32)a ? ctz32((u32)a) : 32 + ctz32((u32)(a >> 32)); }
static inline u32 popcnt32(u32 a) {
  a -= a >> 1 & 0x55555555u;
  a = (a & 0x33333333u) + (a >> 2 & 0x33333333u);
  return ((a + (a >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24;
}
static inline u64 popcnt64(u64 a) { return popcnt32((u32)a) + popcnt32((u32)(a >> 32)); }

/* LEB128 in validated code. `leb` reads; a signed one is extended from its last byte. */
static inline const uint8_t *leb_skip(const uint8_t *p) {
  while (*p++ & 0x80) {}
  return p;
}
static u64 leb(const uint8_t *p, bool is_signed) {
  u64 value = 0;
  u32 shift = 0;
  uint8_t byte;
  do {
    byte = *p++;
    value |= (u64)(byte & 0x7f) << shift;
    shift += 7;
  } while (byte & 0x80);
  if (is_signed && (byte & 0x40) && shift < 64) value |= ~(u64)0 << shift;
  return value;
}

static wr_status check_indirect(wr_instance *in, u32 type, u32 index, const wr_funcref **ref) {
  const wr_side_type *types = wr_side_types(in->module->side);
  if (index >= in->table->size) return WR_TRAP_UNDEFINED;
  const wr_funcref *e = in->table->elems + index;
  *ref = e;
  if (!e->instance) return WR_TRAP_UNINITIALIZED;
  if (e->instance == in) return wr_func_entry(in, e->func)->type == types[type].canonical ? WR_OK : WR_TRAP_SIGNATURE;
  const wr_module *m = e->instance->module;
  wr_sig have = wr_type_at(m, wr_func_type_index(m, e->func)), want = wr_type_at(in->module, type);
  return wr_sig_equal(&have, &want) ? WR_OK : WR_TRAP_SIGNATURE;
}

/* The rare opcodes behind 0xfc that work on three operands: a, b, c from the bottom. */
static wr_status bulk(wr_instance *in, u32 op, const uint8_t *ip, u32 a, u32 b, u32 c) {
  u32 segment = (u32)leb(ip, false);
  switch (op) {
    case 8: return wr_memory_init(in, segment, a, b, c);
    case 10: return wr_memory_copy(in, a, b, c);
    case 11: return wr_memory_fill(in, a, b, c);
    case 12: return wr_table_init(in, segment, a, b, c);
    default: return wr_table_copy(in, a, b, c);
  }
}

/* Loads and stores outside the fast case: width and signedness by opcode, 0x28 .. 0x3e. */
static const uint8_t access_size[] = {4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4, 4, 8, 4, 8, 1, 2, 1, 2, 4};
#define ACCESS_SIGNED 0x1550u /* bit per load opcode - 0x28: the _s ones */

#if WR_PROFILE
#define PROFILE(op)                                                          \
  do {                                                                       \
    if (I->profile) I->profile[op]++, I->profile[512 + previous * 256 + (op)]++, previous = (op); \
  } while (0)
#else
#define PROFILE(op) ((void)0)
#endif
#define NEXT()                \
  do {                        \
    PROFILE(*ip);             \
    goto *table[*ip++];       \
  } while (0)
#define NEXT_B()              \
  do {                        \
    PROFILE(*ip);             \
    goto *table[256 + *ip++]; \
  } while (0)
#define NEXT_C()              \
  do {                        \
    PROFILE(*ip);             \
    goto *table[512 + *ip++]; \
  } while (0)
#define TRAP(s)        \
  do {                 \
    status = (s);      \
    goto trap;         \
  } while (0)

#if WR_FUEL
#define FUEL() \
  if (I->fuel == 0) TRAP(WR_TRAP_FUEL); \
  I->fuel--
#else
#define FUEL() ((void)0)
#endif

/* what states B and C hold, in one register: it never lives across a call */
#define pending ((wr_slot *)held)
#define constant ((s32)held)
#define PENDING(p) (held = (uintptr_t)(p))
#define HOLD(v) (held = (uintptr_t)(intptr_t)(v))

/* ip is just after the opcode, the condition is consumed */
#define TAKE_BRANCH()                       \
  do {                                      \
    FUEL();                                 \
    const wr_side_branch *e_ = stp;         \
    ip += e_->pc;                           \
    stp += e_->entry;                       \
    if (UNLIKELY(e_->adjust)) {             \
      adjust = e_->adjust;                  \
      goto adjust_stack;                    \
    }                                       \
    NEXT();                                 \
  } while (0)
#define FALL_THROUGH() \
  do {                 \
    ip = leb_skip(ip); \
    stp++;             \
    NEXT();            \
  } while (0)
#define RELOAD_MEMORY()                                                      \
  do {                                                                       \
    mem = I->memory ? I->memory->base : NULL;                                \
    u32 pages_ = I->memory ? I->memory->pages : 0;                           \
    fast = pages_ == 0 ? 0 : pages_ == 65536 ? 0xffffff00u : pages_ * WR_PAGE - 256; \
  } while (0)

/* i: a local's index, most often one byte */
#define INDEX(i)                                 \
  u32 i;                                         \
  FETCH(i);                                      \
  if (UNLIKELY(i & 0x80)) {                      \
    i &= 0x7f;                                   \
    for (u32 shift = 7, more = 1; more; shift += 7) { \
      more = *ip++;                              \
      i |= (more & 0x7f) << shift;               \
      more &= 0x80;                              \
    }                                            \
  }

/* ---- state A ---- */
#define A_UNREACHABLE() TRAP(WR_TRAP_UNREACHABLE);
#define A_NOP() NEXT();
#define A_BLOCK() { ip = leb_skip(ip); NEXT(); }
#define A_IF() { u32 c = TOS32; FILL(); if (!c) TAKE_BRANCH(); FALL_THROUGH(); }
#define A_ELSE() TAKE_BRANCH();
#define A_END() { if (ip == fn_end) goto do_return; NEXT(); }
#define A_BR() TAKE_BRANCH();
#define A_BR_IF() { u32 c = TOS32; FILL(); if (c) TAKE_BRANCH(); FALL_THROUGH(); }
#define A_BR_TABLE() { u32 i = TOS32, n = (u32)leb(ip, false); FILL(); stp += i < n ? i : n; TAKE_BRANCH(); }
#define A_RETURN() goto do_return;
#define A_CALL() { func = (u32)leb(ip, false); ip = leb_skip(ip); callee = wr_func_entry(I, func); goto do_call; }
#define A_CALL_INDIRECT() goto do_call_indirect;
#define A_DROP() { FILL(); NEXT(); }
#define A_SELECT() { wr_slot *chosen = TOS32 ? sp - 1 : sp; sp -= 2; LOAD_SLOT(chosen); NEXT(); }
#define A_LOCAL_GET() { INDEX(i) PENDING(locals + i); NEXT_B(); }
#define A_LOCAL_SET() { INDEX(i) STORE_SLOT(locals + i); FILL(); NEXT(); }
#define A_LOCAL_TEE() { INDEX(i) STORE_SLOT(locals + i); NEXT(); }
#define A_GLOBAL_GET() { INDEX(i) SPILL(); SET64(*GLOBAL_SLOT(i)); NEXT(); }
#define A_GLOBAL_SET() { INDEX(i) *GLOBAL_SLOT(i) = TOS64; FILL(); NEXT(); }
#define GLOBAL_SLOT(i) ((i) < I->module->global_imports ? I->imported_globals[i].slot : I->globals + ((i) - I->module->global_imports))

/* alignment and offset, one byte each, else the slow way */
#define FAST_ACCESS(addr, otherwise)                 \
  u32 at = (addr), memarg;                           \
  FETCH2(memarg);                                    \
  if (UNLIKELY(memarg & 0x80808080u)) goto otherwise; \
  if (UNLIKELY(at >= fast)) goto otherwise;          \
  at += memarg >> 8;                                 \
  OPAQUE(at);                                        \
  uint8_t *p = mem + at;
#define A_LOAD32(T) { FAST_ACCESS(TOS32, slow_memory) T v; memcpy(&v, p, sizeof v); SET32(v); NEXT(); }
#define A_LOAD64(T) { FAST_ACCESS(TOS32, slow_memory) T v; memcpy(&v, p, sizeof v); SET64(U64(v)); NEXT(); }
#define A_STORE32(T) { FAST_ACCESS((u32)*sp, slow_memory) T v = (T)TOS32; memcpy(p, &v, sizeof v); sp--; FILL(); NEXT(); }
#define A_STORE64(T) { FAST_ACCESS((u32)*sp, slow_memory) T v = (T)TOS64; memcpy(p, &v, sizeof v); sp--; FILL(); NEXT(); }
#define A_MEMORY_SIZE() { ip++; SPILL(); SET32(I->memory->pages); NEXT(); }
#define A_MEMORY_GROW() { ip++; SET32(wr_memory_grow(I, TOS32)); RELOAD_MEMORY(); NEXT(); }

/* A constant of one or two bytes here, a longer one elsewhere. */
#define SHORT_CONST(long_one)                          \
  u32 b0, b1;                                          \
  FETCH(b0);                                           \
  if (LIKELY(b0 < 0x80)) {                             \
    HOLD(S32(b0 << 25) >> 25);                         \
    NEXT_C();                                          \
  }                                                    \
  FETCH(b1);                                           \
  if (LIKELY(b1 < 0x80)) {                             \
    HOLD(S32((b0 & 0x7f) << 18 | b1 << 25) >> 18);     \
    NEXT_C();                                          \
  }                                                    \
  goto long_one;
#define READ_CONST32() SHORT_CONST(long_const32)
#define READ_CONST64() SHORT_CONST(long_const64)
#define A_CONST32() { READ_CONST32() }
#define A_CONST64() { READ_CONST64() }

#define A_TEST32(e) { u32 a = TOS32; SET32(e); NEXT(); }
#define A_TEST64(e) { u64 a = TOS64; SET32(e); NEXT(); }
#define A_UN32(e) { u32 a = TOS32; SET32(e); NEXT(); }
#define A_UN64(e) { u64 a = TOS64; SET64(e); NEXT(); }
#define A_BIN32(e) { u32 b = TOS32, a = (u32)*sp--; SET32(e); NEXT(); }
#define A_BIN64(e) { u64 b = TOS64, a = *sp--; SET64(e); NEXT(); }
#define A_CMP32(e) { u32 b = TOS32, a = (u32)*sp--; SET32(e); NEXT(); }
#define A_CMP64(e) { u64 b = TOS64, a = *sp--; SET32(e); NEXT(); }
#define SIGNED 1
#define UNSIGNED 0
#define A_DIV32(sign, e) { u32 b = TOS32, a = (u32)*sp--; if (b == 0) TRAP(WR_TRAP_DIVIDE); if (sign && a == 0x80000000u && b == 0xffffffffu) TRAP(WR_TRAP_OVERFLOW); SET32(e); NEXT(); }
#define A_DIV64(sign, e) { u64 b = TOS64, a = *sp--; if (b == 0) TRAP(WR_TRAP_DIVIDE); if (sign && a == (u64)1 << 63 && ~b == 0) TRAP(WR_TRAP_OVERFLOW); SET64(e); NEXT(); }
#define A_REM32(e) { u32 b = TOS32, a = (u32)*sp--; if (b == 0) TRAP(WR_TRAP_DIVIDE); SET32(e); NEXT(); }
#define A_REM64(e) { u64 b = TOS64, a = *sp--; if (b == 0) TRAP(WR_TRAP_DIVIDE); SET64(e); NEXT(); }
#define GET_u32 TOS32
#define GET_u64 TOS64
#define SET_u32(v) SET32(v)
#define SET_u64(v) SET64(v)
#define A_CVT(from, to, e) { from a = GET_##from; SET_##to(e); NEXT(); }

#if WR_FLOAT
#define GET_f32 to_f32(TOS32)
#define GET_f64 to_f64(TOS64)
#define SET_f32(v) SET32(of_f32(v))
#define SET_f64(v) SET64(of_f64(v))
#define A_LOADF32(T) A_LOAD32(T)
#define A_LOADF64(T) A_LOAD64(T)
#define A_STOREF32(T) A_STORE32(T)
#define A_STOREF64(T) A_STORE64(T)
#define A_CONSTF32() { u32 v; SPILL(); memcpy(&v, ip, 4); ip += 4; SET32(v); NEXT(); }
#define A_CONSTF64() { u64 v; SPILL(); memcpy(&v, ip, 8); ip += 8; SET64(v); NEXT(); }
#define A_CMPF32(e) { f32 b = GET_f32, a = to_f32(*sp--); SET32(e); NEXT(); }
#define A_CMPF64(e) { f64 b = GET_f64, a = to_f64(*sp--); SET32(e); NEXT(); }
#define A_UNF32(e) { f32 a = GET_f32; SET_f32(e); NEXT(); }
#define A_UNF64(e) { f64 a = GET_f64; SET_f64(e); NEXT(); }
#define A_BINF32(e) { f32 b = GET_f32, a = to_f32(*sp--); SET_f32(e); NEXT(); }
#define A_BINF64(e) { f64 b = GET_f64, a = to_f64(*sp--); SET_f64(e); NEXT(); }
#define A_FBITS32(e) A_UN32(e)
#define A_FBITS64(e) A_UN64(e)
#define A_FBITS2_32(e) A_BIN32(e)
#define A_FBITS2_64(e) A_BIN64(e)
#define A_CVTF(from, to, e) A_CVT(from, to, e)
#define A_TRUNC(from, to, how) { to v = 0; status = how(GET_##from, &v); if (status != WR_OK) goto trap; SET_##to(v); NEXT(); }
#define A_SAT(from, to, how) { SET_##to(how(GET_##from)); NEXT(); }
#define A_REINTERPRET() NEXT();
#else
/* never reached: the validator refuses these opcodes */
#define ABSENT() TRAP(WR_TRAP_UNREACHABLE);
#define A_LOADF32(T) ABSENT()
#define A_LOADF64(T) ABSENT()
#define A_STOREF32(T) ABSENT()
#define A_STOREF64(T) ABSENT()
#define A_CONSTF32() ABSENT()
#define A_CONSTF64() ABSENT()
#define A_CMPF32(e) ABSENT()
#define A_CMPF64(e) ABSENT()
#define A_UNF32(e) ABSENT()
#define A_UNF64(e) ABSENT()
#define A_BINF32(e) ABSENT()
#define A_BINF64(e) ABSENT()
#define A_FBITS32(e) ABSENT()
#define A_FBITS64(e) ABSENT()
#define A_FBITS2_32(e) ABSENT()
#define A_FBITS2_64(e) ABSENT()
#define A_CVTF(from, to, e) ABSENT()
#define A_TRUNC(from, to, how) ABSENT()
#define A_SAT(from, to, how) ABSENT()
#define A_REINTERPRET() ABSENT()
#endif

#define A_BULK() { u32 c = TOS32, b = (u32)*sp--, a = (u32)*sp--; FILL(); status = bulk(I, sub, ip, a, b, c); if (status != WR_OK) goto trap; goto after_bulk; }
#define A_MEMORY_INIT() A_BULK()
#define A_MEMORY_COPY() A_BULK()
#define A_MEMORY_FILL() A_BULK()
#define A_TABLE_INIT() A_BULK()
#define A_TABLE_COPY() A_BULK()
#define A_DATA_DROP() { INDEX(i) I->dropped[i] = 1; NEXT(); }
#define A_ELEM_DROP() { INDEX(i) I->dropped[I->module->datas + i] = 1; NEXT(); }

/* ---- state B: what has its own handler; everything else goes to state A first ---- */
#define MATERIALIZE() goto materialize;
#define B_UNREACHABLE() MATERIALIZE()
#define B_NOP() NEXT_B();
#define B_BLOCK() MATERIALIZE()
#define B_IF() { u32 c = (u32)*pending; if (!c) TAKE_BRANCH(); FALL_THROUGH(); }
#define B_ELSE() MATERIALIZE()
#define B_END() MATERIALIZE()
#define B_BR() MATERIALIZE()
#define B_BR_IF() { u32 c = (u32)*pending; if (c) TAKE_BRANCH(); FALL_THROUGH(); }
#define B_BR_TABLE() MATERIALIZE()
#define B_RETURN() MATERIALIZE()
#define B_CALL() MATERIALIZE()
#define B_CALL_INDIRECT() MATERIALIZE()
#define B_DROP() NEXT();
#define B_SELECT() { if ((u32)*pending) LOAD_SLOT(sp); sp--; NEXT(); }
#define B_LOCAL_GET() { SPILL(); LOAD_SLOT(pending); INDEX(i) PENDING(locals + i); NEXT_B(); }
#define B_LOCAL_SET() { u64 v = *pending; INDEX(i) locals[i] = v; NEXT(); }
#define B_LOCAL_TEE() { SPILL(); LOAD_SLOT(pending); INDEX(i) locals[i] = TOS64; NEXT(); }
#define B_GLOBAL_GET() MATERIALIZE()
#define B_GLOBAL_SET() MATERIALIZE()
#define B_LOAD32(T) { FAST_ACCESS((u32)*pending, slow_memory_b) T v; SPILL(); memcpy(&v, p, sizeof v); SET32(v); NEXT(); }
#define B_LOAD64(T) { FAST_ACCESS((u32)*pending, slow_memory_b) T v; SPILL(); memcpy(&v, p, sizeof v); SET64(U64(v)); NEXT(); }
#define B_STORE32(T) { FAST_ACCESS(TOS32, slow_memory_b) T v = (T)(u32)*pending; memcpy(p, &v, sizeof v); FILL(); NEXT(); }
#define B_STORE64(T) { FAST_ACCESS(TOS32, slow_memory_b) T v = (T)*pending; memcpy(p, &v, sizeof v); FILL(); NEXT(); }
#define B_MEMORY_SIZE() MATERIALIZE()
#define B_MEMORY_GROW() MATERIALIZE()
#define B_CONST32() { SPILL(); LOAD_SLOT(pending); READ_CONST32() }
#define B_CONST64() { SPILL(); LOAD_SLOT(pending); READ_CONST64() }
#define B_TEST32(e) { u32 a = (u32)*pending; SPILL(); SET32(e); NEXT(); }
#define B_TEST64(e) { u64 a = *pending; SPILL(); SET32(e); NEXT(); }
#define B_UN32(e) MATERIALIZE()
#define B_UN64(e) MATERIALIZE()
#define B_BIN32(e) { u32 b = (u32)*pending, a = TOS32; SET32(e); NEXT(); }
#define B_BIN64(e) { u64 b = *pending, a = TOS64; SET64(e); NEXT(); }
#define B_CMP32(e) { u32 b = (u32)*pending, a = TOS32; SET32(e); NEXT(); }
#define B_CMP64(e) { u64 b = *pending, a = TOS64; SET32(e); NEXT(); }
#define B_DIV32(sign, e) MATERIALIZE()
#define B_DIV64(sign, e) MATERIALIZE()
#define B_REM32(e) MATERIALIZE()
#define B_REM64(e) MATERIALIZE()
#define PENDING_u32 (u32)*pending
#define PENDING_u64 *pending
#define B_CVT(from, to, e) { from a = PENDING_##from; SPILL(); SET_##to(e); NEXT(); }
#define B_LOADF32(T) MATERIALIZE()
#define B_LOADF64(T) MATERIALIZE()
#define B_STOREF32(T) MATERIALIZE()
#define B_STOREF64(T) MATERIALIZE()
#define B_CONSTF32() MATERIALIZE()
#define B_CONSTF64() MATERIALIZE()
#define B_CMPF32(e) MATERIALIZE()
#define B_CMPF64(e) MATERIALIZE()
#define B_UNF32(e) MATERIALIZE()
#define B_UNF64(e) MATERIALIZE()
#define B_BINF32(e) MATERIALIZE()
#define B_BINF64(e) MATERIALIZE()
#define B_FBITS32(e) MATERIALIZE()
#define B_FBITS64(e) MATERIALIZE()
#define B_FBITS2_32(e) MATERIALIZE()
#define B_FBITS2_64(e) MATERIALIZE()
#define B_CVTF(from, to, e) MATERIALIZE()
#define B_TRUNC(from, to, how) MATERIALIZE()
#define B_REINTERPRET() MATERIALIZE()

/* ---- state C ---- */
#define MATERIALIZE_C() goto materialize_c;
#define CONSTANT U64((int64_t)constant)
#define C_UNREACHABLE() MATERIALIZE_C()
#define C_NOP() NEXT_C();
#define C_BLOCK() MATERIALIZE_C()
#define C_IF() MATERIALIZE_C()
#define C_ELSE() MATERIALIZE_C()
#define C_END() MATERIALIZE_C()
#define C_BR() MATERIALIZE_C()
#define C_BR_IF() MATERIALIZE_C()
#define C_BR_TABLE() MATERIALIZE_C()
#define C_RETURN() MATERIALIZE_C()
#define C_CALL() MATERIALIZE_C()
#define C_CALL_INDIRECT() MATERIALIZE_C()
#define C_DROP() NEXT();
#define C_SELECT() MATERIALIZE_C()
#define C_LOCAL_GET() { SPILL(); SET64(CONSTANT); INDEX(i) PENDING(locals + i); NEXT_B(); }
#define C_LOCAL_SET() { INDEX(i) locals[i] = CONSTANT; NEXT(); }
#define C_LOCAL_TEE() { INDEX(i) locals[i] = CONSTANT; NEXT_C(); }
#define C_GLOBAL_GET() MATERIALIZE_C()
#define C_GLOBAL_SET() MATERIALIZE_C()
#define C_LOAD32(T) { FAST_ACCESS((u32)constant, slow_memory_c) T v; SPILL(); memcpy(&v, p, sizeof v); SET32(v); NEXT(); }
#define C_LOAD64(T) { FAST_ACCESS((u32)constant, slow_memory_c) T v; SPILL(); memcpy(&v, p, sizeof v); SET64(U64(v)); NEXT(); }
#define C_STORE32(T) { FAST_ACCESS(TOS32, slow_memory_c) T v = (T)(u32)constant; memcpy(p, &v, sizeof v); FILL(); NEXT(); }
#define C_STORE64(T) { FAST_ACCESS(TOS32, slow_memory_c) T v = (T)CONSTANT; memcpy(p, &v, sizeof v); FILL(); NEXT(); }
#define C_MEMORY_SIZE() MATERIALIZE_C()
#define C_MEMORY_GROW() MATERIALIZE_C()
#define C_CONST32() { SPILL(); SET64(CONSTANT); READ_CONST32() }
#define C_CONST64() { SPILL(); SET64(CONSTANT); READ_CONST64() }
#define C_TEST32(e) MATERIALIZE_C()
#define C_TEST64(e) MATERIALIZE_C()
#define C_UN32(e) MATERIALIZE_C()
#define C_UN64(e) MATERIALIZE_C()
#define C_BIN32(e) { u32 b = (u32)constant, a = TOS32; SET32(e); NEXT(); }
#define C_BIN64(e) { u64 b = CONSTANT, a = TOS64; SET64(e); NEXT(); }
#define C_CMP32(e) { u32 b = (u32)constant, a = TOS32; SET32(e); NEXT(); }
#define C_CMP64(e) { u64 b = CONSTANT, a = TOS64; SET32(e); NEXT(); }
#define C_DIV32(sign, e) MATERIALIZE_C()
#define C_DIV64(sign, e) MATERIALIZE_C()
#define C_REM32(e) MATERIALIZE_C()
#define C_REM64(e) MATERIALIZE_C()
#define C_CVT(from, to, e) MATERIALIZE_C()
#define C_LOADF32(T) MATERIALIZE_C()
#define C_LOADF64(T) MATERIALIZE_C()
#define C_STOREF32(T) MATERIALIZE_C()
#define C_STOREF64(T) MATERIALIZE_C()
#define C_CONSTF32() MATERIALIZE_C()
#define C_CONSTF64() MATERIALIZE_C()
#define C_CMPF32(e) MATERIALIZE_C()
#define C_CMPF64(e) MATERIALIZE_C()
#define C_UNF32(e) MATERIALIZE_C()
#define C_UNF64(e) MATERIALIZE_C()
#define C_BINF32(e) MATERIALIZE_C()
#define C_BINF64(e) MATERIALIZE_C()
#define C_FBITS32(e) MATERIALIZE_C()
#define C_FBITS64(e) MATERIALIZE_C()
#define C_FBITS2_32(e) MATERIALIZE_C()
#define C_FBITS2_64(e) MATERIALIZE_C()
#define C_CVTF(from, to, e) MATERIALIZE_C()
#define C_TRUNC(from, to, how) MATERIALIZE_C()
#define C_REINTERPRET() MATERIALIZE_C()

#define PASTE(a, b) a##b

wr_status wr_run(wr_instance *I, u32 func, wr_slot *args) {
  /* Labels as values (GNU C): one indirect jump at the end of each handler. Opcodes that do not exist keep entry 0; the
   * validator has seen to it that they are never met. */
  static const void *const entries[768] = {
#define X(code, id, text, imm, sig, body) [code] = ENTRY(A_##id),
#define XFC(code, id, text, imm, sig, body)
#include "opcodes.def"
#define X(code, id, text, imm, sig, body) [256 + (code)] = ENTRY(B_##id),
#define XFC(code, id, text, imm, sig, body)
#include "opcodes.def"
#define X(code, id, text, imm, sig, body) [512 + (code)] = ENTRY(C_##id),
#define XFC(code, id, text, imm, sig, body)
#include "opcodes.def"
    [0xfc] = ENTRY(prefixed), [256 + 0xfc] = ENTRY(materialize), [512 + 0xfc] = ENTRY(materialize_c),
  };
  static const void *const table_fc[] = {
#define X(code, id, text, imm, sig, body)
#define XFC(code, id, text, imm, sig, body) [(code) - 0xfc00] = ENTRY(A_##id),
#include "opcodes.def"
  };
  const uint8_t *const base = I->module->bytes, *fn_end = NULL;
  PINNED(const uint8_t *ip, "r6") = NULL;
  const wr_side_branch *const branches = wr_side_branches(I->module->side), *stp = NULL;
  const wr_side_func *fn = NULL, *callee = wr_func_entry(I, func);
  PINNED(wr_slot *sp, "r7") = args + callee->params - 1;
  PINNED(wr_slot *locals, "r8") = NULL;
  PINNED(const void *const *table, "r9") = entries;
  PINNED(uint8_t *mem, "r10");
  PINNED(u32 fast, "r11");
  PINNED(uintptr_t held, "r12") = 0;
  u32 adjust = 0, sub = 0;
  wr_status status = WR_OK;
  TOS_REGISTERS;
#if WR_PROFILE
  u32 previous = 0;
#endif
  FILL();
  RELOAD_MEMORY();
  OPAQUE(table);

do_call: {
  SPILL();
  wr_slot *first = sp - callee->params + 1;
  FUEL();
  if (callee->code == 0) {
    u32 room = callee->params > callee->results ? callee->params : callee->results;
    if ((size_t)(I->stack_end - first) <= room) TRAP(WR_TRAP_STACK);
    wr_slot *next = I->stack_next;
    I->stack_next = first + room;
    status = wr_call_import(I, I->imports + func, first);
    I->stack_next = next;
    if (status != WR_OK) goto trap;
    RELOAD_MEMORY();
    sp = first + callee->results - 1;
    if (!fn) return WR_OK;
    FILL();
    NEXT();
  }
  if ((size_t)(I->stack_end - first) < (size_t)callee->locals + SAVED_SLOTS + callee->stack + 2) TRAP(WR_TRAP_STACK);
  if (I->depth == I->max_depth) TRAP(WR_TRAP_DEPTH);
  I->depth++;
  wr_slot *frame = first + callee->locals;
  for (wr_slot *p = sp + 1; p < frame; p++) *p = 0;
  *(saved *)(void *)frame = (saved){ip, stp, locals, fn};
  fn = callee;
  locals = first;
  sp = frame + SAVED_SLOTS - 1;
  ip = base + fn->code;
  fn_end = base + fn->end + 1;
  stp = branches + fn->branch;
  NEXT();
}

do_return: {
  saved *caller = (saved *)(void *)(locals + fn->locals);
  ip = caller->ip;
  stp = caller->stp;
  wr_slot *first = locals;
  locals = caller->locals;
  const wr_side_func *returning = fn;
  fn = caller->fn;
  I->depth--;
  if (returning->results == 1) sp = first - 1;
  else {
    u32 count = returning->results;
    SPILL();
    memmove(first, sp + 1 - count, count * sizeof *sp);
    sp = first + count - 1;
    if (fn) FILL();
  }
  if (!fn) {
    if (returning->results == 1) *first = TOS64;
    return WR_OK;
  }
  fn_end = base + fn->end + 1;
  NEXT();
}

do_call_indirect: {
  const wr_funcref *ref = NULL;
  status = check_indirect(I, (u32)leb(ip, false), TOS32, &ref);
  if (status != WR_OK) goto trap;
  ip = leb_skip(ip) + 1;
  FILL();
  func = ref->func;
  callee = wr_func_entry(ref->instance, func);
  if (ref->instance == I) goto do_call;
  SPILL();
  wr_slot *first = sp - callee->params + 1;
  u32 room = callee->params > callee->results ? callee->params : callee->results;
  if ((size_t)(I->stack_end - first) <= room) TRAP(WR_TRAP_STACK);
  struct wr_import import = {NULL, ref->instance, func};
  wr_slot *next = I->stack_next;
  I->stack_next = first + room;
  status = wr_call_import(I, &import, first);
  I->stack_next = next;
  if (status != WR_OK) goto trap;
  RELOAD_MEMORY();
  sp = first + callee->results - 1;
  FILL();
  NEXT();
}

adjust_stack: {
  u32 keep = adjust >> 10, drop = adjust & WR_SIDE_MAX_DROP;
  if (keep == 1) sp -= drop;
  else {
    SPILL();
    memmove(sp + 1 - keep - drop, sp + 1 - keep, keep * sizeof *sp);
    sp -= drop;
    FILL();
  }
  NEXT();
}

slow_memory_c:
  SPILL();
  SET64(CONSTANT);
  goto slow_memory;
slow_memory_b:
  SPILL();
  LOAD_SLOT(pending);
slow_memory: {
  ip -= 2; /* back to the alignment */
  u32 op = (u32)ip[-1] - 0x28, size = access_size[op];
  bool store = op >= 0x36 - 0x28;
  ip = leb_skip(ip);
  u64 at = (u64)(store ? (u32)*sp : TOS32) + (u32)leb(ip, false), v = TOS64;
  ip = leb_skip(ip);
  if (!I->memory || at + size > (u64)I->memory->pages * WR_PAGE) TRAP(WR_TRAP_MEMORY);
  if (store) {
    memcpy(mem + at, &v, size);
    sp--;
    FILL();
    NEXT();
  }
  v = 0;
  memcpy(&v, mem + at, size);
  u32 spare = 64 - 8 * size;
  if (ACCESS_SIGNED >> op & 1) v = U64(S64(v << spare) >> spare);
  SET64(v);
  NEXT();
}

long_const32: {
  u32 v = (ip[-2] & 0x7fu) | (ip[-1] & 0x7fu) << 7, shift = 14, byte;
  do {
    FETCH(byte);
    v |= (byte & 0x7f) << shift;
    shift += 7;
  } while (byte & 0x80);
  if (shift < 32 && (byte & 0x40)) v |= ~0u << shift;
  HOLD((s32)v);
  NEXT_C();
}

long_const64: /* to state A at once */
  SPILL();
  SET64(leb(ip - 2, true));
  ip = leb_skip(ip);
  NEXT();

materialize:
  SPILL();
  LOAD_SLOT(pending);
  goto *table[ip[-1]];

materialize_c:
  SPILL();
  SET64(CONSTANT);
  goto *table[ip[-1]];

prefixed:
  sub = (u32)leb(ip, false);
  ip = leb_skip(ip);
  goto *table_fc[sub];

after_bulk:
  /* two immediates, except memory.fill: segment and memory, or two memories or tables */
  ip = leb_skip(ip);
  if (sub != 11) ip = leb_skip(ip);
  NEXT();

trap:
  I->trap_offset = ip ? (u32)(ip - base) : 0;
  return status;

#define X(code, id, text, imm, sig, body) A_##id: PASTE(A_, body)
#define XFC(code, id, text, imm, sig, body) A_##id: PASTE(A_, body)
#include "opcodes.def"
#define X(code, id, text, imm, sig, body) B_##id: PASTE(B_, body)
#define XFC(code, id, text, imm, sig, body)
#include "opcodes.def"
#define X(code, id, text, imm, sig, body) C_##id: PASTE(C_, body)
#define XFC(code, id, text, imm, sig, body)
#include "opcodes.def"
}
