/* The side table: what an in-place interpreter cannot see from the code alone, prepared when the image is built.
 *
 * Made by platforms/runtime/sidetable/builder.ts, carried in the signed image beside the module, read-only at run time.
 * It is untrusted: the validator derives every field again while it walks the code and refuses the first that differs
 * (WR_TABLE_*), so that after wr_load the interpreter may follow it without a check. Little-endian, 4-byte aligned.
 *
 *    0        4        8        12       16       20       24
 *   +--------+--------+--------+--------+--------+--------+----------------+-----------------+------------------------+
 *   | magic  | version| types  | funcs  |branches| module | types x 8      | funcs x 20      | branches x 8           |
 *   | "WRST" | 1      | (count)| (count)| (count)| size   |                |                 |                        |
 *   +--------+--------+--------+--------+--------+--------+----------------+-----------------+------------------------+
 *
 *   type      | u32 offset of its parameter vector in the module | u16 canonical | u8 params | u8 results |
 *             canonical: index of the first equal type, so that call_indirect compares two numbers
 *   function  | u32 code | u32 end | u32 branch | u16 type | u16 locals | u16 stack | u8 params | u8 results |
 *             code: offset of the first opcode (0 for an import); end: of the final `end`; branch: index of its first
 *             branch entry; type: canonical; locals: with the parameters; stack: greatest height of the operand stack
 *   branch    | i32 pc | i16 entry | u6 keep, u10 drop |
 *             one for each if, else, br, br_if, and for each label of a br_table, in the order of the code.
 *             pc:    target minus the offset just after the opcode
 *             entry: index of the entry in force at the target, minus the index of this one
 *             keep:  values at the top that move down (0 when drop is 0)    drop: values under them that go away
 *
 * A target is the first opcode of a loop's body, the opcode after the `end` of a block (after `else` when an `if` is
 * not taken), and for the function's own label its final `end`. In unreachable code keep and drop are 0.
 */
#ifndef WR_SIDETABLE_H
#define WR_SIDETABLE_H

#include <stdint.h>

#define WR_SIDE_MAGIC 0x54535257u /* "WRST" */
#define WR_SIDE_VERSION 1u
#define WR_SIDE_MAX_KEEP 63u
#define WR_SIDE_MAX_DROP 1023u

typedef struct wr_sidetable {
  uint32_t magic, version, types, funcs, branches, module_size;
} wr_sidetable;

typedef struct { uint32_t offset; uint16_t canonical; uint8_t params, results; } wr_side_type;

typedef struct {
  uint32_t code, end, branch;
  uint16_t type, locals, stack;
  uint8_t params, results;
} wr_side_func;

typedef struct { int32_t pc; int16_t entry; uint16_t adjust; /* keep << 10 | drop */ } wr_side_branch;

_Static_assert(sizeof(wr_sidetable) == 24, "layout");
_Static_assert(sizeof(wr_side_type) == 8, "layout");
_Static_assert(sizeof(wr_side_func) == 20, "layout");
_Static_assert(sizeof(wr_side_branch) == 8, "layout");
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the engine reads module and side table in place: little-endian only"
#endif

static inline const wr_side_type *wr_side_types(const wr_sidetable *t) { return (const wr_side_type *)(t + 1); }
static inline const wr_side_func *wr_side_funcs(const wr_sidetable *t) {
  return (const wr_side_func *)(wr_side_types(t) + t->types);
}
static inline const wr_side_branch *wr_side_branches(const wr_sidetable *t) {
  return (const wr_side_branch *)(wr_side_funcs(t) + t->funcs);
}

#endif
