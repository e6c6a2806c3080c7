/* The unprivileged side of a module: its interpreter, on its own stack, in thread mode. It loads and validates the .wasm, then asks the kernel
 * for work until the next reset. Nothing here is trusted by the kernel, and nothing here has variables of its own: all state is in the module's
 * engine region (SPEC 17), so the same code serves every module. */
#include "../../runtime/engine/engine.h"
#include "abi.h"

typedef struct {
  wr_module module;
  wr_instance instance;
  uint32_t start, event, mailbox, serve;
} engine_state;

typedef struct { uint32_t what, a, b, c; } order;

static order svc_next(uint32_t how, uint32_t value, uint32_t offset, uint32_t pages) {
  register uint32_t r0 __asm__("r0") = how;
  register uint32_t r1 __asm__("r1") = value;
  register uint32_t r2 __asm__("r2") = offset;
  register uint32_t r3 __asm__("r3") = 0;
  register uint32_t r6 __asm__("r6") = pages;
  register uint32_t r12 __asm__("r12") = SVC_NEXT;
  __asm__ volatile("svc 0" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : "r"(r6), "r"(r12) : "memory");
  return (order){r0, r1, r2, r3};
}

#define HAL_ARGS 6u

/* Every HAL import: the call's number is its context. A call that does not return (trap, reset, hand-over) does not return here either. */
static wr_status hal_import(wr_instance *caller, void *ctx, wr_slot *args) {
  register uint32_t r0 __asm__("r0") = (uint32_t)args[0];
  register uint32_t r1 __asm__("r1") = (uint32_t)args[1];
  register uint32_t r2 __asm__("r2") = (uint32_t)args[2];
  register uint32_t r3 __asm__("r3") = (uint32_t)args[3];
  register uint32_t r4 __asm__("r4") = (uint32_t)args[4];
  register uint32_t r5 __asm__("r5") = (uint32_t)args[5];
  register uint32_t r6 __asm__("r6") = caller->memory ? caller->memory->pages : 0;
  register uint32_t r12 __asm__("r12") = (uint32_t)(uintptr_t)ctx;
  __asm__ volatile("svc 0" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : "r"(r4), "r"(r5), "r"(r6), "r"(r12) : "memory");
  args[0] = r0;
  return WR_OK;
}

enum {
#define X(name, sig, count, in, in_size, out, out_size) NUMBER_##name,
#include "hal.def"
#undef X
};

static const wr_host_func imports[HAL_CALLS] = {
#define X(name, sig, count, in, in_size, out, out_size) {"hal", #name, sig, hal_import, (void *)NUMBER_##name},
#include "hal.def"
#undef X
};

typedef struct { uint32_t grants; } resolver_context;

/* An import within the grant; others stay unknown, and the module is refused. */
static bool resolve(void *ctx, wr_name module, wr_name name, wr_kind kind, wr_extern *out) {
  uint32_t grants = ((const resolver_context *)ctx)->grants;
  if (kind != WR_FUNC || module.size != 3 || module.bytes[0] != 'h' || module.bytes[1] != 'a' || module.bytes[2] != 'l') return false;
  for (uint32_t n = 0; n < HAL_CALLS; n++) {
    uint32_t i = 0;
    while (i < name.size && imports[n].name[i] && (uint8_t)imports[n].name[i] == name.bytes[i]) i++;
    if (i != name.size || imports[n].name[i] || !(grants >> n & 1)) continue;
    out->kind = WR_FUNC;
    out->host = imports[n];
    return true;
  }
  return false;
}

/* An export with this many i32 parameters and results. */
static bool find(const wr_instance *in, const char *name, uint32_t params, uint32_t results, uint32_t *func) {
  const uint8_t *p, *r;
  uint32_t np, nr;
  if (wr_find_func(in, name, func) != WR_OK) return false;
  wr_func_type(in, *func, &p, &np, &r, &nr);
  if (np != params || nr != results) return false;
  for (uint32_t i = 0; i < np; i++)
    if (p[i] != WR_I32) return false;
  return nr == 0 || r[0] == WR_I32;
}

static wr_status load(engine_state *e, const module_setup *s, uint32_t *offset) {
  resolver_context grants = {s->hal_calls};
  uint32_t arena_size = s->arena_size - HAL_ARGS * (uint32_t)sizeof(wr_slot); /* hal_import reads so many slots, however few the call has */
  wr_status status = wr_load(&e->module, s->wasm, s->wasm_size, s->side, s->side_size, s->arena, arena_size);
  *offset = e->module.error_offset;
  if (status != WR_OK) return status;
  if (!e->module.has_memory || e->module.memory_imported) return WR_LINK_UNKNOWN;
  wr_config cfg = {
    .arena = s->arena, .arena_size = arena_size, .memory = s->memory, .memory_pages = s->memory_pages,
    .resolve = resolve, .resolve_ctx = &grants, .max_depth = MAX_DEPTH,
  };
  status = wr_instantiate(&e->instance, &e->module, &cfg);
  *offset = e->instance.trap_offset;
  if (status != WR_OK) return status;
  wr_extern memory;
  if (wr_find_export(&e->instance, (const uint8_t *)"memory", 6, WR_MEMORY, &memory) != WR_OK) return WR_NO_EXPORT;
  bool complete = s->is_event ? find(&e->instance, "start", 0, 0, &e->start) && find(&e->instance, "event", 3, 0, &e->event)
                              : find(&e->instance, "mailbox", 0, 1, &e->mailbox) && find(&e->instance, "serve", 2, 1, &e->serve);
  return complete ? WR_OK : WR_NO_EXPORT;
}

static wr_status work(engine_state *e, const order *o, wr_slot *args) {
  args[0] = o->a;
  args[1] = o->b;
  args[2] = o->c;
  switch (o->what) {
    case DO_START: return wr_call(&e->instance, e->start, args, 0, 3);
    case DO_EVENT: return wr_call(&e->instance, e->event, args, 3, 3);
    case DO_MAILBOX: return wr_call(&e->instance, e->mailbox, args, 0, 3);
    case DO_SERVE: return wr_call(&e->instance, e->serve, args, 2, 3);
    default: return WR_BAD_CALL;
  }
}

void module_main(const module_setup *setup) {
  engine_state e;
  uint32_t offset = 0;
  wr_status status = load(&e, setup, &offset);
  uint32_t how = status == WR_OK ? DONE_LOADED : DONE_REFUSED, value = status;
  for (;;) {
    uint32_t pages = how == DONE_REFUSED ? 0 : e.instance.memory->pages;
    order o = svc_next(how, value, offset, pages);
    wr_slot args[3];
    status = work(&e, &o, args);
    /* what the module wipes in its memory is not to lie on in the frames of its functions */
    if (o.what != DO_MAILBOX) wr_wipe_stack(&e.instance);
    how = status == WR_OK ? DONE_RETURNED : DONE_TRAPPED;
    value = status == WR_OK ? (uint32_t)args[0] : status;
    offset = e.instance.trap_offset;
  }
}
