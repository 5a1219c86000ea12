// SPDX-License-Identifier: GPL-3.0-or-later
//
// Batch normalization with what follows it, forward and backward. The value v before the activation
// is computed anew wherever it is needed: a multiplication costs less than a trip to memory. Plain
// loops over channels, which the compiler vectorizes once per activation.
#include "activation.h"
#include "variants.h"

// Calls BODY with the activation as a constant, so that each gets a loop of its own.
#define KWS_FOR_ACTIVATION(BODY, ...)                                      \
  switch (map->activation) {                                               \
    case KWS_IDENTITY: BODY(__VA_ARGS__, KWS_IDENTITY); break;             \
    case KWS_CLAMP: BODY(__VA_ARGS__, KWS_CLAMP); break;                   \
    case KWS_HARD_SWISH: BODY(__VA_ARGS__, KWS_HARD_SWISH); break;         \
  }

// Rows that are worked on at once, so that what is per channel is loaded once for all of them.
#define KWS_ROWS_AT_ONCE 4
#define KWS_UNROLL_ROWS _Pragma("clang loop unroll(full)") for (size_t i = 0; i < count; i++)

// count, rounds and activation are constants where this is inlined.
KWS_BODY KWS_ISA void affine_rows(const size_t count, size_t channels, const float *z,
                                  const kws_affine *from, const float *residual, float *y,
                                  const int rounds, const kws_activation activation) {
  // A copy that no store to y can alias.
  const kws_affine map = *from;
  const float *restrict scale = map.scale, *restrict shift = map.shift;
  if (residual != NULL) {
#pragma clang loop vectorize(assume_safety)
    for (size_t c = 0; c < channels; c++) {
      const float a = scale[c], b = shift[c];
      KWS_UNROLL_ROWS {
        const size_t at = i * channels + c;
        const float v = activate(z[at] * a + b + residual[at], activation, map.low, map.high);
        y[at] = rounds ? on_grid(v, &map) : v;
      }
    }
    return;
  }
#pragma clang loop vectorize(assume_safety)
  for (size_t c = 0; c < channels; c++) {
    const float a = scale[c], b = shift[c];
    KWS_UNROLL_ROWS {
      const size_t at = i * channels + c;
      const float v = activate(z[at] * a + b, activation, map.low, map.high);
      y[at] = rounds ? on_grid(v, &map) : v;
    }
  }
}

KWS_BODY KWS_ISA void affine(size_t rows, size_t channels, const float *z, const kws_affine *map,
                             const float *residual, float *y, const int rounds,
                             const kws_activation activation) {
  const size_t step = KWS_ROWS_AT_ONCE * channels;
  for (; rows >= KWS_ROWS_AT_ONCE; rows -= KWS_ROWS_AT_ONCE, z += step, y += step) {
    affine_rows(KWS_ROWS_AT_ONCE, channels, z, map, residual, y, rounds, activation);
    if (residual != NULL) residual += step;
  }
  for (; rows > 0; rows--, z += channels, y += channels) {
    affine_rows(1, channels, z, map, residual, y, rounds, activation);
    if (residual != NULL) residual += channels;
  }
}

KWS_ISA void KWS_NAME(kws_affine)(size_t rows, size_t channels, const float *z,
                                  const kws_affine *map, const float *residual, float *y) {
  if (map->step != 0) {
    KWS_FOR_ACTIVATION(affine, rows, channels, z, map, residual, y, 1)
  } else {
    KWS_FOR_ACTIVATION(affine, rows, channels, z, map, residual, y, 0)
  }
}

KWS_BODY KWS_ISA void activation_gradient(size_t rows, size_t channels, const float *g,
                                          const float *z, const kws_affine *map,
                                          const float *residual, float *h,
                                          const kws_activation activation) {
  const float *restrict scale = map->scale, *restrict shift = map->shift;
  const float low = map->low, high = map->high;
  for (size_t r = 0; r < rows; r++, z += channels, g += channels, h += channels)
    if (residual != NULL) {
#pragma clang loop vectorize(assume_safety)
      for (size_t c = 0; c < channels; c++)
        h[c] = through(g[c], z[c] * scale[c] + shift[c] + residual[c], activation, low, high);
      residual += channels;
    } else {
#pragma clang loop vectorize(assume_safety)
      for (size_t c = 0; c < channels; c++)
        h[c] = through(g[c], z[c] * scale[c] + shift[c], activation, low, high);
    }
}

