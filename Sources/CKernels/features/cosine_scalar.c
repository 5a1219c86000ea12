// SPDX-License-Identifier: GPL-3.0-or-later
#include "variants.h"

void kws_cosine_scalar(size_t input_count, size_t output_count, size_t stride,
                       const float *restrict table, const float *restrict x, float *restrict y) {
  for (size_t j = 0; j < output_count; j++) {
    float sum = 0;
    for (size_t i = 0; i < input_count; i++) sum += x[i] * table[i * stride + j];
    y[j] = sum;
  }
}
