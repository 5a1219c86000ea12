// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "kernels_int8.h"

void kws_int8_softmax(const float *logits, float *posteriors, size_t count) {
  float largest = logits[0];
  for (size_t i = 1; i < count; i++) largest = logits[i] > largest ? logits[i] : largest;
  float sum = 0;
  for (size_t i = 0; i < count; i++) {
    posteriors[i] = expf(logits[i] - largest);
    sum += posteriors[i];
  }
  for (size_t i = 0; i < count; i++) posteriors[i] /= sum;
}
