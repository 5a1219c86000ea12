// SPDX-License-Identifier: GPL-3.0-or-later
//
// Per-channel work on rows of channels: moments and sums. Plain loops over channels, which the
// compiler vectorizes for each instruction set.
#include "variants.h"

KWS_ISA void KWS_NAME(kws_moments)(size_t rows, size_t channels, const float *restrict x,
                                   const float *restrict shift, float *restrict sum,
                                   float *restrict squares) {
  size_t r = 0;
  // Four rows at once: fewer trips of the sums through memory.
  for (; r + 4 <= rows; r += 4, x += 4 * channels)
    for (size_t c = 0; c < channels; c++) {
      const float s = shift[c];
      const float d0 = x[c] - s, d1 = x[channels + c] - s;
      const float d2 = x[2 * channels + c] - s, d3 = x[3 * channels + c] - s;
      sum[c] += (d0 + d1) + (d2 + d3);
      squares[c] += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
    }
  for (; r < rows; r++, x += channels)
    for (size_t c = 0; c < channels; c++) {
      const float d = x[c] - shift[c];
      sum[c] += d;
      squares[c] += d * d;
    }
}

KWS_ISA void KWS_NAME(kws_row_sums)(size_t rows, size_t channels, const float *restrict x,
                                    float *restrict sum) {
  for (size_t r = 0; r < rows; r++, x += channels)
    for (size_t c = 0; c < channels; c++) sum[c] += x[c];
}

KWS_ISA void KWS_NAME(kws_spread_row)(size_t rows, size_t channels, const float *restrict row,
                                      float *restrict y, bool accumulate) {
  for (size_t r = 0; r < rows; r++, y += channels)
    if (accumulate)
      for (size_t c = 0; c < channels; c++) y[c] += row[c];
    else
      for (size_t c = 0; c < channels; c++) y[c] = row[c];
}

KWS_ISA void KWS_NAME(kws_add)(size_t count, const float *restrict x, float *restrict y) {
  for (size_t i = 0; i < count; i++) y[i] += x[i];
}
