// SPDX-License-Identifier: GPL-3.0-or-later
//
// Features to 8 bits: rint((x - mean) * scale / step) + zero point, written once and vectorized by
// the compiler for each instruction set.
#ifndef KWS_QUANTIZE_BODY_H
#define KWS_QUANTIZE_BODY_H

#include "../support/requantize.h"

KWS_BODY void kws_quantize_body(const kws_int8_input *op, const float *restrict frames,
                                uint8_t *restrict output, size_t count) {
#pragma STDC FP_CONTRACT OFF
  const float lower = (float)-op->zero_point, upper = (float)(255 - op->zero_point);
  const float step = op->step;
  const int coefficients = op->coefficient_count, zero_point = op->zero_point;
  const float *restrict mean = op->mean;
  const float *restrict scale = op->scale;
  for (size_t frame = 0; frame < count; frame++) {
    for (int i = 0; i < coefficients; i++) {
      float x = (frames[i] - mean[i]) * scale[i] / step;
      x = kws_clamp(x, lower, upper);
      output[i] = (uint8_t)(kws_round_half_even(x) + zero_point);
    }
    frames += coefficients;
    output += op->output_column_stride;
  }
}

#endif
