// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the values of a tensor ask of its range: how far they reach, and where the loss would have
// the range end. Called for a few clips of a batch.
#include "activation.h"
#include "variants.h"

KWS_ISA void KWS_NAME(kws_extremes)(size_t rows, size_t channels, const float *z,
                                    const kws_affine *map, const float *residual,
                                    float extremes[2]) {
  float low = extremes[0], high = extremes[1];
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < channels; c++) {
      const size_t at = r * channels + c;
      float v = z[at] * map->scale[c] + map->shift[c];
      if (residual != NULL) v += residual[at];
      v = activate(v, map->activation, map->low, map->high);
      low = v < low ? v : low;
      high = v > high ? v : high;
    }
  extremes[0] = low;
  extremes[1] = high;
}

// Sums over lanes in an order that the compiler may choose: it is the same in every call.
KWS_ISA void KWS_NAME(kws_range_gradient)(size_t rows, size_t channels, const float *g,
                                          const float *z, const kws_affine *from,
                                          const float *residual, float gradients[2]) {
#pragma clang fp reassociate(on)
  const kws_affine map = *from;
  const float *restrict scale = map.scale, *restrict shift = map.shift;
  const float part = 1 / (map.highest - map.lowest);
  float below = 0, above = 0, within = 0;
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < channels; c++) {
      const size_t at = r * channels + c;
      const float added = residual != NULL ? residual[at] : 0;
      const float y = activate(z[at] * scale[c] + shift[c] + added, map.activation, map.low,
                               map.high);
      const float steps = y * map.inverse_step;
      const float rounded = kws_nearest(clamp_steps(steps, &map));
      below += steps < map.lowest ? g[at] : 0;
      above += steps > map.highest ? g[at] : 0;
      within += steps < map.lowest || steps > map.highest ? 0 : g[at] * (rounded - steps);
    }
  gradients[0] += below - within * part;
  gradients[1] += above + within * part;
}