KWS_ISA void KWS_NAME(kws_activation_gradient)(size_t rows, size_t channels, const float *g,
                                               const float *z, const kws_affine *map,
                                               const float *residual, float *h) {
  KWS_FOR_ACTIVATION(activation_gradient, rows, channels, g, z, map, residual, h)
}

KWS_BODY KWS_ISA void gradient_moment_rows(const size_t count, size_t channels,
                                           const float *restrict g, const float *restrict z,
                                           const kws_affine *map, const float *restrict centre,
                                           float *restrict sum, float *restrict products,
                                           const kws_activation activation) {
  const float *restrict scale = map->scale, *restrict shift = map->shift;
  const float low = map->low, high = map->high;
  for (size_t c = 0; c < channels; c++) {
    const float a = scale[c], b = shift[c], m = centre[c];
    float total = 0, product = 0;
    KWS_UNROLL_ROWS {
      const float value = z[i * channels + c];
      const float h = through(g[i * channels + c], value * a + b, activation, low, high);
      total += h;
      product += h * (value - m);
    }
    sum[c] += total;
    products[c] += product;
  }
}

KWS_BODY KWS_ISA void gradient_moments(size_t rows, size_t channels, const float *g,
                                       const float *z, const kws_affine *map,
                                       const float *centre, float *sum, float *products,
                                       const kws_activation activation) {
  const size_t step = KWS_ROWS_AT_ONCE * channels;
  for (; rows >= KWS_ROWS_AT_ONCE; rows -= KWS_ROWS_AT_ONCE, z += step, g += step)
    gradient_moment_rows(KWS_ROWS_AT_ONCE, channels, g, z, map, centre, sum, products,
                         activation);
  for (; rows > 0; rows--, z += channels, g += channels)
    gradient_moment_rows(1, channels, g, z, map, centre, sum, products, activation);
}

KWS_ISA void KWS_NAME(kws_gradient_moments)(size_t rows, size_t channels, const float *g,
                                            const float *z, const kws_affine *map,
                                            const float *centre, float *sum, float *products) {
  KWS_FOR_ACTIVATION(gradient_moments, rows, channels, g, z, map, centre, sum, products)
}

KWS_BODY KWS_ISA void normalization_gradient_rows(const size_t count, size_t channels,
                                                  const float *g, const float *z,
                                                  const kws_affine *map,
                                                  const float *restrict slope,
                                                  const float *restrict intercept, float *d,
                                                  const kws_activation activation) {
  const float *restrict scale = map->scale, *restrict shift = map->shift;
  const float low = map->low, high = map->high;
#pragma clang loop vectorize(assume_safety)
  for (size_t c = 0; c < channels; c++) {
    const float a = scale[c], b = shift[c], k = slope[c], e = intercept[c];
    KWS_UNROLL_ROWS {
      const size_t at = i * channels + c;
      const float value = z[at];
      const float h = through(g[at], value * a + b, activation, low, high);
      d[at] = a * h + (k * value + e);
    }
  }
}

KWS_BODY KWS_ISA void normalization_gradient(size_t rows, size_t channels, const float *g,
                                             const float *z, const kws_affine *map,
                                             const float *slope, const float *intercept, float *d,
                                             const kws_activation activation) {
  const size_t step = KWS_ROWS_AT_ONCE * channels;
  for (; rows >= KWS_ROWS_AT_ONCE; rows -= KWS_ROWS_AT_ONCE, z += step, g += step, d += step)
    normalization_gradient_rows(KWS_ROWS_AT_ONCE, channels, g, z, map, slope, intercept, d,
                                activation);
  for (; rows > 0; rows--, z += channels, g += channels, d += channels)
    normalization_gradient_rows(1, channels, g, z, map, slope, intercept, d, activation);
}

KWS_ISA void KWS_NAME(kws_normalization_gradient)(size_t rows, size_t channels, const float *g,
                                                  const float *z, const kws_affine *map,
                                                  const float *slope, const float *intercept,
                                                  float *d) {
  KWS_FOR_ACTIVATION(normalization_gradient, rows, channels, g, z, map, slope, intercept, d)
}
