// SPDX-License-Identifier: GPL-3.0-or-later
#include "average_avx512vnni.h"
#include "int8_kernels.h"

#if KWS_X86_64

KWS_TARGET_VNNI void kws_int8_average_pool_avx512vnni(const kws_int8_average_pool *op,
                                                      const uint8_t *newest, int32_t *sums,
                                                      uint8_t *output, size_t count,
                                                      size_t unasked) {
  const kws_int8_average_pool local = *op;
  const kws_requantization r = {.lower = local.lower,
                                .upper = local.upper,
                                .output_zero_point = local.output_zero_point};
  const ptrdiff_t age = local.length * local.column_stride;
  for (int first = 0; first < local.channel_count; first += AVERAGE_CHANNELS) {
    const int left = local.channel_count - first;
    const uint32_t mask = (uint32_t)kws_byte_mask(left);
    const uint8_t *in = newest + first;
    uint8_t *out = output + first;
    const __m512i zero_sum = _mm512_set1_epi32(local.zero_sum);
    // The sums without the zero point's part, which the means are without as well.
    __m512i centred[2];
    KWS_UNROLL for (int j = 0; j < 2; j++) {
      __m512i sum = _mm512_maskz_loadu_epi32((__mmask16)(mask >> 16 * j), sums + first + 16 * j);
      centred[j] = _mm512_sub_epi32(sum, zero_sum);
    }
    for (size_t column = 0; column < count; column++) {
      add_bins(in, in - age, local.bin_count, local.channel_count, centred);
      in += local.column_stride;
      if (column < unasked) continue;
      store_means(centred, local.multiplier, left, &r, out);
      out += local.output_column_stride;
    }
    KWS_UNROLL for (int j = 0; j < 2; j++) {
      _mm512_mask_storeu_epi32(sums + first + 16 * j, (__mmask16)(mask >> 16 * j),
                               _mm512_add_epi32(centred[j], zero_sum));
    }
  }
}

#endif
