// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"

#if KWS_X86_64

KWS_TARGET_VNNI size_t kws_int8_peak_avx512vnni(size_t count) {
  enum { SUMS = 16 };
  __m512i sums[SUMS], x = _mm512_set1_epi8(3), w = _mm512_set1_epi8(5);
  KWS_UNROLL for (int i = 0; i < SUMS; i++) sums[i] = _mm512_setzero_si512();
  for (size_t n = 0; n < count; n++) {
    // Nothing may be taken out of the loop.
    __asm__ volatile("" : "+v"(x), "+v"(w));
    KWS_UNROLL for (int i = 0; i < SUMS; i++) sums[i] = _mm512_dpbusd_epi32(sums[i], x, w);
  }
  KWS_UNROLL for (int i = 0; i < SUMS; i++) __asm__ volatile("" : "+v"(sums[i]));
  return count * SUMS * 64;
}

#endif
