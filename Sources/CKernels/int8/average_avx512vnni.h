// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sums over the bins of a column, 32 channels at once, for the averages.
#ifndef KWS_INT8_AVERAGE_AVX512VNNI_H
#define KWS_INT8_AVERAGE_AVX512VNNI_H

#include "../support/requantize.h"

#if KWS_X86_64

enum { AVERAGE_CHANNELS = 32 };

// Adds to `sums` the bins of one column, less those at `leaving` unless it is null.
KWS_BODY KWS_TARGET_VNNI void add_bins(const uint8_t *entering, const uint8_t *leaving, int bins,
                                       int channels, __m512i sums[2]) {
  // So many differences of bytes fit 16 bits: 128 * 255 = 32640.
  enum { BINS = 128 };
  for (int start = 0; start < bins; start += BINS) {
    const int end = bins - start < BINS ? bins : start + BINS;
    __m512i words = _mm512_setzero_si512();
    for (int bin = start; bin < end; bin++) {
      const ptrdiff_t at = (ptrdiff_t)bin * channels;
      words = _mm512_add_epi16(
          words, _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(entering + at))));
      if (leaving) {
        words = _mm512_sub_epi16(
            words, _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(leaving + at))));
      }
    }
    sums[0] = _mm512_add_epi32(sums[0], _mm512_cvtepi16_epi32(_mm512_castsi512_si256(words)));
    sums[1] = _mm512_add_epi32(sums[1],
                               _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(words, 1)));
  }
}

// The means of sums without zero points, as bytes; `left` channels of 32.
KWS_BODY KWS_TARGET_VNNI void store_means(const __m512i sums[2], float multiplier, int left,
                                          const kws_requantization *r, uint8_t *output) {
  __m512 x[2];
  KWS_UNROLL for (int j = 0; j < 2; j++) {
    x[j] = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[j]), _mm512_set1_ps(multiplier));
  }
  kws_store_avx512(output, kws_pack_in_order_avx512(x, 2, r), AVERAGE_CHANNELS, left);
}

#endif
#endif
