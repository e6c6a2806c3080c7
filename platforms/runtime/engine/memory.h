/* The four functions of memory that the engine and the chip's kernel call, by their C11 names (7.24), so that a compiler without any libc will do.
 * On the host libc has them, on the chip platforms/nucleo_h753zi/chip/memory.c. */
#ifndef WR_MEMORY_H
#define WR_MEMORY_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif
