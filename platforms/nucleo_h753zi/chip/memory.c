/* memcpy, memmove, memset, memcmp, and the strlen that GCC makes of a loop: all that the engine and GCC ask for. Words where both sides are aligned; nothing else of a libc is linked. */
#include "../../runtime/engine/memory.h"
#include <stdint.h>

size_t strlen(const char *text);

typedef uint32_t __attribute__((may_alias)) word;

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  uint8_t *d = to;
  const uint8_t *s = from;
  if ((((uintptr_t)d | (uintptr_t)s) & 3) == 0)
    for (; size >= 4; size -= 4, d += 4, s += 4) *(word *)(void *)d = *(const word *)(const void *)s;
  for (; size; size--) *d++ = *s++;
  return to;
}

void *memmove(void *to, const void *from, size_t size) {
  uint8_t *d = to;
  const uint8_t *s = from;
  if (d <= s || d >= s + size) return memcpy(to, from, size);
  while (size--) d[size] = s[size];
  return to;
}

void *memset(void *to, int value, size_t size) {
  uint8_t *d = to;
  for (; size && ((uintptr_t)d & 3); size--) *d++ = (uint8_t)value;
  for (; size >= 4; size -= 4, d += 4) *(word *)(void *)d = (uint8_t)value * 0x01010101u;
  for (; size; size--) *d++ = (uint8_t)value;
  return to;
}

int memcmp(const void *a, const void *b, size_t size) {
  const uint8_t *x = a, *y = b;
  for (; size; size--, x++, y++)
    if (*x != *y) return *x - *y;
  return 0;
}

size_t strlen(const char *text) {
  const char *end = text;
  while (*end) end++;
  return (size_t)(end - text);
}
