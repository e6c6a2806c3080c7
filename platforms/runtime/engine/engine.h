/* A WebAssembly engine that executes modules in place: the embedding API.
 *
 * After: WebAssembly Core Specification 1.0, plus sign extension, saturating truncation, bulk memory, mutable globals
 * and multi-value, as in 2.0. Anything else is refused at validation, with a status and the offset of the byte.
 *
 * How it is used:
 *   wr_load         validates a module's bytes and its side table (sidetable.h); both stay where they are, in flash
 *   wr_instantiate  resolves the imports, lays out globals, table and value stack in the caller's arena, fills the memory
 *   wr_call         runs an export until it returns or traps
 * The engine owns no memory and calls nothing but memcpy, memmove, memset and memcmp. It never writes to module or side
 * table, which must not change while they are loaded. Everything in them is untrusted; the embedder is trusted.
 *
 * Limits: one memory, one table; 255 parameters and results, 65535 locals per function; branches as sidetable.h says.
 * Left out on purpose: interruption from outside (a watchdog resets the chip; WR_FUEL bounds a run on a host) and
 * resumption after a trap (a trapped instance may be called again, its memory is as the trap left it).
 *
 * Compile-time options: WR_FLOAT (1: f32 and f64; 0: modules that use them are refused), WR_FUEL (1: counts taken branches
 * and calls), WR_TEXT (1: texts of statuses and opcodes), WR_PROFILE (1: counts executed opcodes, for measurements only).
 */
#ifndef WR_ENGINE_H
#define WR_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef WR_FLOAT
#define WR_FLOAT 1
#endif
#ifndef WR_FUEL
#define WR_FUEL 0
#endif
#ifndef WR_TEXT
#define WR_TEXT 0
#endif
#ifndef WR_PROFILE
#define WR_PROFILE 0
#endif

#define WR_PAGE 65536u

typedef enum {
#define X(name, class, text) name,
#include "status.def"
#undef X
  WR_STATUS_COUNT
} wr_status;

typedef enum {
  WR_CLASS_OK, WR_CLASS_MALFORMED, WR_CLASS_INVALID, WR_CLASS_UNSUPPORTED, WR_CLASS_LIMIT, WR_CLASS_TABLE,
  WR_CLASS_LINK, WR_CLASS_TRAP, WR_CLASS_USAGE
} wr_class;

/* Value types, as the binary format writes them. */
typedef enum { WR_I32 = 0x7f, WR_I64 = 0x7e, WR_F32 = 0x7d, WR_F64 = 0x7c } wr_valtype;

/* One value: the low 32 bits hold an i32 or f32 (its bits), the rest is then undefined. */
typedef uint64_t wr_slot;

typedef enum { WR_FUNC = 0, WR_TABLE = 1, WR_MEMORY = 2, WR_GLOBAL = 3 } wr_kind;

typedef struct wr_instance wr_instance;

/* A validated module: where its parts are. Filled by wr_load; treat as opaque. */
typedef struct {
  const uint8_t *bytes;
  uint32_t size;
  const struct wr_sidetable *side;        /* NULL after a load without table: such a module cannot be instantiated */
  uint32_t section[13];                   /* offset of each section's content by id, 0 = absent */
  uint32_t types, funcs, func_imports, globals, global_imports, datas, elems;
  uint32_t memory_min, memory_max;        /* pages; max UINT32_MAX = none given */
  uint32_t table_min, table_max;
  uint32_t start;                         /* function index, UINT32_MAX = none */
  bool has_memory, has_table, memory_imported, table_imported, has_data_count;
  uint32_t error_offset;                  /* after a refusal: the offset in the module's bytes */
} wr_module;

/* A host function. Arguments are in args[0..]; results are written to args[0..]. `ctx` is the import's own pointer. It may
 * call wr_call, on another instance or on `caller`; a status other than WR_OK ends the run with that status. */
typedef wr_status (*wr_host_fn)(wr_instance *caller, void *ctx, wr_slot *args);

/* One line of the embedder's table of imports. `type` is parameters, colon, results: "iI:i" (i I f F). */
typedef struct {
  const char *module, *name, *type;
  wr_host_fn fn;
  void *ctx;
} wr_host_func;

typedef struct {
  uint8_t *base;
  uint32_t pages, max_pages;              /* now; what memory.grow may reach (declared maximum and region) */
  uint32_t declared_max;                  /* for link checks; UINT32_MAX = none */
} wr_memory;

typedef struct { wr_instance *instance; uint32_t func; } wr_funcref;   /* instance NULL = null reference */

typedef struct { wr_funcref *elems; uint32_t size, declared_max; } wr_table;

typedef struct { wr_slot *slot; uint8_t type; bool mutable_; } wr_global;

