/* Loading: walks the sections of a module, validates them, and checks the side table's header, type and function entries.
 *
 * After: WebAssembly Core Specification 2.0, 5.5 (modules) and 3.4 (validation of modules). Nothing is copied: wr_module
 * remembers offsets, and what is needed again later (types, imports, segments) is read again from the same bytes.
 */
#include "loader.h"
#include "memory.h"

enum { TYPE = 1, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, CODE, DATA, DATA_COUNT };

/* Position of each section id in the one order that is allowed (5.5.2); the data count stands before the code. */
static const uint8_t section_rank[13] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10};

uint8_t wr_rd_valtype(wr_reader *r) {
  uint32_t at = rd_offset(r);
  uint8_t t = wr_rd_byte(r);
  if (r->err != WR_OK) return WR_I32;
  if (t == WR_I32 || t == WR_I64) return t;
  if (t == WR_F32 || t == WR_F64) {
    if (!WR_FLOAT) rd_fail_at(r, WR_NO_FLOAT, at);
    return t;
  }
  if (t == 0x70 || t == 0x6f) rd_fail_at(r, WR_REFTYPE, at);
  else rd_fail_at(r, t == 0x7b || (t >= 0x63 && t <= 0x74) ? WR_NO_VALTYPE : WR_BAD_TYPE, at);
  return WR_I32;
}

static void reftype(wr_reader *r) {
  uint32_t at = rd_offset(r);
  uint8_t t = wr_rd_byte(r);
  if (t == 0x70 || r->err != WR_OK) return;
  rd_fail_at(r, t >= 0x63 && t <= 0x74 ? WR_REFTYPE : WR_BAD_TYPE, at);
}

/* ---- types ---- */

