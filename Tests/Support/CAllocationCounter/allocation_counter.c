// SPDX-License-Identifier: GPL-3.0-or-later
#include "CAllocationCounter.h"

#include <errno.h>
#include <stddef.h>

// Sanitizers bring their own allocator: nothing is counted under them, and the tests that count
// are left out.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KWS_SANITIZED 1
#endif
#endif

static _Thread_local uint64_t calls;

uint64_t kws_allocation_count(void) { return calls; }

#ifndef KWS_SANITIZED

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *pointer);

void *malloc(size_t size) {
  calls++;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  calls++;
  return __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size) {
  calls++;
  return __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size) {
  calls++;
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  calls++;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size) {
  calls++;
  *pointer = __libc_memalign(alignment, size);
  return *pointer ? 0 : ENOMEM;
}

void free(void *pointer) {
  calls++;
  __libc_free(pointer);
}

#endif
