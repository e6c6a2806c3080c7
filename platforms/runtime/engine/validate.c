/* Validation of function bodies, and of the side table's entries that belong to them.
 *
 * After: WebAssembly Core Specification 2.0, appendix 7.3 (validation algorithm): a stack of operand types, a stack of control
 * frames, an unknown type in unreachable code. Plain opcodes are driven by their signatures in opcodes.def.
 *
 * The side table is compared without memory for pending branches: a forward branch claims where its block ends, all
 * claims on one frame must agree, and the frame's `end` must find itself where they say.
 *
 * One file beyond 400 lines: the rules of the opcodes and the two stacks that they share belong together.
 *
 * Stacks live in the caller's scratch: local types and operand types grow up, control frames grow down.
 */
#include "loader.h"

enum imm {
  NONE, BLOCK, LABEL, LABELS, FUNC, TYPE, LOCAL, GLOBAL, MEM0, MEM1, MEM2, MEM3, MEMIDX, I32, I64, F32, F64, DATA, DATAMEM,
  MEMMEM, ELEM, ELEMTAB, TABTAB
};

#define SIG_MAX 6 /* "iii:" and a terminator */
typedef struct { uint16_t code; uint8_t imm; char sig[SIG_MAX]; } op_info;

static const op_info op_table[] = {
#define X(code, id, text, imm, sig, body) {code, imm, sig},
#define XFC(code, id, text, imm, sig, body) {code, imm, sig},
#include "opcodes.def"
};

typedef struct {
  int32_t block;               /* s33 block type: >= 0 a type index, -64 none, -1..-4 one result */
  uint32_t height;             /* operands below this frame */
  uint32_t end_pc, end_entry;  /* where its forward branches claim it ends; end_pc 0 = no claim */
  uint32_t pc, entry;          /* loop: its start; if: where its else is claimed */
  uint8_t op;                  /* 0x02 block, 0x03 loop, 0x04 if, 0x05 else, 0 function */
  bool dead;                   /* unreachable from here on */
} frame;

typedef struct {
  wr_loader *l;
  wr_reader *r;
  const uint8_t *locals;
  uint8_t *ops;                /* operand types; 0 = unknown */
  frame *frames;               /* the innermost; older ones above it in memory */
  frame *outermost;
  const wr_side_func *side;
  const wr_side_branch *branches;
  uint32_t local_count, height, max_height, func, op_at;
} body;

#define UNKNOWN 0

static void fail(body *b, wr_status s) { rd_fail_at(b->r, s, b->op_at); }

/* ---- operands ---- */

static void push(body *b, uint8_t type) {
  if (b->r->err != WR_OK) return;
  if (b->ops + b->height >= (uint8_t *)b->frames) {
    fail(b, WR_LIMIT_SCRATCH);
    return;
  }
  b->ops[b->height++] = type;
  if (b->height > b->max_height) b->max_height = b->height;
}

static uint8_t pop(body *b, uint8_t want) {
  if (b->r->err != WR_OK) return want;
  if (b->height == b->frames->height) {
    if (!b->frames->dead) fail(b, WR_TYPE_MISMATCH);
    return want;
  }
  uint8_t type = b->ops[--b->height];
  if (type == UNKNOWN) return want;
  if (want != UNKNOWN && type != want) fail(b, WR_TYPE_MISMATCH);
  return type;
}

static void pop_all(body *b, const uint8_t *types, uint32_t count) {
  while (count > 0 && b->r->err == WR_OK) pop(b, types[--count]);
}

static void push_all(body *b, const uint8_t *types, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) push(b, types[i]);
}

/* The top operands must have these types; they stay. */
static void check_top(body *b, const uint8_t *types, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) {
    if (b->height - k == b->frames->height) {
      if (!b->frames->dead) fail(b, WR_TYPE_MISMATCH);
      return;
    }
    uint8_t type = b->ops[b->height - 1 - k];
    if (type != UNKNOWN && type != types[count - 1 - k]) fail(b, WR_TYPE_MISMATCH);
  }
}

static void set_dead(body *b) {
  b->height = b->frames->height;
  b->frames->dead = true;
}

/* ---- control frames ---- */

static wr_sig block_sig(const body *b, int32_t block) {
  static const uint8_t single[4] = {WR_I32, WR_I64, WR_F32, WR_F64};
  wr_sig s = {single, single, 0, 0};
  if (block >= 0) return wr_type_at(b->l->m, (uint32_t)block);
  if (block != -64) {
    s.results = single + (-1 - block);
    s.result_count = 1;
  }
  return s;
}

