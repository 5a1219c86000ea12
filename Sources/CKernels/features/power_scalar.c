// SPDX-License-Identifier: GPL-3.0-or-later
#include "variants.h"

void kws_power_scalar(size_t padded_count, const float *restrict spectrum, float *restrict power) {
  for (size_t k = 0; k < padded_count; k++)
    power[k] = spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
}
