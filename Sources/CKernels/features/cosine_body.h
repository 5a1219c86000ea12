// SPDX-License-Identifier: GPL-3.0-or-later
//
// One register of outputs at a time; four sums in turn, to hide the latency of the additions.
#include <string.h>

#include "vectors.h"

KWS_ISA void KWS_NAME(kws_cosine)(size_t input_count, size_t output_count, size_t stride,
                                  const float *restrict table, const float *restrict x,
                                  float *restrict y) {
  for (size_t first = 0; first < output_count; first += KWS_LANES) {
    const float *row = table + first;
    kws_lanes sums[4] = {0};
    size_t i = 0;
    for (; i + 4 <= input_count; i += 4, row += 4 * stride)
      KWS_UNROLL for (size_t j = 0; j < 4; j++)
        sums[j] += x[i + j] * *(const kws_lanes *)(row + j * stride);
    for (; i < input_count; i++, row += stride) sums[0] += x[i] * *(const kws_lanes *)row;
    const kws_lanes sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    const size_t left = output_count - first;
    if (left >= KWS_LANES)
      *(kws_lanes *)(y + first) = sum;
    else
      memcpy(y + first, &sum, left * sizeof(float));
  }
}
