// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/isa.h"
#include "int8_kernels.h"

#if KWS_AARCH64

KWS_TARGET_NEONDOT size_t kws_int8_peak_neondot(size_t count) {
  int32x4_t sums[8];
  for (int j = 0; j < 8; j++) sums[j] = vdupq_n_s32(0);
  const int8x16_t x = vdupq_n_s8(3), w = vdupq_n_s8(5);
  for (size_t i = 0; i < count; i++) {
    for (int j = 0; j < 8; j++) {
      sums[j] = vdotq_s32(sums[j], x, w);
      __asm__ volatile("" : "+w"(sums[j]));
    }
  }
  return 8 * 16 * count;
}

#endif
