/* What the loader (load.c: sections) and the validator (validate.c: function bodies) share. */
#ifndef WR_LOADER_H
#define WR_LOADER_H

#include "engine.h"
#include "reader.h"
#include "sidetable.h"

/* A function type: pointers into the module's bytes (or to a constant, for a block with one result). */
typedef struct {
  const uint8_t *params, *results;
  uint32_t param_count, result_count;
} wr_sig;

typedef struct {
  wr_module *m;
  wr_reader *r;
  const wr_sidetable *side;
  uint8_t *scratch, *scratch_end; /* scratch: first free byte */
  uint8_t *global_types;          /* one byte each: the value type, bit 7 set when mutable */
  uint32_t entry;                 /* branch entries used so far */
} wr_loader;

#define WR_MUTABLE 0x80u

/* The type section's entry `index`, which must exist. */
wr_sig wr_type_at(const wr_module *m, uint32_t index);
/* The type index of function `index`, which must exist (canonical when there is a side table). */
uint32_t wr_func_type_index(const wr_module *m, uint32_t index);
bool wr_sig_equal(const wr_sig *a, const wr_sig *b);

/* Validates the body that fills the reader `r`, of function `index`, and its part of the side table. */
void wr_validate_body(wr_loader *l, wr_reader *r, uint32_t index);

/* Reads a value type. */
uint8_t wr_rd_valtype(wr_reader *r);

/* Walks sections that are needed again after loading; all of them have been validated. */
typedef struct { wr_name module, name; wr_kind kind; uint32_t type, min, max; uint8_t valtype; bool mutable_; } wr_import_desc;
wr_reader wr_section(const wr_module *m, uint32_t id, uint32_t *count);
void wr_rd_import(wr_reader *r, wr_import_desc *d);
void wr_rd_limits(wr_reader *r, uint32_t *min, uint32_t *max, uint32_t ceiling);

/* A constant expression: t.const, global.get of an import, and in element segments ref.func and ref.null. */
typedef enum { WR_CONST_VALUE, WR_CONST_GLOBAL, WR_CONST_FUNC, WR_CONST_NULL } wr_const_kind;
typedef struct { wr_const_kind kind; uint8_t type; uint32_t index; wr_slot value; } wr_const;
void wr_rd_const(wr_reader *r, wr_const *c);

/* An element segment's head; `count` items follow, each a function index or, with `exprs`, a constant expression. */
typedef enum { WR_SEG_ACTIVE, WR_SEG_PASSIVE, WR_SEG_DECLARATIVE } wr_segment_mode;
typedef struct { wr_segment_mode mode; bool exprs; uint32_t table, count; wr_const offset; } wr_elem_head;
void wr_rd_elem_head(wr_reader *r, wr_elem_head *h);
uint32_t wr_rd_elem_item(wr_reader *r, const wr_elem_head *h); /* function index, UINT32_MAX for null */

typedef struct { wr_segment_mode mode; uint32_t memory, size; wr_const offset; const uint8_t *bytes; } wr_data_head;
void wr_rd_data(wr_reader *r, wr_data_head *h);

#endif
