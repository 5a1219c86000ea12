// SPDX-License-Identifier: GPL-3.0-or-later
#include "variants.h"

void kws_depthwise_scalar(const kws_depthwise *p) {
  for (size_t r = 0; r < p->rows; r++) {
    float *z = p->z + (ptrdiff_t)r * p->z_row;
    if (!p->accumulate)
      for (size_t c = 0; c < p->channels; c++) z[c] = 0;
    for (size_t i = 0; i < p->taps; i++)
      for (size_t j = 0; j < p->inner_taps; j++) {
        const float *x = p->x + (ptrdiff_t)r * p->x_row + (ptrdiff_t)i * p->x_tap +
                         (ptrdiff_t)j * p->x_inner;
        const float *w = p->w + (ptrdiff_t)i * p->w_tap + (ptrdiff_t)j * p->w_inner;
        for (size_t c = 0; c < p->channels; c++) z[c] += x[c] * w[c];
      }
  }
}

void kws_depthwise_gradient_scalar(const kws_depthwise_gradient *p) {
  if (!p->accumulate)
    for (size_t i = 0; i < p->taps; i++)
      for (size_t c = 0; c < p->channels; c++) p->g[(ptrdiff_t)i * p->g_tap + (ptrdiff_t)c] = 0;
  for (size_t q = 0; q < p->blocks; q++)
    for (size_t r = 0; r < p->rows; r++)
      for (size_t i = 0; i < p->taps; i++) {
        const float *x = p->x + (ptrdiff_t)q * p->x_block + (ptrdiff_t)r * p->x_row +
                         (ptrdiff_t)i * p->x_tap;
        const float *d = p->d + (ptrdiff_t)q * p->d_block + (ptrdiff_t)r * p->d_row;
        float *g = p->g + (ptrdiff_t)i * p->g_tap;
        for (size_t c = 0; c < p->channels; c++) g[c] += x[c] * d[c];
      }
}
