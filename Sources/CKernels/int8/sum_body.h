// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sum of tensors, written once and vectorized by the compiler for each instruction set.
#ifndef KWS_SUM_BODY_H
#define KWS_SUM_BODY_H

#include "../support/requantize.h"

KWS_BODY void kws_sum_body(const kws_int8_sum *op, const uint8_t *const *inputs,
                           uint8_t *restrict output, size_t count) {
#pragma STDC FP_CONTRACT OFF
  // Values that are summed at once, so that the sums need no memory of the stream.
  enum { BLOCK = 128 };
  const kws_requantization r = op->requantization;
  const int run_length = op->run_length;
  for (size_t column = 0; column < count; column++) {
    for (int run = 0; run < op->run_count; run++) {
      for (int first = 0; first < run_length; first += BLOCK) {
        const int left = run_length - first;
        const int width = left < BLOCK ? left : BLOCK;
        float sums[BLOCK];
        for (int t = 0; t < op->term_count; t++) {
          const kws_int8_term term = op->terms[t];
          const uint8_t *values = inputs[t] + (ptrdiff_t)column * term.column_stride +
                                  run * term.run_stride + first;
          for (int i = 0; i < width; i++) {
            float x = (float)(values[i] - term.zero_point) * term.multiplier;
            sums[i] = t == 0 ? x : sums[i] + x;
          }
        }
        uint8_t *to = output + run * run_length + first;
        for (int i = 0; i < width; i++) to[i] = kws_activate(sums[i], &r);
      }
    }
    output += op->output_column_stride;
  }
}

#endif
