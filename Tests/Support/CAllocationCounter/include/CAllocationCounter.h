// SPDX-License-Identifier: GPL-3.0-or-later
//
// For tests that claim "allocates nothing" and "makes no system call". Linking this target replaces
// malloc and its kin by counting forms.
#ifndef KWS_ALLOCATION_COUNTER_H
#define KWS_ALLOCATION_COUNTER_H

#include <stdint.h>

// Calls of malloc, calloc, realloc, aligned_alloc, posix_memalign and free by this thread so far.
uint64_t kws_allocation_count(void);

// Runs `body` in a child process in which every system call but read, write and exit is fatal.
// Returns 0 if it came to its end, the signal that killed it, or -1.
int kws_run_without_system_calls(void (*body)(void *), void *context);

#endif