static int32_t read_block(body *b) {
  uint32_t at = rd_offset(b->r);
  int64_t block = wr_rd_signed(b->r, 33);
  if (b->r->err != WR_OK) return -64;
  if (block < 0 && (block < -4 || (!WR_FLOAT && block < -2))) {
    if (block == -64) return -64;
    wr_reader type = {b->r->base, b->r->base + at, b->r->end, WR_OK, 0};
    wr_rd_valtype(&type);
    rd_fail_at(b->r, type.err == WR_OK ? WR_BAD_TYPE : type.err, at);
    return -64;
  }
  if (block >= (int64_t)b->l->m->types) {
    rd_fail_at(b->r, WR_UNKNOWN_TYPE, at);
    return -64;
  }
  return (int32_t)block;
}

static void enter(body *b, uint8_t op, int32_t block) {
  frame *f = b->frames - 1;
  if ((uint8_t *)f < b->ops + b->height + 1) {
    fail(b, WR_LIMIT_SCRATCH);
    return;
  }
  f->block = block;
  f->height = b->height;
  f->end_pc = f->end_entry = 0;
  f->pc = rd_offset(b->r);
  f->entry = b->l->entry;
  f->op = op;
  f->dead = false;
  b->frames = f;
  if (op == 0) return;
  wr_sig s = block_sig(b, block);
  push_all(b, s.params, s.param_count);
}

/* The types that a branch to `f` carries. */
static const uint8_t *label_types(const body *b, const frame *f, uint32_t *count) {
  wr_sig s = block_sig(b, f->block);
  *count = f->op == 0x03 ? s.param_count : s.result_count;
  return f->op == 0x03 ? s.params : s.results;
}

static frame *label(body *b, uint32_t depth) {
  if (b->r->err == WR_OK && depth <= (uint32_t)(b->outermost - b->frames)) return b->frames + depth;
  fail(b, WR_UNKNOWN_LABEL);
  return b->frames;
}

/* ---- the side table ---- */

/* Takes the next branch entry, which must hold `adjust`; `from` is the offset just after the opcode. */
static bool take_entry(body *b, uint32_t from, uint32_t adjust, uint32_t *pc, uint32_t *entry) {
  if (!b->side || b->r->err != WR_OK) return false;
  if (b->l->entry >= b->l->side->branches) {
    fail(b, WR_TABLE_COUNT);
    return false;
  }
  uint32_t index = b->l->entry++;
  const wr_side_branch *e = b->branches + index;
  *pc = from + (uint32_t)e->pc;
  *entry = (uint32_t)((int32_t)index + e->entry);
  if (e->adjust == adjust && *pc != 0) return true;
  fail(b, WR_TABLE_BRANCH);
  return false;
}

static void claim_end(body *b, frame *f, uint32_t pc, uint32_t entry) {
  if (f->end_pc == 0) {
    f->end_pc = pc;
    f->end_entry = entry;
  }
  if (f->end_pc != pc || f->end_entry != entry) fail(b, WR_TABLE_BRANCH);
}

/* The entry of a branch to `f`, whose `arity` operands are on the stack. */
static void branch_entry(body *b, frame *f, uint32_t arity, uint32_t from) {
  uint32_t drop = 0, pc, entry;
  if (!b->side || b->r->err != WR_OK) return;
  if (!b->frames->dead && f != b->outermost) drop = b->height - f->height - arity;
  if (drop == 0) arity = 0;
  if (arity > WR_SIDE_MAX_KEEP || drop > WR_SIDE_MAX_DROP) {
    fail(b, WR_LIMIT_BRANCH);
    return;
  }
  if (!take_entry(b, from, arity << 10 | drop, &pc, &entry)) return;
  if (f->op != 0x03) claim_end(b, f, pc, entry);
  else if (f->pc != pc || f->entry != entry) fail(b, WR_TABLE_BRANCH);
}

/* ---- control opcodes ---- */

static void do_if(body *b, int32_t block, uint32_t from) {
  uint32_t pc = 0, entry = 0;
  pop(b, WR_I32);
  wr_sig s = block_sig(b, block);
  pop_all(b, s.params, s.param_count);
  take_entry(b, from, 0, &pc, &entry);
  enter(b, 0x04, block);
  if (b->r->err != WR_OK) return;
  b->frames->pc = pc;
  b->frames->entry = entry;
}

static void leave(body *b, const wr_sig *s) {
  pop_all(b, s->results, s->result_count);
  if (b->r->err == WR_OK && b->height != b->frames->height) fail(b, WR_TYPE_MISMATCH);
}

