// SPDX-License-Identifier: GPL-3.0-or-later
//
// The mean over the bins of a column, written once and vectorized by the compiler for each
// instruction set.
#ifndef KWS_FREQUENCY_AVERAGE_BODY_H
#define KWS_FREQUENCY_AVERAGE_BODY_H

#include "../support/requantize.h"

KWS_BODY void kws_frequency_average_body(const kws_int8_frequency_average *op,
                                         const uint8_t *restrict input,
                                         uint8_t *restrict output, size_t count) {
  const int channels = op->channel_count, bins = op->bin_count;
  const int32_t zero_sum = op->zero_sum;
  const float multiplier = op->multiplier;
  const kws_requantization r = {.lower = op->lower,
                                .upper = op->upper,
                                .output_zero_point = op->output_zero_point};
  for (size_t column = 0; column < count; column++) {
    // Blocks of channels, so that the sums need no memory of the stream.
    for (int first = 0; first < channels; first += KWS_INT8_CHANNEL_BLOCK) {
      const int left = channels - first;
      const int width = left < KWS_INT8_CHANNEL_BLOCK ? left : KWS_INT8_CHANNEL_BLOCK;
      int32_t sums[KWS_INT8_CHANNEL_BLOCK] = {0};
      for (int bin = 0; bin < bins; bin++) {
        const uint8_t *values = input + bin * channels + first;
        for (int c = 0; c < width; c++) sums[c] += values[c];
      }
      for (int c = 0; c < width; c++) {
        output[first + c] = kws_requantize(sums[c] - zero_sum, multiplier, NULL, &r);
      }
    }
    input += op->column_stride;
    output += op->output_column_stride;
  }
}

#endif
