// SPDX-License-Identifier: GPL-3.0-or-later
//
// Single-precision kernels of training: a strided matrix product, depthwise convolution, the
// per-channel work of normalization, and parameter updates. Strides are in floats. Rows are vectors
// of channels, channel fastest. None allocates; outputs may not overlap inputs unless said.
#ifndef KWS_KERNELS_FLOAT_H
#define KWS_KERNELS_FLOAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// c[i][n] (+)= sum over blocks q and depth k of
//   a[i * a_row + k * a_depth + q * a_block] * b[k * b_depth + n + q * b_block].
//
// Rows of a may overlap: a convolution along time is such a product. With a_row == 1 it is the
// product with a transposed, the form of a weight gradient.
typedef struct kws_product {
  size_t rows, columns, depth, blocks;
  const float *a;
  ptrdiff_t a_row, a_depth, a_block;
  const float *b;
  ptrdiff_t b_depth, b_block;
  float *c;
  ptrdiff_t c_row;
  bool accumulate;
} kws_product;

// z[r][c] (+)= sum over taps i, inner taps j of
//   x[r * x_row + i * x_tap + j * x_inner + c] * w[i * w_tap + j * w_inner + c].
//
// Where rows advance by one tap (x_row == x_tap) and there are 3, 5 or 7 taps, every row of x is
// loaded once for all taps that meet it.
typedef struct kws_depthwise {
  size_t rows, channels, taps, inner_taps;
  const float *x;
  ptrdiff_t x_row, x_tap, x_inner;
  const float *w;
  ptrdiff_t w_tap, w_inner;
  float *z;
  ptrdiff_t z_row;
  bool accumulate;
} kws_depthwise;

// g[i * g_tap + c] (+)= sum over blocks q and rows r of
//   x[q * x_block + r * x_row + i * x_tap + c] * d[q * d_block + r * d_row + c].
typedef struct kws_depthwise_gradient {
  size_t rows, channels, taps, blocks;
  const float *x;
  ptrdiff_t x_row, x_tap, x_block;
  const float *d;
  ptrdiff_t d_row, d_block;
  float *g;
  ptrdiff_t g_tap;
  bool accumulate;
} kws_depthwise_gradient;

// What follows a linear operation: y = f(scale[c] * z[r][c] + shift[c] + residual[r][c]).
typedef enum kws_activation {
  KWS_IDENTITY,
  // min(max(v, low), high): ReLU, ReLU6.
  KWS_CLAMP,
  // v * min(max(v + 3, 0), 6) / 6.
  KWS_HARD_SWISH,
} kws_activation;

// Where step is not 0 the value is then brought onto the grid of an integer tensor:
// rint(min(max(y * inverse_step, lowest), highest)) * step. Derivatives take that for the identity
// (the straight-through estimator).
typedef struct kws_affine {
  const float *scale;
  const float *shift;
  kws_activation activation;
  float low, high;
  float step, inverse_step, lowest, highest;
} kws_affine;

// One step of Adam; the bias corrections are 1 - beta^t.
typedef struct kws_adam {
  float rate, first_decay, second_decay, epsilon, weight_decay;
  float first_correction, second_correction_root;
} kws_adam;

typedef struct kws_float_kernels {
  const char *name;

  void (*product)(const kws_product *p);
  void (*depthwise)(const kws_depthwise *p);
  void (*depthwise_gradient)(const kws_depthwise_gradient *p);

  // sum[c] += x[r][c] - shift[c]; squares[c] += (x[r][c] - shift[c])^2.
  void (*moments)(size_t rows, size_t channels, const float *x, const float *shift, float *sum,
                  float *squares);
  // With h = g * f'(v): sum[c] += h[r][c]; products[c] += h[r][c] * (z[r][c] - centre[c]).
  void (*gradient_moments)(size_t rows, size_t channels, const float *g, const float *z,
                           const kws_affine *map, const float *centre, float *sum,
                           float *products);
  // sum[c] += x[r][c].
  void (*row_sums)(size_t rows, size_t channels, const float *x, float *sum);
  // y[r][c] (+)= row[c].
  void (*spread_row)(size_t rows, size_t channels, const float *row, float *y, bool accumulate);
  // y[r][c] = f(v); residual may be NULL; y may be z.
  void (*affine)(size_t rows, size_t channels, const float *z, const kws_affine *map,
                 const float *residual, float *y);
  // y[t][r][c] = min(max(y[t][r][c] + row[t][c], low), high): a row for every column of `bins` rows.
  void (*broadcast)(size_t columns, size_t bins, size_t channels, const float *row, float low,
                    float high, float *y);
  // Lowers and raises the two extremes to those of f(v), without a grid; residual may be NULL.
  void (*extremes)(size_t rows, size_t channels, const float *z, const kws_affine *map,
                   const float *residual, float extremes[2]);
  // Of the loss, whose gradient by the rounded value is g, the gradients by the lowest and the
  // highest value of the grid, added to gradients[0] and [1]. A value past an end moves with it; one
  // within, y = (lowest + n) * step rounded, by (rounded - y / step) times the part of the extent
  // that a step is (learned step size quantization, Esser et al., arXiv 1902.08153).
  void (*range_gradient)(size_t rows, size_t channels, const float *g, const float *z,
                         const kws_affine *map, const float *residual, float gradients[2]);
  // w[r][c] to y[r][c], the nearest of -limit, -limit + spacing ... limit times steps[c].
  void (*round_weights)(size_t rows, size_t channels, const float *w, const float *steps,
                        float limit, float spacing, float *y);
  // From the gradient g by the rounded weights: sums[c], the gradient by the step, and in g that by
  // the weights, 0 for those out of reach of the levels (the same paper).
  void (*step_gradient)(size_t rows, size_t channels, const float *w, const float *steps,
                        float limit, float spacing, float *g, float *sums);
  // h[r][c] = g[r][c] * f'(v); residual may be NULL; h may be g.
  void (*activation_gradient)(size_t rows, size_t channels, const float *g, const float *z,
                              const kws_affine *map, const float *residual, float *h);
  // The gradient of z through batch normalization:
  // d[r][c] = scale[c] * g[r][c] * f'(v) + slope[c] * z[r][c] + intercept[c].
  void (*normalization_gradient)(size_t rows, size_t channels, const float *g, const float *z,
                                 const kws_affine *map, const float *slope,
                                 const float *intercept, float *d);
  // y[i] += x[i].
  void (*add)(size_t count, const float *x, float *y);

  // Stochastic gradient descent with Nesterov momentum, as in PyTorch.
  void (*descend)(size_t count, float *value, const float *gradient, float *momentum, float rate,
                  float decay, float weight_decay);
  // Adam with decoupled weight decay (AdamW), as in PyTorch.
  void (*adam)(size_t count, float *value, const float *gradient, float *first, float *second,
               const kws_adam *p);

  // The processor's peak, to measure the others against: `rounds` times s = s * factor + addend in
  // each of n sums that start at 0, 1, 2 ... per register. Returns rounds * n, the number of
  // multiply-adds, and in `total` the sum over all.
  size_t (*peak)(size_t rounds, float factor, float addend, float *total);
} kws_float_kernels;

// The variants that this processor can run, best first; NULL past the last, which is scalar.
const kws_float_kernels *kws_float_kernels_at(int index);

#endif