static void do_else(body *b) {
  frame *f = b->frames;
  uint32_t pc, entry;
  if (f->op != 0x04) {
    fail(b, WR_BAD_OPCODE);
    return;
  }
  wr_sig s = block_sig(b, f->block);
  leave(b, &s);
  if (take_entry(b, rd_offset(b->r), 0, &pc, &entry)) {
    claim_end(b, f, pc, entry);
    if (f->pc != rd_offset(b->r) || f->entry != b->l->entry) fail(b, WR_TABLE_BRANCH);
  }
  f->op = 0x05;
  f->dead = false;
  push_all(b, s.params, s.param_count);
}

static void do_end(body *b) {
  frame *f = b->frames;
  wr_sig s = block_sig(b, f->block);
  leave(b, &s);
  if (b->r->err != WR_OK) return;
  uint32_t pc = f == b->outermost ? b->op_at : rd_offset(b->r);
  if (b->side) {
    bool ok = f->end_pc == 0 || (f->end_pc == pc && f->end_entry == b->l->entry);
    if (f->op == 0x04) ok = ok && f->pc == pc && f->entry == b->l->entry;
    if (!ok) fail(b, WR_TABLE_BRANCH);
  }
  if (f->op == 0x04) {
    /* no else: parameters must be the results */
    bool same = s.param_count == s.result_count;
    for (uint32_t i = 0; same && i < s.param_count; i++) same = s.params[i] == s.results[i];
    if (!same) fail(b, WR_TYPE_MISMATCH);
  }
  b->frames++;
  if (f != b->outermost) push_all(b, s.results, s.result_count);
}

static void do_br_table(body *b, uint32_t from) {
  uint32_t count = wr_rd_u32(b->r), arity = 0;
  pop(b, WR_I32);
  if (count >= rd_left(b->r)) rd_fail(b->r, WR_TRUNCATED);
  for (uint32_t i = 0; i <= count && b->r->err == WR_OK; i++) {
    uint32_t n;
    frame *f = label(b, wr_rd_u32(b->r));
    const uint8_t *types = label_types(b, f, &n);
    if (i > 0 && n != arity) fail(b, WR_TYPE_MISMATCH);
    arity = n;
    check_top(b, types, n);
    branch_entry(b, f, n, from);
  }
  set_dead(b);
}

static void call_sig(body *b, const wr_sig *s) {
  pop_all(b, s->params, s->param_count);
  push_all(b, s->results, s->result_count);
}

static void do_select(body *b) {
  pop(b, WR_I32);
  uint8_t x = pop(b, UNKNOWN), y = pop(b, x);
  push(b, x == UNKNOWN ? y : x);
}

static uint8_t local_type(body *b) {
  uint32_t index = wr_rd_u32(b->r);
  if (b->r->err != WR_OK) return WR_I32;
  if (index < b->local_count) return b->locals[index];
  fail(b, WR_UNKNOWN_LOCAL);
  return WR_I32;
}

static uint8_t global_type(body *b, bool write) {
  uint32_t index = wr_rd_u32(b->r);
  if (b->r->err != WR_OK) return WR_I32;
  if (index >= b->l->m->globals) {
    fail(b, WR_UNKNOWN_GLOBAL);
    return WR_I32;
  }
  uint8_t type = b->l->global_types[index];
  if (write && !(type & WR_MUTABLE)) fail(b, WR_IMMUTABLE);
  return type & 0x7f;
}

