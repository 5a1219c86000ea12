// SPDX-License-Identifier: GPL-3.0-or-later
#include "average_avx512vnni.h"
#include "int8_kernels.h"

#if KWS_X86_64

KWS_TARGET_VNNI void kws_int8_frequency_average_avx512vnni(const kws_int8_frequency_average *op,
                                                           const uint8_t *input, uint8_t *output,
                                                           size_t count) {
  const kws_int8_frequency_average local = *op;
  const kws_requantization r = {.lower = local.lower,
                                .upper = local.upper,
                                .output_zero_point = local.output_zero_point};
  for (int first = 0; first < local.channel_count; first += AVERAGE_CHANNELS) {
    const int left = local.channel_count - first;
    const uint8_t *in = input + first;
    uint8_t *out = output + first;
    for (size_t column = 0; column < count; column++) {
      __m512i sums[2] = {_mm512_set1_epi32(-local.zero_sum), _mm512_set1_epi32(-local.zero_sum)};
      add_bins(in, NULL, local.bin_count, local.channel_count, sums);
      store_means(sums, local.multiplier, left, &r, out);
      in += local.column_stride;
      out += local.output_column_stride;
    }
  }
}

#endif
