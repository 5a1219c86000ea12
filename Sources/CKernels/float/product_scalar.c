// SPDX-License-Identifier: GPL-3.0-or-later
#include "variants.h"

void kws_product_scalar(const kws_product *p) {
  for (size_t i = 0; i < p->rows; i++) {
    float *c = p->c + (ptrdiff_t)i * p->c_row;
    if (!p->accumulate)
      for (size_t n = 0; n < p->columns; n++) c[n] = 0;
    for (size_t q = 0; q < p->blocks; q++)
      for (size_t k = 0; k < p->depth; k++) {
        const float s = p->a[(ptrdiff_t)i * p->a_row + (ptrdiff_t)k * p->a_depth +
                             (ptrdiff_t)q * p->a_block];
        const float *b = p->b + (ptrdiff_t)k * p->b_depth + (ptrdiff_t)q * p->b_block;
        for (size_t n = 0; n < p->columns; n++) c[n] += s * b[n];
      }
  }
}
