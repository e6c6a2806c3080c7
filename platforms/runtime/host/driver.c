/* The engine on a host, driven over stdin: for the specification tests, the fuzzer and the unit tests.
 *
 * One command per line, one answer line each: `ok ...` or `fail CLASS NAME OFFSET text`. Names are x and their bytes in hex; values are TYPE:HEX. `bytes` follow the line raw.
 *
 *   check N            bytes             validate without side table
 *   load N M           bytes, table      load with side table            -> ok ID
 *   arena BYTES | pages P | depth D      for the instances to come
 *   instance ID                          instantiate (imports: spectest, test, registered instances)
 *   register ID NAME                     its exports become importable
 *   call ID NAME VALUE...                -> ok VALUE...
 *   get ID NAME                          an exported global
 *   fuel ID N                            set the fuel            fuel? ID     what is left
 *   peek ID ADDR N | poke ID ADDR xHEX   memory
 *   profile ID                           counters of opcodes and pairs (WR_PROFILE builds)
 *   fuzz N M FUEL      bytes, table      load, instantiate, call every export; -> ok SUMMARY
 *   reset                                forget everything
 * Modules, tables and arenas are separate heap blocks of exact size, so that AddressSanitizer sees a byte too far.
 */
#define _GNU_SOURCE
#include "../engine/engine.h"
#include "../engine/sidetable.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MAX_MODULES 8192
#define SCRATCH_SIZE (1u << 20)
#define MAX_PAGES 1024u

typedef struct {
  wr_module module;
  wr_instance instance;
  uint8_t *bytes, *side, *arena, *memory;
  size_t memory_size; /* mapped bytes */
  bool mapped;
  char *registered;
} entry;

static entry *entries[MAX_MODULES];
static uint32_t entry_count;
static size_t arena_size = 1u << 20;
static uint32_t page_limit = MAX_PAGES, depth_limit;
static char line[1 << 20];
static uint64_t scratch[SCRATCH_SIZE / 8];

static void *allocate(size_t size) {
  void *p = malloc(size ? size : 1);
  if (!p) abort();
  return p;
}

static uint8_t *read_bytes(size_t size) {
  uint8_t *p = allocate(size);
  if (size && fread(p, 1, size, stdin) != size) exit(2);
  return p;
}

static void answer(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vprintf(format, args);
  va_end(args);
  putchar('\n');
  fflush(stdout);
}

static void fail(wr_status s, uint32_t offset) {
  static const char *const classes[] = {"ok", "malformed", "invalid", "unsupported", "limit", "table", "link", "trap", "usage"};
  answer("fail %s %s %u %s", classes[wr_status_class(s)], wr_status_name(s), offset, wr_status_text(s));
}

/* ---- values and names ---- */

static const char *type_name(uint8_t t) { return t == WR_I32 ? "i32" : t == WR_I64 ? "i64" : t == WR_F32 ? "f32" : "f64"; }

static uint64_t masked(uint8_t type, wr_slot v) { return type == WR_I32 || type == WR_F32 ? (uint32_t)v : v; }

static char *unhex(const char *hex, size_t *size) {
  hex++; /* the x that makes an empty name a word */
  size_t n = strlen(hex) / 2;
  char *out = allocate(n + 1);
  for (size_t i = 0; i < n; i++) {
    unsigned byte;
    if (sscanf(hex + 2 * i, "%2x", &byte) != 1) byte = 0;
    out[i] = (char)byte;
  }
  out[n] = 0;
  *size = n;
  return out;
}

/* ---- the world that modules import ---- */

static wr_status print_nothing(wr_instance *caller, void *ctx, wr_slot *args) {
  (void)caller, (void)ctx, (void)args;
  return WR_OK;
}

static wr_status test_add(wr_instance *caller, void *ctx, wr_slot *args) {
  (void)caller, (void)ctx;
  args[0] = (uint32_t)args[0] + (uint32_t)args[1];
  return WR_OK;
}

static wr_status test_refuse(wr_instance *caller, void *ctx, wr_slot *args) {
  (void)caller, (void)ctx, (void)args;
  return WR_TRAP_HOST;
}

/* Calls export "again" of the caller, if there is one: nested invocation. */
static wr_status test_again(wr_instance *caller, void *ctx, wr_slot *args) {
  (void)ctx;
  uint32_t func;
  wr_status s = wr_find_func(caller, "again", &func);
  return s == WR_OK ? wr_call(caller, func, args, 1, 1) : s;
}

static wr_status first_argument(wr_instance *caller, void *ctx, wr_slot *args) {
  (void)caller, (void)ctx, (void)args;
  return WR_OK;
}

