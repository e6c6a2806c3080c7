/* Instances: linking, layout of the arena, segments, exports, and the calls that enter them.
 *
 * After: WebAssembly Core Specification 2.0, 4.5.3 (external typing), 4.5.4 (instantiation), 4.5.5 (invocation).
 * Arena, from low to high:  globals | imported globals | imported functions | table | dropped flags | value stack
 */
#include "instance.h"
#include "memory.h"

/* ---- the arena ---- */

static void *take(uint8_t **next, const uint8_t *end, uint64_t count, size_t size) {
  uint64_t bytes = (count * size + 7) & ~(uint64_t)7;
  if (bytes > (uint64_t)(end - *next)) return NULL;
  void *p = *next;
  *next += bytes;
  memset(p, 0, (size_t)bytes);
  return p;
}

static wr_status layout(wr_instance *in, const wr_config *cfg) {
  const wr_module *m = in->module;
  uint8_t *next = cfg->arena, *end = next + (cfg->arena_size & ~(size_t)7);
  in->globals = take(&next, end, m->globals - m->global_imports, sizeof(wr_slot));
  in->imported_globals = take(&next, end, m->global_imports, sizeof(wr_global));
  in->imports = take(&next, end, m->func_imports, sizeof(wr_import));
  in->own_table.elems = take(&next, end, m->has_table && !m->table_imported ? m->table_min : 0, sizeof(wr_funcref));
  in->dropped = take(&next, end, (uint64_t)m->datas + m->elems, 1);
  if (!in->globals || !in->imported_globals || !in->imports || !in->own_table.elems || !in->dropped) return WR_LIMIT_ARENA;
  if (!take(&next, end, 1, sizeof(wr_slot))) return WR_LIMIT_ARENA; /* so that a stack pointer may stand before the stack */
  in->stack_next = (wr_slot *)(void *)next;
  in->stack_end = (wr_slot *)(void *)end;
  return WR_OK;
}

static wr_status own_memory(wr_instance *in, const wr_config *cfg) {
  const wr_module *m = in->module;
  if (m->memory_min > cfg->memory_pages) return WR_LIMIT_MEMORY;
  in->own_memory.base = cfg->memory;
  in->own_memory.pages = m->memory_min;
  in->own_memory.declared_max = m->memory_max;
  in->own_memory.max_pages = m->memory_max < cfg->memory_pages ? m->memory_max : cfg->memory_pages;
  if (m->memory_min) memset(cfg->memory, 0, (size_t)m->memory_min * WR_PAGE);
  in->memory = &in->own_memory;
  return WR_OK;
}

/* ---- linking ---- */

static bool name_is(wr_name name, const char *text) {
  uint32_t i = 0;
  while (i < name.size && text[i] && (uint8_t)text[i] == name.bytes[i]) i++;
  return i == name.size && text[i] == 0;
}

static bool host_type_is(const char *text, const wr_sig *s) {
  static const char letters[4] = {'F', 'f', 'I', 'i'}; /* 0x7c .. 0x7f */
  for (uint32_t i = 0; i < s->param_count; i++)
    if (*text++ != letters[s->params[i] - WR_F64]) return false;
  if (*text++ != ':') return false;
  for (uint32_t i = 0; i < s->result_count; i++)
    if (*text++ != letters[s->results[i] - WR_F64]) return false;
  return *text == 0;
}

/* Import matching (4.5.3.4): at least as large, and with a maximum that is no larger. */
static bool limits_match(uint32_t size, uint32_t max, const wr_import_desc *d) {
  return size >= d->min && (d->max == UINT32_MAX || (max != UINT32_MAX && max <= d->max));
}

static wr_status link_func(wr_instance *in, uint32_t index, const wr_import_desc *d, const wr_extern *e) {
  wr_sig want = wr_type_at(in->module, d->type);
  struct wr_import *import = in->imports + index;
  if (e->func.instance) {
    const wr_module *m = e->func.instance->module;
    wr_sig have = wr_type_at(m, wr_func_type_index(m, e->func.func));
    if (!wr_sig_equal(&have, &want)) return WR_LINK_TYPE;
    *import = (struct wr_import){NULL, e->func.instance, e->func.func};
    return WR_OK;
  }
  if (!host_type_is(e->host.type, &want)) return WR_LINK_TYPE;
  *import = (struct wr_import){e->host.fn, e->host.ctx, 0};
  return WR_OK;
}

static bool resolve(const wr_config *cfg, const wr_import_desc *d, wr_extern *e) {
  memset(e, 0, sizeof *e);
  for (size_t i = 0; d->kind == WR_FUNC && i < cfg->func_count; i++) {
    if (!name_is(d->module, cfg->funcs[i].module) || !name_is(d->name, cfg->funcs[i].name)) continue;
    e->host = cfg->funcs[i];
    return true;
  }
  return cfg->resolve && cfg->resolve(cfg->resolve_ctx, d->module, d->name, d->kind, e);
}

