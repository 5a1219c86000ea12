// SPDX-License-Identifier: GPL-3.0-or-later
//
// Per-channel work on rows of channels: moments, affine maps, clamps. Plain loops over channels,
// which the compiler vectorizes for each instruction set.
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

KWS_ISA void KWS_NAME(kws_comoments)(size_t rows, size_t channels, const float *restrict g,
                                     const float *restrict x, const float *restrict shift,
                                     float *restrict sum, float *restrict products) {
  size_t r = 0;
  for (; r + 4 <= rows; r += 4, x += 4 * channels, g += 4 * channels)
    for (size_t c = 0; c < channels; c++) {
      const float s = shift[c];
      const float g0 = g[c], g1 = g[channels + c], g2 = g[2 * channels + c],
                  g3 = g[3 * channels + c];
      sum[c] += (g0 + g1) + (g2 + g3);
      products[c] += (g0 * (x[c] - s) + g1 * (x[channels + c] - s)) +
                     (g2 * (x[2 * channels + c] - s) + g3 * (x[3 * channels + c] - s));
    }
  for (; r < rows; r++, x += channels, g += channels)
    for (size_t c = 0; c < channels; c++) {
      sum[c] += g[c];
      products[c] += g[c] * (x[c] - shift[c]);
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

// NaN passes through the clamps: both comparisons with it are false.
KWS_BODY float clamp(float value, float low, float high) {
  value = value < low ? low : value;
  return value > high ? high : value;
}

KWS_ISA void KWS_NAME(kws_affine)(size_t rows, size_t channels, const float *x,
                                  const float *restrict scale, const float *restrict shift,
                                  const float *residual, float low, float high, float *y) {
  for (size_t r = 0; r < rows; r++, x += channels, y += channels)
    if (residual != NULL) {
#pragma clang loop vectorize(assume_safety)
      for (size_t c = 0; c < channels; c++)
        y[c] = clamp(x[c] * scale[c] + shift[c] + residual[c], low, high);
      residual += channels;
    } else {
#pragma clang loop vectorize(assume_safety)
      for (size_t c = 0; c < channels; c++) y[c] = clamp(x[c] * scale[c] + shift[c], low, high);
    }
}

KWS_ISA void KWS_NAME(kws_affine_gradient)(size_t rows, size_t channels, float *restrict g,
                                           const float *restrict x, const float *restrict scale,
                                           const float *restrict slope,
                                           const float *restrict shift) {
  for (size_t r = 0; r < rows; r++, x += channels, g += channels)
    for (size_t c = 0; c < channels; c++) g[c] = scale[c] * g[c] + (slope[c] * x[c] + shift[c]);
}

KWS_ISA void KWS_NAME(kws_clamp_gradient)(size_t count, float *restrict g,
                                          const float *restrict y, float low, float high) {
  for (size_t i = 0; i < count; i++) g[i] = ((y[i] > low) & (y[i] < high)) ? g[i] : 0;
}

KWS_ISA void KWS_NAME(kws_add)(size_t count, const float *restrict x, float *restrict y) {
  for (size_t i = 0; i < count; i++) y[i] += x[i];
}
