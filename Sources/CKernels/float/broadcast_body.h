// SPDX-License-Identifier: GPL-3.0-or-later
//
// One row of channels added to every frequency of a column. Channels lie in registers, so that a
// network of eight channels still fills what vectors it can.
#include "vectors.h"

// width is a constant where this is inlined, so that the inner loop is a few vectors.
KWS_BODY KWS_ISA void bins_of(const size_t width, size_t bins, size_t channels,
                              const float *restrict row, float low, float high, float *y) {
  for (size_t r = 0; r < bins; r++, y += channels) {
#pragma clang loop vectorize(assume_safety)
    for (size_t c = 0; c < width; c++) {
      const float v = y[c] + row[c];
      const float raised = v < low ? low : v;
      y[c] = raised > high ? high : raised;
    }
  }
}

#define KWS_BROADCAST(TYPE, LANES, VECTORS)                                                   \
  bins_of(LANES * VECTORS, bins, channels, row + channel, low, high, y + channel)

KWS_ISA void KWS_NAME(kws_broadcast)(size_t columns, size_t bins, size_t channels,
                                     const float *row, float low, float high, float *y) {
  for (size_t t = 0; t < columns; t++, row += channels, y += bins * channels)
    KWS_FOR_PIECES(channels, channel, KWS_BROADCAST)
}