static const wr_host_func host_funcs[] = {
  {"spectest", "print", ":", print_nothing, NULL},
  {"spectest", "print_i32", "i:", print_nothing, NULL},
  {"spectest", "print_i64", "I:", print_nothing, NULL},
  {"spectest", "print_f32", "f:", print_nothing, NULL},
  {"spectest", "print_f64", "F:", print_nothing, NULL},
  {"spectest", "print_i32_f32", "if:", print_nothing, NULL},
  {"spectest", "print_f64_f64", "FF:", print_nothing, NULL},
  {"test", "add", "ii:i", test_add, NULL},
  {"test", "refuse", ":", test_refuse, NULL},
  {"test", "again", "i:i", test_again, NULL},
  {"WasmSupport", "trap", "i:i", test_refuse, NULL},
  {"WasmSupport", "malloc", "i:i", first_argument, NULL},
};

static wr_slot global_i32 = 666, global_i64 = 666, global_f32 = 0x4426a666u, global_f64 = 0x4084d4cccccccccdu;
static uint8_t spectest_bytes[2 * WR_PAGE];
static wr_memory spectest_memory = {spectest_bytes, 1, 2, 2};
static wr_funcref spectest_elems[10];
static wr_table spectest_table = {spectest_elems, 10, 20};

static bool is(wr_name name, const char *text) { return name.size == strlen(text) && memcmp(name.bytes, text, name.size) == 0; }

static bool resolve_spectest(wr_name name, wr_kind kind, wr_extern *out) {
  static const struct { const char *name; wr_slot *slot; uint8_t type; } globals[] = {
    {"global_i32", &global_i32, WR_I32}, {"global_i64", &global_i64, WR_I64},
    {"global_f32", &global_f32, WR_F32}, {"global_f64", &global_f64, WR_F64},
  };
  (void)kind;
  for (size_t i = 0; i < sizeof globals / sizeof *globals; i++) {
    if (!is(name, globals[i].name)) continue;
    out->kind = WR_GLOBAL;
    out->global = (wr_global){globals[i].slot, globals[i].type, false};
    return true;
  }
  if (is(name, "memory")) {
    out->kind = WR_MEMORY;
    out->memory = &spectest_memory;
    return true;
  }
  if (is(name, "table")) {
    out->kind = WR_TABLE;
    out->table = &spectest_table;
    return true;
  }
  for (size_t i = 0; i < sizeof host_funcs / sizeof *host_funcs; i++) {
    if (strcmp(host_funcs[i].module, "spectest") != 0 || !is(name, host_funcs[i].name)) continue;
    out->kind = WR_FUNC; /* reached only for an import of another kind: a mismatch */
    return true;
  }
  return false;
}

static bool resolve(void *ctx, wr_name module, wr_name name, wr_kind kind, wr_extern *out) {
  (void)ctx;
  for (uint32_t i = entry_count; i-- > 0;) {
    entry *e = entries[i];
    if (!e->registered || !is(module, e->registered)) continue;
    if (wr_find_export(&e->instance, name.bytes, name.size, kind, out) == WR_OK) return true;
    for (wr_kind k = WR_FUNC; k <= WR_GLOBAL; k++)
      if (wr_find_export(&e->instance, name.bytes, name.size, k, out) == WR_OK) return true;
    return false;
  }
  return is(module, "spectest") && resolve_spectest(name, kind, out);
}

/* ---- modules ---- */