static void context_op(body *b, uint8_t op) {
  uint32_t from = rd_offset(b->r), n;
  const wr_module *m = b->l->m;
  switch (op) {
    case 0x00: set_dead(b); break;
    case 0x02:
    case 0x03: {
      int32_t block = read_block(b);
      wr_sig s = block_sig(b, block);
      pop_all(b, s.params, s.param_count);
      enter(b, op, block);
      break;
    }
    case 0x04: do_if(b, read_block(b), from); break;
    case 0x05: do_else(b); break;
    case 0x0b: do_end(b); break;
    case 0x0c:
    case 0x0d: {
      uint32_t depth = wr_rd_u32(b->r);
      if (op == 0x0d) pop(b, WR_I32);
      frame *f = label(b, depth);
      const uint8_t *types = label_types(b, f, &n);
      check_top(b, types, n);
      branch_entry(b, f, n, from);
      if (op == 0x0c) set_dead(b);
      else if (b->frames->dead) {
        /* 3.3.8.7: pops and pushes the label's types, which makes unknown operands known */
        pop_all(b, types, n);
        push_all(b, types, n);
      }
      break;
    }
    case 0x0e: do_br_table(b, from); break;
    case 0x0f: {
      const uint8_t *types = label_types(b, b->outermost, &n);
      pop_all(b, types, n);
      set_dead(b);
      break;
    }
    case 0x10: {
      uint32_t func = wr_rd_u32(b->r);
      if (b->r->err != WR_OK) return;
      if (func >= m->funcs) {
        fail(b, WR_UNKNOWN_FUNC);
        return;
      }
      wr_sig s = wr_type_at(m, wr_func_type_index(m, func));
      call_sig(b, &s);
      break;
    }
    case 0x11: {
      uint32_t type = wr_rd_u32(b->r), table = wr_rd_byte(b->r);
      if (b->r->err != WR_OK) return;
      if (!m->has_table) fail(b, WR_UNKNOWN_TABLE);
      else if (table != 0) fail(b, table & 0x80 ? WR_BAD_ZERO : WR_UNKNOWN_TABLE);
      else if (type >= m->types) fail(b, WR_UNKNOWN_TYPE);
      if (b->r->err != WR_OK) return;
      pop(b, WR_I32);
      wr_sig s = wr_type_at(m, type);
      call_sig(b, &s);
      break;
    }
    case 0x1a: pop(b, UNKNOWN); break;
    case 0x1b: do_select(b); break;
    case 0x20: push(b, local_type(b)); break;
    case 0x21: pop(b, local_type(b)); break;
    case 0x22: {
      uint8_t type = local_type(b);
      pop(b, type);
      push(b, type);
      break;
    }
    case 0x23: push(b, global_type(b, false)); break;
    case 0x24: pop(b, global_type(b, true)); break;
    default: break;
  }
}

/* ---- plain opcodes ---- */

static uint8_t sig_type(char c) {
  return c == 'i' ? WR_I32 : c == 'I' ? WR_I64 : c == 'f' ? WR_F32 : WR_F64;
}

static void apply_sig(body *b, const char *sig) {
  const char *colon = sig;
  while (*colon != ':') colon++;
  for (const char *p = colon; p > sig; p--) pop(b, sig_type(p[-1]));
  for (const char *p = colon + 1; *p; p++) push(b, sig_type(*p));
}

static void zero_byte(body *b) {
  uint32_t at = rd_offset(b->r);
  uint8_t byte = wr_rd_byte(b->r);
  if (byte != 0) rd_fail_at(b->r, byte & 0x80 ? WR_BAD_ZERO : WR_MANY_MEMORIES, at);
}

static void check_index(body *b, uint32_t index, uint32_t count, wr_status status) {
  if (b->r->err == WR_OK && index >= count) fail(b, status);
}

static void need_data(body *b) {
  uint32_t index = wr_rd_u32(b->r);
  if (!b->l->m->has_data_count) fail(b, WR_NO_DATA_COUNT);
  check_index(b, index, b->l->m->datas, WR_UNKNOWN_DATA);
}

static void need_memory(body *b) {
  if (!b->l->m->has_memory) fail(b, WR_UNKNOWN_MEMORY);
}

static void table_index(body *b) {
  uint32_t index = wr_rd_u32(b->r);
  if (b->r->err == WR_OK && (!b->l->m->has_table || index != 0)) fail(b, WR_UNKNOWN_TABLE);
}

static void immediate(body *b, uint8_t imm) {
  wr_reader *r = b->r;
  switch (imm) {
    case MEM0: case MEM1: case MEM2: case MEM3: {
      uint32_t align = wr_rd_u32(r);
      need_memory(b);
      if (r->err == WR_OK && align > (uint32_t)(imm - MEM0)) fail(b, align >= 64 && align < 128 ? WR_MANY_MEMORIES : WR_BAD_ALIGN);
      wr_rd_u32(r);
      break;
    }
    case MEMIDX: zero_byte(b); need_memory(b); break;
    case MEMMEM: zero_byte(b); zero_byte(b); need_memory(b); break;
    case I32: wr_rd_signed(r, 32); break;
    case I64: wr_rd_signed(r, 64); break;
    case F32: wr_rd_skip(r, 4); break;
    case F64: wr_rd_skip(r, 8); break;
    case DATAMEM: need_data(b); zero_byte(b); need_memory(b); break;
    case DATA: need_data(b); break;
    case ELEMTAB:
    case ELEM: {
      uint32_t index = wr_rd_u32(r);
      if (imm == ELEMTAB) table_index(b);
      check_index(b, index, b->l->m->elems, WR_UNKNOWN_ELEM);
      break;
    }
    case TABTAB: table_index(b); table_index(b); break;
    default: break;
  }
}

