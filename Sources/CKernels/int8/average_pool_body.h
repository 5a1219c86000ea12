// SPDX-License-Identifier: GPL-3.0-or-later
//
// The running mean, written once and vectorized by the compiler for each instruction set.
#ifndef KWS_AVERAGE_POOL_BODY_H
#define KWS_AVERAGE_POOL_BODY_H

#include "../support/requantize.h"

KWS_BODY void kws_average_pool_body(const kws_int8_average_pool *op, const uint8_t *newest,
                                    int32_t *restrict sums, uint8_t *restrict output,
                                    size_t count, size_t unasked) {
  const int channels = op->channel_count;
  const int32_t zero_sum = op->zero_sum;
  const float multiplier = op->multiplier;
  const kws_requantization r = {.lower = op->lower,
                                .upper = op->upper,
                                .output_zero_point = op->output_zero_point};
  for (size_t column = 0; column < count; column++) {
    const uint8_t *leaving = newest - op->length * op->column_stride;
    for (int bin = 0; bin < op->bin_count; bin++) {
      for (int c = 0; c < channels; c++) {
        sums[c] += newest[bin * channels + c] - leaving[bin * channels + c];
      }
    }
    newest += op->column_stride;
    if (column < unasked) continue;
    for (int c = 0; c < channels; c++) {
      output[c] = kws_requantize(sums[c] - zero_sum, multiplier, NULL, &r);
    }
    output += op->output_column_stride;
  }
}

#endif