static wr_status link_import(wr_instance *in, const wr_config *cfg, const wr_import_desc *d, uint32_t *func, uint32_t *global) {
  wr_extern e;
  if (!resolve(cfg, d, &e)) return d->kind == WR_MEMORY && !cfg->resolve ? own_memory(in, cfg) : WR_LINK_UNKNOWN;
  if (e.kind != d->kind) return WR_LINK_TYPE;
  switch (d->kind) {
    case WR_FUNC: return link_func(in, (*func)++, d, &e);
    case WR_TABLE:
      in->table = e.table;
      return limits_match(e.table->size, e.table->declared_max, d) ? WR_OK : WR_LINK_TYPE;
    case WR_MEMORY:
      in->memory = e.memory;
      return limits_match(e.memory->pages, e.memory->declared_max, d) ? WR_OK : WR_LINK_TYPE;
    case WR_GLOBAL:
      in->imported_globals[(*global)++] = e.global;
      return e.global.type == d->valtype && e.global.mutable_ == d->mutable_ ? WR_OK : WR_LINK_TYPE;
  }
  return WR_LINK_TYPE;
}

static wr_status link(wr_instance *in, const wr_config *cfg) {
  uint32_t count, func = 0, global = 0;
  wr_reader r = wr_section(in->module, 2, &count);
  for (uint32_t i = 0; i < count; i++) {
    wr_import_desc d;
    wr_rd_import(&r, &d);
    wr_status s = link_import(in, cfg, &d, &func, &global);
    if (s != WR_OK) return s;
  }
  return WR_OK;
}

/* ---- initial contents ---- */

static wr_slot const_value(const wr_instance *in, const wr_const *c) {
  return c->kind == WR_CONST_GLOBAL ? *in->imported_globals[c->index].slot : c->value;
}

static void init_globals(wr_instance *in) {
  uint32_t count;
  wr_reader r = wr_section(in->module, 6, &count);
  for (uint32_t i = 0; i < count; i++) {
    wr_const c;
    r.p += 2; /* type and mutability */
    wr_rd_const(&r, &c);
    in->globals[i] = const_value(in, &c);
  }
}

static wr_status init_elements(wr_instance *in) {
  uint32_t count;
  wr_reader r = wr_section(in->module, 9, &count);
  for (uint32_t i = 0; i < count; i++) {
    wr_elem_head h;
    wr_rd_elem_head(&r, &h);
    if (h.mode == WR_SEG_ACTIVE) {
      wr_status s = wr_table_init(in, i, (uint32_t)const_value(in, &h.offset), 0, h.count);
      if (s != WR_OK) return s;
    }
    if (h.mode != WR_SEG_PASSIVE) in->dropped[in->module->datas + i] = 1;
    for (uint32_t k = 0; k < h.count; k++) wr_rd_elem_item(&r, &h);
  }
  return WR_OK;
}

static wr_status init_data(wr_instance *in) {
  uint32_t count;
  wr_reader r = wr_section(in->module, 11, &count);
  for (uint32_t i = 0; i < count; i++) {
    wr_data_head h;
    wr_rd_data(&r, &h);
    if (h.mode == WR_SEG_PASSIVE) continue;
    uint8_t *to = wr_memory_at(in, (uint32_t)const_value(in, &h.offset), h.size);
    if (!to) return WR_TRAP_MEMORY;
    if (h.size) memcpy(to, h.bytes, h.size);
    in->dropped[i] = 1;
  }
  return WR_OK;
}

wr_status wr_instantiate(wr_instance *in, const wr_module *m, const wr_config *cfg) {
  memset(in, 0, sizeof *in);
  in->module = m;
  in->max_depth = cfg->max_depth ? cfg->max_depth : UINT32_MAX;
#if WR_FUEL
  in->fuel = UINT64_MAX;
#endif
  if (!m->side) return WR_BAD_CALL;
  wr_status s = layout(in, cfg);
  if (s == WR_OK) s = link(in, cfg);
  if (s == WR_OK && m->has_memory && !m->memory_imported) s = own_memory(in, cfg);
  if (s != WR_OK) return s;
  if (m->has_table && !m->table_imported) {
    in->own_table.size = m->table_min;
    in->own_table.declared_max = m->table_max;
    in->table = &in->own_table;
  }
  init_globals(in);
  s = init_elements(in);
  if (s == WR_OK) s = init_data(in);
  if (s == WR_OK && m->start != UINT32_MAX) s = wr_call(in, m->start, NULL, 0, 0);
  return s;
}

