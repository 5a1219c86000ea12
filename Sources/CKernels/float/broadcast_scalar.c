// SPDX-License-Identifier: GPL-3.0-or-later
#include "variants.h"

void kws_broadcast_scalar(size_t columns, size_t bins, size_t channels, const float *row,
                          float low, float high, float *y) {
  for (size_t t = 0; t < columns; t++, row += channels)
    for (size_t r = 0; r < bins; r++, y += channels)
      for (size_t c = 0; c < channels; c++) {
        const float v = y[c] + row[c];
        const float raised = v < low ? low : v;
        y[c] = raised > high ? high : raised;
      }
}
