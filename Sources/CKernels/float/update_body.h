// SPDX-License-Identifier: GPL-3.0-or-later
//
// Steps of the optimizers, in PyTorch's order of operations.
#include "variants.h"

KWS_ISA void KWS_NAME(kws_descend)(size_t count, float *restrict value,
                                   const float *restrict gradient, float *restrict momentum,
                                   float rate, float decay, float weight_decay) {
  for (size_t i = 0; i < count; i++) {
    const float g = gradient[i] + weight_decay * value[i];
    const float m = decay * momentum[i] + g;
    momentum[i] = m;
    value[i] -= rate * (g + decay * m);
  }
}

KWS_ISA void KWS_NAME(kws_adam)(size_t count, float *restrict value,
                                const float *restrict gradient, float *restrict first,
                                float *restrict second, const kws_adam *p) {
  const kws_adam s = *p;
  const float shrink = 1 - s.rate * s.weight_decay;
  const float step = s.rate / s.first_correction;
  for (size_t i = 0; i < count; i++) {
    const float g = gradient[i];
    const float m = first[i] + (1 - s.first_decay) * (g - first[i]);
    const float v = s.second_decay * second[i] + (1 - s.second_decay) * g * g;
    first[i] = m;
    second[i] = v;
    value[i] = value[i] * shrink -
               step * m / (__builtin_sqrtf(v) / s.second_correction_root + s.epsilon);
  }
}
