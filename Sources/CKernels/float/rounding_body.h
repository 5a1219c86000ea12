// SPDX-License-Identifier: GPL-3.0-or-later
//
// Weights on the levels of their integers, one step per channel, and the way back of the gradient.
#include "rounding.h"
#include "variants.h"

// The level nearest to a weight in steps.
KWS_BODY float nearest_level(float steps, float limit, int has_zero) {
  steps = steps < -limit ? -limit : steps;
  steps = steps > limit ? limit : steps;
  if (has_zero) return kws_nearest(steps);
  return 2 * __builtin_floorf(steps * 0.5f) + 1;
}

KWS_BODY KWS_ISA void round_rows(size_t rows, size_t channels, const float *restrict w,
                                 const float *restrict steps, float limit,
                                 float *restrict y, const int has_zero) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < channels; c++)
      y[r * channels + c] =
          nearest_level(w[r * channels + c] / steps[c], limit, has_zero) * steps[c];
}

KWS_ISA void KWS_NAME(kws_round_weights)(size_t rows, size_t channels, const float *w,
                                         const float *steps, float limit, float spacing,
                                         float *y) {
  if (spacing == 1) {
    round_rows(rows, channels, w, steps, limit, y, 1);
  } else {
    round_rows(rows, channels, w, steps, limit, y, 0);
  }
}

KWS_BODY KWS_ISA void step_gradient_rows(size_t rows, size_t channels, const float *restrict w,
                                         const float *restrict steps, float limit,
                                         float *restrict g, float *restrict sums,
                                         const int has_zero) {
  // Without zero the outer cells reach one more step.
  const float edge = has_zero ? limit : limit + 1;
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < channels; c++) {
      const size_t at = r * channels + c;
      const float v = w[at] / steps[c], level = nearest_level(v, limit, has_zero);
      const int inside = (v >= -edge) & (v <= edge);
      sums[c] += g[at] * (inside ? level - v : level);
      g[at] = inside ? g[at] : 0;
    }
}

KWS_ISA void KWS_NAME(kws_step_gradient)(size_t rows, size_t channels, const float *w,
                                         const float *steps, float limit, float spacing, float *g,
                                         float *sums) {
  for (size_t c = 0; c < channels; c++) sums[c] = 0;
  if (spacing == 1) {
    step_gradient_rows(rows, channels, w, steps, limit, g, sums, 1);
  } else if (limit > 1) {
    step_gradient_rows(rows, channels, w, steps, limit, g, sums, 0);
  } else {
    // Of one bit, the sign: the step scales it, and no weight is out of reach.
    for (size_t r = 0; r < rows; r++)
      for (size_t c = 0; c < channels; c++)
        sums[c] += w[r * channels + c] < 0 ? -g[r * channels + c] : g[r * channels + c];
  }
}
