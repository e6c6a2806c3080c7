/* HAL 18: one module calls another by copying (SPEC 4, 13). Request and answer lie in the callee's mailbox; neither sees the other's memory: the
 * MPU shows each only its own. The caller waits in its SVC while the callee's thread runs. */
#include "kernel.h"
#include "../../runtime/engine/memory.h"

static void order(module *m, uint32_t what, uint32_t a, uint32_t b) {
  exception_frame *f = frame_of(m);
  f->r0 = what;
  f->r1 = a;
  f->r2 = b;
  f->r3 = 0;
}

/* False: refused, `status` says why. */
bool call_begin(hal_request *r, int32_t *status) {
  uint32_t index = r->args[0];
  *status = NO_MODULE;
  if (index >= module_count) return false;
  module *callee = &modules[index];
  *status = DENIED;
  if (!(r->m->callable >> index & 1)) return false;
  *status = INVALID;
  if (index == 0 || callee->active || !modules_loaded()) return false; /* one that has not been loaded has no frame yet */
  *status = NO_ROOM;
  if (r->in_size > MAILBOX_BYTES) return false;
  *status = TRAPPED;
  if (callee->dead) return false;
  callee->active = true;
  callee->caller = r->m;
  callee->fn = r->args[1];
  callee->in = r->in;
  callee->in_size = r->in_size;
  callee->out = r->out;
  callee->out_capacity = r->out_size;
  callee->mailbox = UINT32_MAX;
  order(callee, DO_MAILBOX, 0, 0);
  module_switch(callee);
  return true;
}

static void back(module *callee, int32_t status, const uint8_t *answer, uint32_t size) {
  module *caller = callee->caller;
  if (size) memcpy(callee->out, answer, size);
  callee->active = false;
  callee->caller = NULL;
  module_switch(caller);
  hal_finish(caller, status, callee->out, size);
}

/* The callee returned: first from mailbox, then from serve. */
void call_step(module *callee, uint32_t kind, int32_t value) {
  if (!callee->caller) fault_report("abi", callee, kind, (uint32_t)value);
  if (callee->mailbox == UINT32_MAX) {
    uint8_t *box = memory_of(callee, (uint32_t)value, MAILBOX_BYTES);
    if (!box) {
      module_trapped(callee, 0xff, (uint32_t)value);
      return;
    }
    callee->mailbox = (uint32_t)value;
    if (callee->in_size) memcpy(box, callee->in, callee->in_size);
    order(callee, DO_SERVE, callee->fn, callee->in_size);
    return;
  }
  if (value < 0) back(callee, value, NULL, 0);
  else if ((uint32_t)value > MAILBOX_BYTES) module_trapped(callee, 0xff, callee->mailbox);
  else if ((uint32_t)value > callee->out_capacity) back(callee, NO_ROOM, NULL, 0);
  else back(callee, value, callee->memory + callee->mailbox, (uint32_t)value);
}

/* Its state is unknown: it answers no more until the next reset. */
void call_trapped(module *callee) {
  if (!callee->caller) fault_report("trap", callee, 0, 0);
  callee->dead = true;
  back(callee, TRAPPED, NULL, 0);
}