/* Opcodes that exist in later versions or proposals: told apart from nonsense. */
static wr_status unknown_op(uint32_t code) {
  bool later = code >= 0xfc00 ? code <= 0xfc11 : (code >= 0x06 && code <= 0x0a) || (code >= 0x12 && code <= 0x15) ||
               (code >= 0x18 && code <= 0x1f && code != 0x1d && code != 0x1e) || code == 0x25 || code == 0x26 ||
               (code >= 0xd0 && code <= 0xd6) || code == 0xfb || code == 0xfd || code == 0xfe;
  return later ? WR_NO_OPCODE : WR_BAD_OPCODE;
}

/* The table is sorted: gaps only, so the search is short. */
static const op_info *find_op(uint32_t code) {
  uint32_t low = 0, high = sizeof op_table / sizeof op_table[0];
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (op_table[middle].code == code) return op_table + middle;
    if (op_table[middle].code < code) low = middle + 1;
    else high = middle;
  }
  return NULL;
}

static bool uses_float(const op_info *op) {
  for (const char *p = op->sig; *p; p++)
    if (*p == 'f' || *p == 'F') return true;
  return false;
}

static void instruction(body *b) {
  b->op_at = rd_offset(b->r);
  uint32_t code = wr_rd_byte(b->r);
  if (code == 0xfc) {
    uint32_t sub = wr_rd_u32(b->r);
    code = sub < 0x400 ? 0xfc00 + sub : 0xffff;
  }
  if (b->r->err != WR_OK) return;
  const op_info *op = find_op(code);
  if (!op) {
    fail(b, unknown_op(code));
    return;
  }
  if (op->sig[0] == '*') {
    context_op(b, (uint8_t)code);
    return;
  }
  if (!WR_FLOAT && uses_float(op)) {
    fail(b, WR_NO_FLOAT);
    return;
  }
  immediate(b, op->imm);
  if (b->r->err == WR_OK) apply_sig(b, op->sig);
}

/* ---- the body ---- */

/* Lays out the types of parameters and locals in the scratch. */
static void read_locals(body *b, const wr_sig *s) {
  wr_reader *r = b->r;
  uint8_t *types = b->l->scratch;
  uint32_t room = (uint32_t)((uint8_t *)b->frames - types);
  uint64_t total = s->param_count;
  b->locals = types;
  b->op_at = rd_offset(r);
  if (total > room) fail(b, WR_LIMIT_SCRATCH);
  for (uint32_t i = 0; i < s->param_count && r->err == WR_OK; i++) types[i] = s->params[i];
  uint32_t groups = wr_rd_u32(r);
  for (uint32_t g = 0; g < groups && r->err == WR_OK; g++) {
    uint32_t count = wr_rd_u32(r);
    uint8_t type = wr_rd_valtype(r);
    uint64_t before = total;
    total += count;
    if (total > UINT32_MAX) fail(b, WR_TOO_MANY_LOCALS);
    /* beyond what is kept, go on counting: "too many" above is the graver fault */
    for (uint64_t i = before; i < total && i < room; i++) types[i] = type;
  }
  if (r->err == WR_OK && b->side && total > 65535) fail(b, WR_LIMIT_LOCALS);
  if (r->err == WR_OK && total > room) fail(b, WR_LIMIT_SCRATCH);
  b->local_count = (uint32_t)total;
  b->ops = types + (r->err == WR_OK ? total : 0);
}

void wr_validate_body(wr_loader *l, wr_reader *r, uint32_t index) {
  const wr_module *m = l->m;
  uint32_t type = wr_func_type_index(m, index);
  wr_sig s = wr_type_at(m, type);
  body b = {.l = l, .r = r, .func = index};
  b.frames = (frame *)(void *)l->scratch_end;
  if (l->side) {
    b.side = wr_side_funcs(l->side) + index;
    b.branches = wr_side_branches(l->side);
  }
  uint32_t first_entry = l->entry;
  read_locals(&b, &s);
  if (r->err != WR_OK) return;
  uint32_t code = rd_offset(r);
  b.outermost = b.frames - 1;
  enter(&b, 0, (int32_t)type);
  while (r->err == WR_OK && b.frames <= b.outermost) {
    if (r->p == r->end) rd_fail(r, WR_BAD_END);
    else instruction(&b);
  }
  if (r->err == WR_OK && r->p != r->end) rd_fail(r, WR_BAD_END);
  if (r->err != WR_OK || !b.side) return;
  const wr_side_func *f = b.side;
  if (b.max_height > 65535) fail(&b, WR_LIMIT_STACK);
  else if (f->code != code || f->end != b.op_at || f->branch != first_entry || f->locals != b.local_count || f->stack != b.max_height)
    rd_fail_at(r, WR_TABLE_FUNC, code);
}
