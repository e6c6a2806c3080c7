/* What instance.c (linking, tables, segments, exports) and interp.c (execution) share. */
#ifndef WR_INSTANCE_H
#define WR_INSTANCE_H

#include "engine.h"
#include "loader.h"

/* A resolved function import: a host function, or with fn NULL function `func` of instance `ctx`. */
struct wr_import { wr_host_fn fn; void *ctx; uint32_t func; };

/* Runs function `func` of `inst`, whose arguments are at `args` in the value stack, after one spare slot; results
 * replace them. */
wr_status wr_run(wr_instance *inst, uint32_t func, wr_slot *args);

/* Calls a resolved import (or any function of another instance): `args` has room for the results. */
wr_status wr_call_import(wr_instance *caller, const struct wr_import *import, wr_slot *args);

/* The slow, rare instructions. */
uint32_t wr_memory_grow(wr_instance *inst, uint32_t delta);
wr_status wr_memory_init(wr_instance *inst, uint32_t segment, uint32_t to, uint32_t from, uint32_t size);
wr_status wr_memory_copy(wr_instance *inst, uint32_t to, uint32_t from, uint32_t size);
wr_status wr_memory_fill(wr_instance *inst, uint32_t to, uint32_t value, uint32_t size);
wr_status wr_table_init(wr_instance *inst, uint32_t segment, uint32_t to, uint32_t from, uint32_t size);
wr_status wr_table_copy(wr_instance *inst, uint32_t to, uint32_t from, uint32_t size);

static inline const wr_side_func *wr_func_entry(const wr_instance *inst, uint32_t func) {
  return wr_side_funcs(inst->module->side) + func;
}

#endif
