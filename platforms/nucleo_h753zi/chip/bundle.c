/* Parses the module bundle behind the runtime (SPEC 3) into `modules`, and lays out their memories (SPEC 13, 17). WRP or boot's signature check protects the bytes;
 * they are checked all the same, because a kernel that follows a wrong offset is the end of the privilege. */
#include "kernel.h"
#include "../../runtime/engine/memory.h"

#define MAGIC 0x31424250u
#define HEADER 16u
#define ENTRY 64u
#define GRANT 12u

/* SPEC 13: where module n has its memory. SPEC 17: where its engine has its state. */
static const struct { uint32_t memory, pages, state, state_size; } places[MAX_MODULES] = {
  {0x24000000, 6, 0x24070000, 0x10000},
  {0x30000000, 2, 0x24068000, 0x8000},
  {0x30020000, 2, 0x24064000, 0x4000},
  {0x38000000, 1, 0x24060000, 0x4000},
};

static uint32_t field(const uint8_t *p, uint32_t at) {
  uint32_t v;
  memcpy(&v, p + at, 4);
  return v;
}

static bool span(uint32_t offset, uint32_t size, uint32_t from, uint32_t end) {
  return offset >= from && offset <= end && size <= end - offset;
}

static const char *parse_name(module *m, const uint8_t *entry) {
  uint32_t n = 0;
  while (n < 8 && entry[n] >= 0x21 && entry[n] <= 0x7e) {
    m->name[n] = (char)entry[n];
    n++;
  }
  for (uint32_t i = n; i < 8; i++)
    if (entry[i]) return "bundle: module name";
  return n ? NULL : "bundle: module name";
}

static const char *parse_grants(module *m, const uint8_t *bytes, const uint8_t *entry, uint32_t from, uint32_t size) {
  m->grant_count = field(entry, 32);
  if (m->grant_count > MAX_GRANTS) return "bundle: flash grants";
  if (m->grant_count && !span(field(entry, 36), m->grant_count * GRANT, from, size)) return "bundle: flash grants";
  for (uint32_t i = 0; i < m->grant_count; i++) {
    const uint8_t *g = bytes + field(entry, 36) + i * GRANT;
    m->grants[i] = (flash_grant){field(g, 0), field(g, 4), field(g, 8)};
    if (m->grants[i].start >= m->grants[i].end || m->grants[i].rights < 1 || m->grants[i].rights > 7) return "bundle: flash grants";
  }
  return NULL;
}

static const char *parse_entry(module *m, const uint8_t *bytes, uint32_t index, uint32_t count, uint32_t size) {
  const uint8_t *entry = bytes + HEADER + index * ENTRY;
  uint32_t from = HEADER + count * ENTRY;
  memset(m, 0, sizeof *m);
  m->index = index;
  const char *wrong = parse_name(m, entry);
  if (!wrong) wrong = parse_grants(m, bytes, entry, from, size);
  if (wrong) return wrong;
  if (field(entry, 8) % 32 || field(entry, 12) == 0 || !span(field(entry, 8), field(entry, 12), from, size)) return "bundle: module bytes";
  if (field(entry, 16) == 0 || field(entry, 16) % 4 || !span(field(entry, 16), field(entry, 20), from, size)) return "bundle: side table";
  if (field(entry, 24) < 1 || field(entry, 24) > places[index].pages) return "bundle: memory pages";
  if (field(entry, 28) >> HAL_CALLS) return "bundle: HAL calls";
  if (field(entry, 40) >> count) return "bundle: callable modules";
  for (uint32_t at = 44; at < ENTRY; at += 4)
    if (field(entry, at)) return "bundle: reserved bytes";
  m->memory = (uint8_t *)(uintptr_t)places[index].memory;
  m->memory_pages = field(entry, 24);
  m->hal_calls = field(entry, 28);
  m->callable = field(entry, 40);
  m->state = (uint8_t *)(uintptr_t)places[index].state;
  m->state_size = places[index].state_size;
  m->setup = (module_setup){
    .wasm = bytes + field(entry, 8), .wasm_size = field(entry, 12), .side = bytes + field(entry, 16), .side_size = field(entry, 20),
    .memory = m->memory, .memory_pages = m->memory_pages, .hal_calls = m->hal_calls, .is_event = index == 0,
  };
  return NULL;
}

const char *bundle_parse(const uint8_t *bytes, uint32_t room) {
  if (room < HEADER || field(bytes, 0) != MAGIC) return "bundle: magic";
  uint32_t size = field(bytes, 4), count = field(bytes, 8);
  if (count < 1 || count > MAX_MODULES || field(bytes, 12) != 0) return "bundle: module count";
  if (size % 32 || size > room || size < HEADER + count * ENTRY) return "bundle: size";
  for (uint32_t i = 0; i < count; i++) {
    const char *wrong = parse_entry(&modules[i], bytes, i, count, size);
    if (wrong) return wrong;
    for (uint32_t k = 0; k < i; k++)
      if (memcmp(modules[k].name, modules[i].name, 8) == 0) return "bundle: distinct names";
  }
  module_count = count;
  return NULL;
}