/* Something to import, or found among the exports. */
typedef struct {
  wr_kind kind;
  union {
    wr_host_func host;                    /* WR_FUNC with func.instance NULL; module and name are not used */
    wr_memory *memory;
    wr_table *table;
    wr_global global;
  };
  wr_funcref func;                        /* WR_FUNC of another instance */
} wr_extern;

typedef struct { const uint8_t *bytes; uint32_t size; } wr_name;

/* Asked for each import that the table `funcs` does not have. Returns false when unknown. */
typedef bool (*wr_resolver)(void *ctx, wr_name module, wr_name name, wr_kind kind, wr_extern *out);

typedef struct {
  void *arena;                            /* 8-byte aligned; globals, table, segment flags, the rest is the value stack */
  size_t arena_size;
  uint8_t *memory;                        /* region for the linear memory (also when the module imports it unresolved) */
  uint32_t memory_pages;                  /* its size in pages: the limit of memory.grow */
  const wr_host_func *funcs;
  size_t func_count;
  wr_resolver resolve;                    /* may be NULL */
  void *resolve_ctx;
  uint32_t max_depth;                     /* calls within one instance, 0 = only bounded by the value stack */
} wr_config;

typedef struct wr_import wr_import;

struct wr_instance {
  const wr_module *module;
  wr_memory *memory, own_memory;
  wr_table *table, own_table;
  wr_slot *globals;                       /* own globals, mutable and not */
  wr_global *imported_globals;
  wr_import *imports;                     /* imported functions */
  uint8_t *dropped;                       /* one byte per data segment, then per elem segment */
  wr_slot *stack_next, *stack_end;        /* the value stack: first free slot of a new invocation, and its end */
  uint32_t depth, max_depth, nesting;
  uint32_t trap_offset;                   /* module offset just after the opcode that trapped (or within its immediates) */
  void *user;                             /* the embedder's */
#if WR_FUEL
  uint64_t fuel;                          /* taken branches and calls left; WR_TRAP_FUEL at 0 */
#endif
#if WR_PROFILE
  uint64_t *profile;                      /* 512 counters, then 512 x 256 of pairs; may be NULL */
#endif
};

/* How deep wr_call may nest through host functions and across instances: it bounds the C stack. */
#ifndef WR_MAX_NESTING
#define WR_MAX_NESTING 8
#endif

/* Validates `size` bytes at `bytes` and the side table against them; on a refusal m->error_offset says where.
 * `table` NULL validates the module alone (it cannot be instantiated then). `scratch` (8-byte aligned) is used during the call
 * only: one byte per local of the largest function, per global and operand, 28 per nested block; the later arena will do. */
wr_status wr_load(wr_module *m, const uint8_t *bytes, size_t size, const void *table, size_t table_size,
                  void *scratch, size_t scratch_size);

/* Makes an instance of a loaded module and runs its start function. `inst` is overwritten; module, arena and memory must
 * outlive it. On a failure the instance must not be called (memory and table writes before a trap remain, as the
 * specification says). `cfg->user` data goes to inst->user by the embedder after the call. */
wr_status wr_instantiate(wr_instance *inst, const wr_module *m, const wr_config *cfg);

/* The index of an exported function, WR_NO_EXPORT otherwise. */
wr_status wr_find_func(const wr_instance *inst, const char *name, uint32_t *func);

/* Any export by name. */
wr_status wr_find_export(wr_instance *inst, const uint8_t *name, uint32_t name_size, wr_kind kind, wr_extern *out);

/* The i-th export (to list them), WR_NO_EXPORT past the last. */
wr_status wr_export_at(const wr_instance *inst, uint32_t i, wr_name *name, wr_kind *kind, uint32_t *index);

/* Parameter and result types of a function: pointers to value types in the module's bytes. */
void wr_func_type(const wr_instance *inst, uint32_t func, const uint8_t **params, uint32_t *param_count,
                  const uint8_t **results, uint32_t *result_count);

/* Calls a function. `args` holds the arguments and has room for the results, which replace them (`capacity` slots). */
wr_status wr_call(wr_instance *inst, uint32_t func, wr_slot *args, uint32_t arg_count, uint32_t capacity);

/* Zeroes what calls that are over have left in the value stack: locals and operands, and with them whatever they held. */
void wr_wipe_stack(wr_instance *inst);

/* Checks that [addr, addr + size) lies within the instance's memory and returns it, or NULL: for host functions. */
uint8_t *wr_memory_at(wr_instance *inst, uint32_t addr, uint32_t size);

wr_class wr_status_class(wr_status status);
#if WR_TEXT
const char *wr_status_text(wr_status status);
const char *wr_status_name(wr_status status);
#endif

#endif