static void map_memory(entry *e) {
  uint32_t pages = e->module.memory_max < page_limit ? e->module.memory_max : page_limit;
  if (!e->module.has_memory) pages = 0;
  e->memory_size = (size_t)pages * WR_PAGE;
  e->mapped = pages > 32;
  if (!e->mapped) e->memory = allocate(e->memory_size);
  else {
    /* an inaccessible page behind it does what AddressSanitizer does for small ones */
    e->memory = mmap(NULL, e->memory_size + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (e->memory == MAP_FAILED || mprotect(e->memory + e->memory_size, 4096, PROT_NONE) != 0) abort();
  }
}

static void release(entry *e) {
  free(e->bytes);
  free(e->side);
  free(e->arena);
  free(e->registered);
  if (e->mapped) munmap(e->memory, e->memory_size + 4096);
  else free(e->memory);
  free(e);
}

static wr_status instantiate(entry *e) {
  map_memory(e);
  e->arena = allocate(arena_size);
  wr_config cfg = {
    .arena = e->arena, .arena_size = arena_size,
    .memory = e->memory, .memory_pages = (uint32_t)(e->memory_size / WR_PAGE),
    .funcs = host_funcs, .func_count = sizeof host_funcs / sizeof *host_funcs,
    .resolve = resolve, .max_depth = depth_limit,
  };
  return wr_instantiate(&e->instance, &e->module, &cfg);
}

static entry *find(const char *id) {
  unsigned long i = strtoul(id ? id : "", NULL, 10);
  if (i < entry_count) return entries[i];
  fprintf(stderr, "driver: no module %s\n", id ? id : "?");
  exit(2);
}

static char *word(void) { return strtok(NULL, " \n"); }
static size_t number(void) {
  char *w = word();
  return w ? strtoul(w, NULL, 0) : 0;
}

static void do_check(void) {
  size_t size = number();
  uint8_t *bytes = read_bytes(size);
  wr_module m;
  wr_status s = wr_load(&m, bytes, size, NULL, 0, scratch, sizeof scratch);
  if (s == WR_OK) answer("ok");
  else fail(s, m.error_offset);
  free(bytes);
}

static wr_status load(entry *e, size_t size, size_t side_size) {
  e->bytes = read_bytes(size);
  e->side = read_bytes(side_size);
  return wr_load(&e->module, e->bytes, size, e->side, side_size, scratch, sizeof scratch);
}

static void do_load(void) {
  size_t size = number(), side_size = number();
  entry *e = calloc(1, sizeof *e);
  if (!e || entry_count == MAX_MODULES) exit(2);
  wr_status s = load(e, size, side_size);
  if (s != WR_OK) {
    fail(s, e->module.error_offset);
    release(e);
    return;
  }
  entries[entry_count] = e;
  answer("ok %u", entry_count++);
}

static void do_call(void) {
  entry *e = find(word());
  size_t size;
  char *name = unhex(word(), &size), *w;
  wr_slot args[256] = {0};
  uint32_t count = 0, params, results;
  const uint8_t *param_types, *result_types;
  wr_extern ex;
  wr_status s = wr_find_export(&e->instance, (uint8_t *)name, (uint32_t)size, WR_FUNC, &ex);
  free(name);
  while ((w = word()) && count < 256) args[count++] = strtoull(strchr(w, ':') + 1, NULL, 16);
  if (s == WR_OK) {
    wr_func_type(&e->instance, ex.func.func, &param_types, &params, &result_types, &results);
    s = wr_call(&e->instance, ex.func.func, args, count, 256);
  }
  if (s != WR_OK) {
    fail(s, e->instance.trap_offset);
    return;
  }
  fputs("ok", stdout);
  for (uint32_t i = 0; i < results; i++)
    printf(" %s:%llx", type_name(result_types[i]), (unsigned long long)masked(result_types[i], args[i]));
  answer("");
}

static void do_get(void) {
  entry *e = find(word());
  size_t size;
  char *name = unhex(word(), &size);
  wr_extern ex;
  wr_status s = wr_find_export(&e->instance, (uint8_t *)name, (uint32_t)size, WR_GLOBAL, &ex);
  free(name);
  if (s != WR_OK) fail(s, 0);
  else answer("ok %s:%llx", type_name(ex.global.type), (unsigned long long)masked(ex.global.type, *ex.global.slot));
}

static void do_peek(void) {
  entry *e = find(word());
  uint32_t addr = (uint32_t)number(), size = (uint32_t)number();
  uint8_t *p = wr_memory_at(&e->instance, addr, size);
  if (!p) {
    fail(WR_TRAP_MEMORY, addr);
    return;
  }
  fputs("ok ", stdout);
  for (uint32_t i = 0; i < size; i++) printf("%02x", p[i]);
  answer("");
}

static void do_poke(void) {
  entry *e = find(word());
  uint32_t addr = (uint32_t)number();
  size_t size;
  char *bytes = unhex(word(), &size);
  uint8_t *p = wr_memory_at(&e->instance, addr, (uint32_t)size);
  if (p) {
    memcpy(p, bytes, size);
    answer("ok");
  } else fail(WR_TRAP_MEMORY, addr);
  free(bytes);
}

static void do_register(void) {
  entry *e = find(word());
  size_t size;
  free(e->registered);
  e->registered = unhex(word(), &size);
  answer("ok");
}

static void do_reset(void) {
  for (uint32_t i = 0; i < entry_count; i++) release(entries[i]);
  entry_count = 0;
  memset(spectest_elems, 0, sizeof spectest_elems);
  memset(spectest_bytes, 0, sizeof spectest_bytes);
  spectest_memory.pages = 1;
  answer("ok");
}

/* ---- fuzzing: everything a module can do, bounded by fuel ---- */

static uint64_t hash_of(uint64_t h, uint64_t v) { return (h ^ v) * 0x100000001b3u; }

static uint64_t run_exports(entry *e, uint64_t fuel, uint32_t *returned, uint32_t *trapped) {
  static const uint64_t values[] = {0, 1, 7, 0xffffffffu, 0x80000000u, 0x7ff8000000000000u, UINT64_MAX, 65535};
  uint64_t h = 0xcbf29ce484222325u;
  wr_name name;
  wr_kind kind;
  uint32_t index;
  for (uint32_t i = 0; wr_export_at(&e->instance, i, &name, &kind, &index) == WR_OK; i++) {
    if (kind != WR_FUNC) continue;
    for (uint32_t round = 0; round < 2; round++) {
      const uint8_t *param_types, *result_types;
      uint32_t params, results;
      wr_slot args[256] = {0};
      wr_func_type(&e->instance, index, &param_types, &params, &result_types, &results);
      for (uint32_t k = 0; k < params; k++) args[k] = values[(i * 5 + k * 3 + round) % 8];
#if WR_FUEL
      e->instance.fuel = fuel;
#endif
      wr_status s = wr_call(&e->instance, index, args, params, 256);
      h = hash_of(h, s);
      if (s == WR_OK) (*returned)++;
      else (*trapped)++;
      for (uint32_t k = 0; s == WR_OK && k < results; k++) h = hash_of(h, masked(result_types[k], args[k]));
    }
  }
  (void)fuel;
  return h;
}

static void do_fuzz(void) {
  size_t size = number(), side_size = number();
  uint64_t fuel = number();
  entry *e = calloc(1, sizeof *e);
  if (!e) exit(2);
  wr_status s = load(e, size, side_size);
  if (s != WR_OK) fail(s, e->module.error_offset);
  else {
    uint32_t returned = 0, trapped = 0;
    size_t before = arena_size;
    uint32_t pages = page_limit;
    arena_size = 32768;
    page_limit = 4;
    s = instantiate(e);
    arena_size = before;
    page_limit = pages;
    if (s != WR_OK) fail(s, e->instance.trap_offset);
    else {
      uint64_t h = run_exports(e, fuel, &returned, &trapped);
      answer("ok %u %u %016llx", returned, trapped, (unsigned long long)h);
    }
  }
  release(e);
}

static void do_profile(void) {
#if WR_PROFILE
  entry *e = find(word());
  if (!e->instance.profile) {
    e->instance.profile = calloc(512 + 512 * 256, sizeof(uint64_t));
    answer("ok");
    return;
  }
  fputs("ok", stdout);
  for (uint32_t i = 0; i < 512 + 512 * 256; i++)
    if (e->instance.profile[i]) printf(" %u:%llu", i, (unsigned long long)e->instance.profile[i]);
  answer("");
#else
  answer("fail usage WR_BAD_CALL 0 not a WR_PROFILE build");
#endif
}

static void do_fuel(bool ask) {
#if WR_FUEL
  entry *e = find(word());
  if (!ask) e->instance.fuel = number();
  answer("ok %llu", (unsigned long long)e->instance.fuel);
#else
  (void)ask;
  answer("fail usage WR_BAD_CALL 0 not a WR_FUEL build");
#endif
}

static void do_instance(void) {
  entry *e = find(word());
  wr_status s = instantiate(e);
  if (s == WR_OK) answer("ok");
  else fail(s, e->instance.trap_offset);
}

int main(void) {
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  while (fgets(line, sizeof line, stdin)) {
    const char *command = strtok(line, " \n");
    if (!command) continue;
    if (!strcmp(command, "check")) do_check();
    else if (!strcmp(command, "load")) do_load();
    else if (!strcmp(command, "instance")) do_instance();
    else if (!strcmp(command, "call")) do_call();
    else if (!strcmp(command, "get")) do_get();
    else if (!strcmp(command, "peek")) do_peek();
    else if (!strcmp(command, "poke")) do_poke();
    else if (!strcmp(command, "register")) do_register();
    else if (!strcmp(command, "fuzz")) do_fuzz();
    else if (!strcmp(command, "profile")) do_profile();
    else if (!strcmp(command, "fuel")) do_fuel(false);
    else if (!strcmp(command, "fuel?")) do_fuel(true);
    else if (!strcmp(command, "reset")) do_reset();
    else if (!strcmp(command, "arena")) { arena_size = number(); answer("ok"); }
    else if (!strcmp(command, "pages")) { page_limit = (uint32_t)number(); answer("ok"); }
    else if (!strcmp(command, "depth")) { depth_limit = (uint32_t)number(); answer("ok"); }
    else answer("fail usage WR_BAD_CALL 0 unknown command");
  }
  for (uint32_t i = 0; i < entry_count; i++) release(entries[i]);
  return 0;
}