/* ---- memory and table instructions (4.4.7, 4.4.6) ---- */

uint8_t *wr_memory_at(wr_instance *in, uint32_t addr, uint32_t size) {
  if (!in->memory || (uint64_t)addr + size > (uint64_t)in->memory->pages * WR_PAGE) return NULL;
  return in->memory->base ? in->memory->base + addr : (uint8_t *)in; /* no bytes are touched when it is empty */
}

uint32_t wr_memory_grow(wr_instance *in, uint32_t delta) {
  wr_memory *mem = in->memory;
  uint32_t before = mem->pages;
  if (delta > mem->max_pages - before) return UINT32_MAX;
  if (delta) memset(mem->base + (size_t)before * WR_PAGE, 0, (size_t)delta * WR_PAGE);
  mem->pages += delta;
  return before;
}

static bool within(uint32_t from, uint32_t size, uint32_t length) { return (uint64_t)from + size <= length; }

wr_status wr_memory_init(wr_instance *in, uint32_t segment, uint32_t to, uint32_t from, uint32_t size) {
  uint32_t count;
  wr_data_head h;
  wr_reader r = wr_section(in->module, 11, &count);
  for (uint32_t i = 0; i <= segment; i++) wr_rd_data(&r, &h);
  uint32_t length = in->dropped[segment] ? 0 : h.size;
  uint8_t *p = wr_memory_at(in, to, size);
  if (!p || !within(from, size, length)) return WR_TRAP_MEMORY;
  if (size) memcpy(p, h.bytes + from, size);
  return WR_OK;
}

wr_status wr_memory_copy(wr_instance *in, uint32_t to, uint32_t from, uint32_t size) {
  uint8_t *d = wr_memory_at(in, to, size), *s = wr_memory_at(in, from, size);
  if (!d || !s) return WR_TRAP_MEMORY;
  if (size) memmove(d, s, size);
  return WR_OK;
}

wr_status wr_memory_fill(wr_instance *in, uint32_t to, uint32_t value, uint32_t size) {
  uint8_t *d = wr_memory_at(in, to, size);
  if (!d) return WR_TRAP_MEMORY;
  if (size) memset(d, (int)(value & 0xff), size);
  return WR_OK;
}

wr_status wr_table_init(wr_instance *in, uint32_t segment, uint32_t to, uint32_t from, uint32_t size) {
  uint32_t count;
  wr_elem_head h;
  wr_reader r = wr_section(in->module, 9, &count);
  for (uint32_t i = 0;; i++) {
    wr_rd_elem_head(&r, &h);
    if (i == segment) break;
    for (uint32_t k = 0; k < h.count; k++) wr_rd_elem_item(&r, &h);
  }
  uint32_t length = in->dropped[in->module->datas + segment] ? 0 : h.count;
  if (!within(from, size, length) || !within(to, size, in->table->size)) return WR_TRAP_TABLE;
  for (uint32_t k = 0; k < from + size; k++) {
    uint32_t func = wr_rd_elem_item(&r, &h);
    bool null = h.exprs && func == UINT32_MAX;
    if (k >= from) in->table->elems[to + k - from] = null ? (wr_funcref){NULL, 0} : (wr_funcref){in, func};
  }
  return WR_OK;
}

wr_status wr_table_copy(wr_instance *in, uint32_t to, uint32_t from, uint32_t size) {
  wr_table *t = in->table;
  if (!within(to, size, t->size) || !within(from, size, t->size)) return WR_TRAP_TABLE;
  if (size) memmove(t->elems + to, t->elems + from, size * sizeof(wr_funcref));
  return WR_OK;
}

/* ---- exports ---- */

wr_status wr_export_at(const wr_instance *in, uint32_t i, wr_name *name, wr_kind *kind, uint32_t *index) {
  uint32_t count;
  wr_reader r = wr_section(in->module, 7, &count);
  if (i >= count) return WR_NO_EXPORT;
  for (uint32_t k = 0; k <= i; k++) {
    *name = wr_rd_name(&r);
    *kind = (wr_kind)wr_rd_byte(&r);
    *index = wr_rd_u32(&r);
  }
  return WR_OK;
}

static wr_status lookup(const wr_instance *in, const uint8_t *name, uint32_t size, wr_kind kind, uint32_t *index) {
  uint32_t count;
  wr_reader r = wr_section(in->module, 7, &count);
  for (uint32_t i = 0; i < count; i++) {
    wr_name n = wr_rd_name(&r);
    wr_kind k = (wr_kind)wr_rd_byte(&r);
    *index = wr_rd_u32(&r);
    if (k == kind && n.size == size && memcmp(n.bytes, name, size) == 0) return WR_OK;
  }
  return WR_NO_EXPORT;
}

