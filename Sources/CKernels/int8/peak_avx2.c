// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"

#if KWS_X86_64

KWS_TARGET_AVX2 size_t kws_int8_peak_avx2(size_t count) {
  enum { SUMS = 8 };
  __m256i sums[SUMS], x = _mm256_set1_epi16(3), w = _mm256_set1_epi16(5);
  KWS_UNROLL for (int i = 0; i < SUMS; i++) sums[i] = _mm256_setzero_si256();
  for (size_t n = 0; n < count; n++) {
    // Nothing may be taken out of the loop.
    __asm__ volatile("" : "+x"(x), "+x"(w));
    KWS_UNROLL for (int i = 0; i < SUMS; i++) {
      sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(x, w));
    }
  }
  KWS_UNROLL for (int i = 0; i < SUMS; i++) __asm__ volatile("" : "+x"(sums[i]));
  return count * SUMS * 16;
}

#endif
