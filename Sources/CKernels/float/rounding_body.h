// SPDX-License-Identifier: GPL-3.0-or-later
//
// Weights on the grid of their integers, one scale per channel.
#include "rounding.h"
#include "variants.h"

KWS_ISA void KWS_NAME(kws_round_weights)(size_t rows, size_t channels, const float *restrict w,
                                         float limit, float *restrict scales,
                                         float *restrict y) {
  for (size_t c = 0; c < channels; c++) scales[c] = 0;
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < channels; c++) {
      const float magnitude = __builtin_fabsf(w[r * channels + c]);
      scales[c] = magnitude > scales[c] ? magnitude : scales[c];
    }
  // A channel of zeros is exact at any scale.
  for (size_t c = 0; c < channels; c++)
    scales[c] = scales[c] > 1e-30f ? scales[c] / limit : 1e-30f;
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < channels; c++)
      y[r * channels + c] = kws_nearest(w[r * channels + c] / scales[c]) * scales[c];
}
