// SPDX-License-Identifier: GPL-3.0-or-later
#include "variants.h"

void kws_mel_scalar(const kws_mel_filters *filters, const float *restrict power,
                    float *restrict energies) {
  for (size_t i = 0; i < filters->padded_filter_count; i++) {
    const float *weights = filters->weights + i * filters->tap_stride;
    const float *bins = power + filters->starts[i];
    float sum = 0;
    for (int32_t tap = 0; tap < filters->tap_counts[i]; tap++) sum += weights[tap] * bins[tap];
    energies[i] = sum;
  }
}