static wr_sig sig_at(const uint8_t *p) {
  /* validated before: plain LEB128 without bounds */
  wr_sig s;
  for (int half = 0; half < 2; half++) {
    uint32_t count = 0, shift = 0;
    uint8_t byte;
    do {
      byte = *p++;
      count |= (uint32_t)(byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    if (half == 0) s.params = p, s.param_count = count;
    else s.results = p, s.result_count = count;
    p += count;
  }
  return s;
}

wr_sig wr_type_at(const wr_module *m, uint32_t index) {
  if (m->side) return sig_at(m->bytes + wr_side_types(m->side)[index].offset);
  uint32_t count;
  wr_reader r = wr_section(m, TYPE, &count);
  for (;;) {
    r.p++; /* 0x60 */
    wr_sig s = sig_at(r.p);
    if (index-- == 0) return s;
    r.p = s.results + s.result_count;
  }
}

bool wr_sig_equal(const wr_sig *a, const wr_sig *b) {
  return a->param_count == b->param_count && a->result_count == b->result_count &&
         memcmp(a->params, b->params, a->param_count) == 0 && memcmp(a->results, b->results, a->result_count) == 0;
}

uint32_t wr_func_type_index(const wr_module *m, uint32_t index) {
  uint32_t count, left = index;
  if (m->side) return wr_side_funcs(m->side)[index].type;
  if (index < m->func_imports) {
    wr_reader r = wr_section(m, IMPORT, &count);
    for (;;) {
      wr_import_desc d;
      wr_rd_import(&r, &d);
      if (d.kind == WR_FUNC && left-- == 0) return d.type;
    }
  }
  wr_reader r = wr_section(m, FUNCTION, &count);
  for (left -= m->func_imports; left > 0; left--) wr_rd_u32(&r);
  return wr_rd_u32(&r);
}

/* The first type that equals type `index`. */
static uint32_t canonical_of(const wr_module *m, uint32_t index, const wr_sig *sig) {
  for (uint32_t i = 0; i < index; i++) {
    wr_sig other = wr_type_at(m, i);
    if (wr_side_types(m->side)[i].canonical == i && wr_sig_equal(&other, sig)) return i;
  }
  return index;
}

static void load_types(wr_loader *l) {
  wr_reader *r = l->r;
  wr_module *m = l->m;
  uint32_t count = wr_rd_u32(r);
  for (uint32_t i = 0; i < count && r->err == WR_OK; i++) {
    uint32_t at = rd_offset(r), counts[2];
    uint8_t form = wr_rd_byte(r);
    if (form != 0x60) rd_fail_at(r, form >= 0x4e && form <= 0x5f ? WR_NO_VALTYPE : WR_BAD_TYPE, at);
    uint32_t offset = rd_offset(r);
    for (int half = 0; half < 2; half++) {
      counts[half] = wr_rd_u32(r);
      for (uint32_t k = 0; k < counts[half] && r->err == WR_OK; k++) wr_rd_valtype(r);
    }
    if (r->err != WR_OK) return;
    m->types = i + 1;
    if (!l->side) continue;
    if (counts[0] > 255 || counts[1] > 255 || i > 65535) rd_fail_at(r, WR_LIMIT_RESULTS, at);
    const wr_side_type *t = wr_side_types(l->side) + i;
    if (r->err == WR_OK && i >= l->side->types) rd_fail_at(r, WR_TABLE_HEADER, at);
    if (r->err == WR_OK && (t->offset != offset || t->params != counts[0] || t->results != counts[1]))
      rd_fail_at(r, WR_TABLE_TYPE, at);
    if (r->err != WR_OK) return;
    wr_sig sig = sig_at(m->bytes + offset);
    if (t->canonical != canonical_of(m, i, &sig)) rd_fail_at(r, WR_TABLE_TYPE, at);
  }
}

/* ---- imports, functions, tables, memories, globals ---- */

wr_reader wr_section(const wr_module *m, uint32_t id, uint32_t *count) {
  wr_reader r = {m->bytes, m->bytes + m->section[id], m->bytes + m->size, WR_OK, 0};
  *count = m->section[id] ? wr_rd_u32(&r) : 0;
  return r;
}

void wr_rd_limits(wr_reader *r, uint32_t *min, uint32_t *max, uint32_t ceiling) {
  uint32_t at = rd_offset(r);
  uint8_t flags = wr_rd_byte(r);
  if (flags > 1) rd_fail_at(r, flags <= 7 ? WR_NO_VALTYPE : WR_BAD_FLAGS, at); /* shared and 64-bit are proposals */
  *min = wr_rd_u32(r);
  *max = flags == 1 ? wr_rd_u32(r) : UINT32_MAX;
  if (r->err == WR_OK && (*min > *max || *min > ceiling || (flags == 1 && *max > ceiling))) rd_fail_at(r, WR_BAD_LIMITS, at);
}

static void global_type(wr_reader *r, uint8_t *type, bool *mutable_) {
  *type = wr_rd_valtype(r);
  uint32_t at = rd_offset(r);
  uint8_t mut = wr_rd_byte(r);
  if (mut > 1) rd_fail_at(r, WR_BAD_FLAGS, at);
  *mutable_ = mut == 1;
}

void wr_rd_import(wr_reader *r, wr_import_desc *d) {
  memset(d, 0, sizeof *d);
  d->module = wr_rd_name(r);
  d->name = wr_rd_name(r);
  uint32_t at = rd_offset(r);
  uint8_t kind = wr_rd_byte(r);
  if (kind > 3) rd_fail_at(r, kind == 4 ? WR_NO_VALTYPE : WR_BAD_FLAGS, at);
  d->kind = (wr_kind)kind;
  if (r->err != WR_OK) return;
  switch (d->kind) {
    case WR_FUNC: d->type = wr_rd_u32(r); break;
    case WR_TABLE:
      reftype(r);
      wr_rd_limits(r, &d->min, &d->max, UINT32_MAX);
      break;
    case WR_MEMORY: wr_rd_limits(r, &d->min, &d->max, 65536); break;
    case WR_GLOBAL: global_type(r, &d->valtype, &d->mutable_); break;
  }
}

/* Compares the side table's entry of a function with what the type and import or function section say. */
static void check_func_type(wr_loader *l, uint32_t func, uint32_t type, bool imported, uint32_t at) {
  wr_reader *r = l->r;
  if (r->err == WR_OK && type >= l->m->types) rd_fail_at(r, WR_UNKNOWN_TYPE, at);
  if (r->err != WR_OK || !l->side) return;
  if (func >= l->side->funcs) {
    rd_fail_at(r, WR_TABLE_FUNC, at);
    return;
  }
  const wr_side_func *f = wr_side_funcs(l->side) + func;
  const wr_side_type *t = wr_side_types(l->side) + type;
  bool ok = f->type == t->canonical && f->params == t->params && f->results == t->results;
  if (imported) ok = ok && f->code == 0 && f->end == 0 && f->branch == 0 && f->locals == 0 && f->stack == 0;
  if (!ok) rd_fail_at(r, WR_TABLE_FUNC, at);
}

static void set_table(wr_loader *l, uint32_t min, uint32_t max, bool imported) {
  if (l->m->has_table) rd_fail(l->r, WR_MANY_TABLES);
  l->m->has_table = true;
  l->m->table_imported = imported;
  l->m->table_min = min;
  l->m->table_max = max;
}

static void set_memory(wr_loader *l, uint32_t min, uint32_t max, bool imported) {
  if (l->m->has_memory) rd_fail(l->r, WR_MANY_MEMORIES);
  l->m->has_memory = true;
  l->m->memory_imported = imported;
  l->m->memory_min = min;
  l->m->memory_max = max;
}

static void add_global(wr_loader *l, uint8_t type, bool mutable_) {
  if (l->scratch == l->scratch_end) {
    rd_fail(l->r, WR_LIMIT_SCRATCH);
    return;
  }
  *l->scratch++ = (uint8_t)(type | (mutable_ ? WR_MUTABLE : 0));
  l->m->globals++;
}

static void load_imports(wr_loader *l) {
  wr_reader *r = l->r;
  wr_module *m = l->m;
  uint32_t count = wr_rd_u32(r);
  for (uint32_t i = 0; i < count && r->err == WR_OK; i++) {
    wr_import_desc d;
    uint32_t at = rd_offset(r);
    wr_rd_import(r, &d);
    if (r->err != WR_OK) return;
    switch (d.kind) {
      case WR_FUNC:
        check_func_type(l, m->funcs, d.type, true, at);
        m->func_imports = ++m->funcs;
        break;
      case WR_TABLE: set_table(l, d.min, d.max, true); break;
      case WR_MEMORY: set_memory(l, d.min, d.max, true); break;
      case WR_GLOBAL:
        add_global(l, d.valtype, d.mutable_);
        m->global_imports = m->globals;
        break;
    }
  }
}

static void load_functions(wr_loader *l) {
  uint32_t count = wr_rd_u32(l->r);
  if (count > rd_left(l->r)) rd_fail(l->r, WR_TRUNCATED);
  for (uint32_t i = 0; i < count && l->r->err == WR_OK; i++) {
    uint32_t at = rd_offset(l->r);
    check_func_type(l, l->m->funcs, wr_rd_u32(l->r), false, at);
    l->m->funcs++;
  }
}

static void load_tables(wr_loader *l) {
  uint32_t count = wr_rd_u32(l->r), min, max;
  for (uint32_t i = 0; i < count && l->r->err == WR_OK; i++) {
    uint32_t at = rd_offset(l->r);
    if (rd_left(l->r) && *l->r->p == 0x40) rd_fail_at(l->r, WR_NO_VALTYPE, at); /* table with initializer, 3.0 */
    reftype(l->r);
    wr_rd_limits(l->r, &min, &max, UINT32_MAX);
    if (l->r->err == WR_OK) set_table(l, min, max, false);
  }
}

static void load_memories(wr_loader *l) {
  uint32_t count = wr_rd_u32(l->r), min, max;
  for (uint32_t i = 0; i < count && l->r->err == WR_OK; i++) {
    wr_rd_limits(l->r, &min, &max, 65536);
    if (l->r->err == WR_OK) set_memory(l, min, max, false);
  }
}

/* Why a constant expression of more than one instruction is refused; `op` is its second. */
static wr_status long_const_fault(const wr_reader *at, uint8_t op) {
  wr_reader r = *at;
  for (;;) {
    bool arithmetic = (op >= 0x6a && op <= 0x6c) || (op >= 0x7c && op <= 0x7e);
    if (arithmetic) return WR_NO_EXTENDED_CONST;
    if (op == 0x41 || op == 0x42 || op == 0x23 || op == 0xd2) wr_rd_signed(&r, 64);
    else if (op == 0x43 || op == 0x44) wr_rd_skip(&r, op == 0x43 ? 4 : 8);
    else if (op == 0xd0) wr_rd_byte(&r);
    else return op == 0x0b ? WR_TYPE_MISMATCH : WR_NOT_CONSTANT;
    op = wr_rd_byte(&r);
    if (r.err != WR_OK) return r.err;
  }
}

void wr_rd_const(wr_reader *r, wr_const *c) {
  uint32_t at = rd_offset(r);
  memset(c, 0, sizeof *c);
  uint8_t op = wr_rd_byte(r);
  if (r->err != WR_OK) return;
  switch (op) {
    case 0x41: c->type = WR_I32; c->value = (uint32_t)wr_rd_signed(r, 32); break;
    case 0x42: c->type = WR_I64; c->value = (uint64_t)wr_rd_signed(r, 64); break;
    case 0x43:
    case 0x44: {
      uint32_t size = op == 0x43 ? 4 : 8;
      c->type = op == 0x43 ? WR_F32 : WR_F64;
      const uint8_t *p = wr_rd_skip(r, size);
      if (r->err == WR_OK) memcpy(&c->value, p, size);
      if (!WR_FLOAT) rd_fail_at(r, WR_NO_FLOAT, at);
      break;
    }
    case 0x23: c->kind = WR_CONST_GLOBAL; c->index = wr_rd_u32(r); break;
    case 0xd2: c->kind = WR_CONST_FUNC; c->index = wr_rd_u32(r); c->type = 0x70; break;
    case 0xd0: c->kind = WR_CONST_NULL; c->type = 0x70; reftype(r); break;
    case 0x0b: rd_fail_at(r, WR_TYPE_MISMATCH, at); return; /* an empty expression */
    case 0xfd: rd_fail_at(r, WR_NO_OPCODE, at); return;
    default: rd_fail_at(r, WR_NOT_CONSTANT, at); return;
  }
  at = rd_offset(r);
  op = wr_rd_byte(r);
  if (op == 0x0b || r->err != WR_OK) return;
  rd_fail_at(r, long_const_fault(r, op), at);
}

/* Validates a constant expression of the type wanted. */
static void check_const(wr_loader *l, const wr_const *c, uint8_t want, uint32_t at) {
  uint8_t type = c->type;
  if (l->r->err != WR_OK) return;
  if (c->kind == WR_CONST_GLOBAL) {
    if (c->index >= l->m->globals) {
      rd_fail_at(l->r, WR_UNKNOWN_GLOBAL, at);
      return;
    }
    if (l->global_types[c->index] & WR_MUTABLE) rd_fail_at(l->r, WR_NOT_CONSTANT, at);
    /* 1.0 and 2.0 know only imports here (3.3.7.2); 3.0 allows what was defined before */
    else if (c->index >= l->m->global_imports) rd_fail_at(l->r, WR_NO_EXTENDED_CONST, at);
    type = l->global_types[c->index];
  }
  if (c->kind == WR_CONST_FUNC && c->index >= l->m->funcs) rd_fail_at(l->r, WR_UNKNOWN_FUNC, at);
  if (type != want) rd_fail_at(l->r, WR_TYPE_MISMATCH, at);
}

static void load_globals(wr_loader *l) {
  uint32_t count = wr_rd_u32(l->r);
  for (uint32_t i = 0; i < count && l->r->err == WR_OK; i++) {
    uint8_t type;
    bool mutable_;
    wr_const c;
    global_type(l->r, &type, &mutable_);
    uint32_t at = rd_offset(l->r);
    wr_rd_const(l->r, &c);
    check_const(l, &c, type, at);
    if (l->r->err == WR_OK) add_global(l, type, mutable_);
  }
}

/* ---- exports, start, segments ---- */

static void load_exports(wr_loader *l) {
  wr_reader *r = l->r;
  wr_module *m = l->m;
  uint32_t count = wr_rd_u32(r);
  wr_reader first = *r;
  for (uint32_t i = 0; i < count && r->err == WR_OK; i++) {
    uint32_t at = rd_offset(r);
    wr_name name = wr_rd_name(r);
    uint8_t kind = wr_rd_byte(r);
    uint32_t index = wr_rd_u32(r);
    if (r->err != WR_OK) return;
    if (kind == WR_FUNC ? index >= m->funcs : false) rd_fail_at(r, WR_UNKNOWN_FUNC, at);
    else if (kind == WR_TABLE && (!m->has_table || index > 0)) rd_fail_at(r, WR_UNKNOWN_TABLE, at);
    else if (kind == WR_MEMORY && (!m->has_memory || index > 0)) rd_fail_at(r, WR_UNKNOWN_MEMORY, at);
    else if (kind == WR_GLOBAL && index >= m->globals) rd_fail_at(r, WR_UNKNOWN_GLOBAL, at);
    else if (kind > 3) rd_fail_at(r, kind == 4 ? WR_NO_VALTYPE : WR_BAD_FLAGS, at);
    wr_reader other = first;
    for (uint32_t k = 0; k < i; k++) {
      wr_name n = wr_rd_name(&other);
      wr_rd_byte(&other);
      wr_rd_u32(&other);
      if (n.size == name.size && memcmp(n.bytes, name.bytes, n.size) == 0) rd_fail_at(r, WR_DUPLICATE_EXPORT, at);
    }
  }
}

static void load_start(wr_loader *l) {
  uint32_t at = rd_offset(l->r), func = wr_rd_u32(l->r);
  if (l->r->err != WR_OK) return;
  if (func >= l->m->funcs) {
    rd_fail_at(l->r, WR_UNKNOWN_FUNC, at);
    return;
  }
  wr_sig s = wr_type_at(l->m, wr_func_type_index(l->m, func));
  if (s.param_count || s.result_count) rd_fail_at(l->r, WR_BAD_START, at);
  l->m->start = func;
}

/* 5.5.12: bit 0 = passive or declarative, bit 1 = explicit table index (or declarative), bit 2 = expressions */
void wr_rd_elem_head(wr_reader *r, wr_elem_head *h) {
  uint32_t at = rd_offset(r), flags = wr_rd_u32(r);
  memset(h, 0, sizeof *h);
  if (flags > 7) rd_fail_at(r, WR_BAD_FLAGS, at);
  h->mode = !(flags & 1) ? WR_SEG_ACTIVE : (flags & 2) ? WR_SEG_DECLARATIVE : WR_SEG_PASSIVE;
  h->exprs = (flags & 4) != 0;
  if (h->mode == WR_SEG_ACTIVE) {
    if (flags & 2) h->table = wr_rd_u32(r);
    wr_rd_const(r, &h->offset);
  }
  if (flags & 3) {
    at = rd_offset(r);
    if (h->exprs) reftype(r);
    else if (wr_rd_byte(r) != 0) rd_fail_at(r, WR_BAD_FLAGS, at); /* elemkind: 0 is funcref */
  }
  h->count = wr_rd_u32(r);
}

uint32_t wr_rd_elem_item(wr_reader *r, const wr_elem_head *h) {
  wr_const c;
  if (!h->exprs) return wr_rd_u32(r);
  uint32_t at = rd_offset(r);
  wr_rd_const(r, &c);
  if (r->err == WR_OK && c.kind == WR_CONST_GLOBAL) rd_fail_at(r, WR_REFTYPE, at);
  if (r->err == WR_OK && c.type != 0x70) rd_fail_at(r, WR_TYPE_MISMATCH, at);
  return c.kind == WR_CONST_NULL ? UINT32_MAX : c.index;
}

static void load_elements(wr_loader *l) {
  wr_reader *r = l->r;
  uint32_t count = wr_rd_u32(r);
  for (uint32_t i = 0; i < count && r->err == WR_OK; i++) {
    wr_elem_head h;
    uint32_t at = rd_offset(r);
    wr_rd_elem_head(r, &h);
    if (h.mode == WR_SEG_ACTIVE) {
      if (r->err == WR_OK && (!l->m->has_table || h.table != 0)) rd_fail_at(r, WR_UNKNOWN_TABLE, at);
      check_const(l, &h.offset, WR_I32, at);
    }
    for (uint32_t k = 0; k < h.count && r->err == WR_OK; k++) {
      uint32_t item_at = rd_offset(r), func = wr_rd_elem_item(r, &h);
      bool null = h.exprs && func == UINT32_MAX;
      if (r->err == WR_OK && !null && func >= l->m->funcs) rd_fail_at(r, WR_UNKNOWN_FUNC, item_at);
    }
    l->m->elems = i + 1;
  }
}

void wr_rd_data(wr_reader *r, wr_data_head *h) {
  uint32_t at = rd_offset(r), flags = wr_rd_u32(r);
  memset(h, 0, sizeof *h);
  if (flags > 2) rd_fail_at(r, WR_BAD_FLAGS, at);
  h->mode = flags == 1 ? WR_SEG_PASSIVE : WR_SEG_ACTIVE;
  if (flags == 2) h->memory = wr_rd_u32(r);
  if (h->mode == WR_SEG_ACTIVE) wr_rd_const(r, &h->offset);
  h->size = wr_rd_u32(r);
  h->bytes = wr_rd_skip(r, h->size);
}

static void load_data(wr_loader *l) {
  wr_reader *r = l->r;
  uint32_t count = wr_rd_u32(r);
  if (r->err == WR_OK && l->m->has_data_count && count != l->m->datas) rd_fail(r, WR_BAD_COUNT);
  for (uint32_t i = 0; i < count && r->err == WR_OK; i++) {
    wr_data_head h;
    uint32_t at = rd_offset(r);
    wr_rd_data(r, &h);
    if (h.mode == WR_SEG_ACTIVE) {
      if (r->err == WR_OK && (!l->m->has_memory || h.memory != 0)) rd_fail_at(r, WR_UNKNOWN_MEMORY, at);
      check_const(l, &h.offset, WR_I32, at);
    }
    l->m->datas = l->m->has_data_count ? l->m->datas : i + 1;
  }
}

static void load_code(wr_loader *l) {
  wr_reader *r = l->r;
  wr_module *m = l->m;
  uint32_t count = wr_rd_u32(r);
  if (r->err == WR_OK && count != m->funcs - m->func_imports) rd_fail(r, WR_BAD_COUNT);
  for (uint32_t i = 0; i < count && r->err == WR_OK; i++) {
    uint32_t size = wr_rd_u32(r);
    wr_reader body = *r;
    wr_rd_skip(r, size);
    if (r->err != WR_OK) return;
    body.end = body.p + size;
    wr_validate_body(l, &body, m->func_imports + i);
    if (body.err != WR_OK) rd_fail_at(r, body.err, body.err_offset);
  }
}

/* ---- the module ---- */

static void load_section(wr_loader *l, uint8_t id) {
  switch (id) {
    case TYPE: load_types(l); break;
    case IMPORT: load_imports(l); break;
    case FUNCTION: load_functions(l); break;
    case TABLE: load_tables(l); break;
    case MEMORY: load_memories(l); break;
    case GLOBAL: load_globals(l); break;
    case EXPORT: load_exports(l); break;
    case START: load_start(l); break;
    case ELEMENT: load_elements(l); break;
    case CODE: load_code(l); break;
    case DATA: load_data(l); break;
    case DATA_COUNT:
      l->m->datas = wr_rd_u32(l->r);
      l->m->has_data_count = true;
      break;
    default: break;
  }
}

static wr_status check_header(const wr_sidetable *t, size_t size, uint32_t module_size) {
  if (((uintptr_t)t & 3) != 0 || size < sizeof *t) return WR_TABLE_HEADER;
  uint64_t need = sizeof *t + (uint64_t)t->types * sizeof(wr_side_type) + (uint64_t)t->funcs * sizeof(wr_side_func) +
                  (uint64_t)t->branches * sizeof(wr_side_branch);
  bool ok = t->magic == WR_SIDE_MAGIC && t->version == WR_SIDE_VERSION && t->module_size == module_size && need == size;
  return ok ? WR_OK : WR_TABLE_HEADER;
}

static void load_sections(wr_loader *l, const uint8_t *end) {
  wr_reader *r = l->r;
  uint8_t last = 0;
  while (r->err == WR_OK && r->p != end) {
    uint32_t at = rd_offset(r);
    uint8_t id = wr_rd_byte(r);
    uint32_t size = wr_rd_u32(r);
    if (r->err != WR_OK) return;
    if (id == 13) rd_fail_at(r, WR_NO_VALTYPE, at); /* tags */
    if (id > 12 || (id && section_rank[id] <= last)) rd_fail_at(r, WR_BAD_SECTION, at);
    if (size > rd_left(r)) rd_fail_at(r, WR_TRUNCATED, at);
    if (r->err != WR_OK) return;
    r->end = r->p + size;
    if (id) {
      last = section_rank[id];
      l->m->section[id] = rd_offset(r);
      /* functions without code and vice versa: the code section checks it, unless it is absent */
      load_section(l, id);
    } else {
      wr_rd_name(r);
      if (r->err == WR_OK) r->p = r->end;
    }
    if (r->err == WR_OK && r->p != r->end) rd_fail(r, WR_BAD_SECTION_SIZE);
    r->end = end;
  }
}

wr_status wr_load(wr_module *m, const uint8_t *bytes, size_t size, const void *table, size_t table_size, void *scratch,
                  size_t scratch_size) {
  wr_reader r = {bytes, bytes, bytes + size, WR_OK, 0};
  wr_loader l = {m, &r, table, scratch, (uint8_t *)scratch + (scratch_size & ~(size_t)7), scratch, 0};
  memset(m, 0, sizeof *m);
  m->bytes = bytes;
  m->size = (uint32_t)size;
  m->side = table;
  m->start = UINT32_MAX;
  if (size > INT32_MAX) return WR_TRUNCATED;
  if (table) {
    wr_status s = check_header(table, table_size, m->size);
    if (s != WR_OK) return s;
  }
  static const uint8_t head[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  for (uint32_t i = 0; i < 8 && r.err == WR_OK; i++) {
    uint8_t byte = wr_rd_byte(&r);
    if (r.err == WR_OK && byte != head[i]) rd_fail_at(&r, i < 4 ? WR_BAD_MAGIC : WR_BAD_VERSION, i);
  }
  load_sections(&l, r.end);
  if (r.err == WR_OK && !m->section[CODE] && m->funcs != m->func_imports) rd_fail(&r, WR_BAD_COUNT);
  if (r.err == WR_OK && !m->section[DATA] && m->datas != 0) rd_fail(&r, WR_BAD_COUNT);
  if (r.err == WR_OK && table) {
    if (l.side->types != m->types || l.side->funcs != m->funcs) rd_fail(&r, WR_TABLE_HEADER);
    else if (l.side->branches != l.entry) rd_fail(&r, WR_TABLE_COUNT);
  }
  m->error_offset = r.err_offset;
  return r.err;
}