wr_status wr_find_func(const wr_instance *in, const char *name, uint32_t *func) {
  uint32_t size = 0;
  while (name[size]) size++;
  return lookup(in, (const uint8_t *)name, size, WR_FUNC, func);
}

static wr_global global_at(wr_instance *in, uint32_t index) {
  uint32_t imports = in->module->global_imports, count;
  if (index < imports) return in->imported_globals[index];
  wr_global g = {in->globals + (index - imports), 0, false};
  wr_reader r = wr_section(in->module, 6, &count);
  for (uint32_t i = imports;; i++) {
    wr_const c;
    g.type = r.p[0];
    g.mutable_ = r.p[1] == 1;
    if (i == index) return g;
    r.p += 2;
    wr_rd_const(&r, &c);
  }
}

wr_status wr_find_export(wr_instance *in, const uint8_t *name, uint32_t size, wr_kind kind, wr_extern *out) {
  uint32_t index;
  wr_status s = lookup(in, name, size, kind, &index);
  if (s != WR_OK) return s;
  memset(out, 0, sizeof *out);
  out->kind = kind;
  switch (kind) {
    case WR_FUNC: out->func = (wr_funcref){in, index}; break;
    case WR_TABLE: out->table = in->table; break;
    case WR_MEMORY: out->memory = in->memory; break;
    case WR_GLOBAL: out->global = global_at(in, index); break;
  }
  return WR_OK;
}

void wr_func_type(const wr_instance *in, uint32_t func, const uint8_t **params, uint32_t *param_count,
                  const uint8_t **results, uint32_t *result_count) {
  wr_sig s = wr_type_at(in->module, wr_func_type_index(in->module, func));
  *params = s.params;
  *param_count = s.param_count;
  *results = s.results;
  *result_count = s.result_count;
}

/* ---- calls from outside ---- */

wr_status wr_call(wr_instance *in, uint32_t func, wr_slot *args, uint32_t arg_count, uint32_t capacity) {
  if (!in->module || !in->module->side || func >= in->module->funcs) return WR_BAD_CALL;
  const wr_side_func *f = wr_func_entry(in, func);
  if (arg_count != f->params || f->results > capacity) return WR_BAD_CALL;
  if (in->nesting >= WR_MAX_NESTING) return WR_TRAP_NESTING;
  wr_slot *base = in->stack_next + 1; /* the slot before it: wr_run spills an operand there that does not exist */
  uint32_t room = (f->params > f->results ? f->params : f->results) + 1u, depth = in->depth;
  if ((size_t)(in->stack_end - in->stack_next) < room + 1u) return WR_TRAP_STACK;
  base[-1] = 0;
  if (arg_count) memcpy(base, args, arg_count * sizeof(wr_slot));
  in->nesting++;
  wr_status s = wr_run(in, func, base);
  in->nesting--;
  in->depth = depth;
  in->stack_next = base - 1;
  if (s == WR_OK && f->results) memcpy(args, base, f->results * sizeof(wr_slot));
  return s;
}

void wr_wipe_stack(wr_instance *in) {
  memset(in->stack_next, 0, (size_t)(in->stack_end - in->stack_next) * sizeof *in->stack_next);
}

wr_status wr_call_import(wr_instance *caller, const struct wr_import *import, wr_slot *args) {
  if (import->fn) return import->fn(caller, import->ctx, args);
  wr_instance *callee = import->ctx;
  const wr_side_func *f = wr_func_entry(callee, import->func);
  /* nesting across instances: each keeps its own count, so take over the deeper one */
  uint32_t nesting = callee->nesting;
  if (callee->nesting < caller->nesting) callee->nesting = caller->nesting;
#if WR_FUEL
  callee->fuel = caller->fuel;
#endif
  wr_status s = wr_call(callee, import->func, args, f->params, f->results);
#if WR_FUEL
  caller->fuel = callee->fuel;
#endif
  callee->nesting = nesting;
  return s;
}

/* ---- statuses ---- */

wr_class wr_status_class(wr_status status) {
  static const uint8_t classes[] = {
#define X(name, class, text) WR_CLASS_##class,
#include "status.def"
#undef X
  };
  return (unsigned)status < sizeof classes ? (wr_class)classes[status] : WR_CLASS_USAGE;
}

#if WR_TEXT
const char *wr_status_text(wr_status status) {
  static const char *const texts[] = {
#define X(name, class, text) text,
#include "status.def"
#undef X
  };
  return texts[status];
}

const char *wr_status_name(wr_status status) {
  static const char *const names[] = {
#define X(name, class, text) #name,
#include "status.def"
#undef X
  };
  return names[status];
}
#endif
