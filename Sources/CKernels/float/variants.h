// SPDX-License-Identifier: GPL-3.0-or-later
//
// Declarations of every variant of the float kernels, for the table.
#ifndef KWS_FLOAT_VARIANTS_H
#define KWS_FLOAT_VARIANTS_H

#include "../include/kernels_float.h"
#include "../support/isa.h"

#define KWS_DECLARE_FLOAT(isa)                                                                 \
  void kws_product_##isa(const kws_product *p);                                                \
  void kws_depthwise_##isa(const kws_depthwise *p);                                            \
  void kws_depthwise_gradient_##isa(const kws_depthwise_gradient *p);                          \
  void kws_moments_##isa(size_t rows, size_t channels, const float *x, const float *shift,     \
                         float *sum, float *squares);                                          \
  void kws_gradient_moments_##isa(size_t rows, size_t channels, const float *g,                \
                                  const float *z, const kws_affine *map, const float *centre,  \
                                  float *sum, float *products);                                \
  void kws_row_sums_##isa(size_t rows, size_t channels, const float *x, float *sum);           \
  void kws_spread_row_##isa(size_t rows, size_t channels, const float *row, float *y,          \
                            bool accumulate);                                                  \
  void kws_affine_##isa(size_t rows, size_t channels, const float *z, const kws_affine *map,   \
                        const float *residual, float *y);                                      \
  void kws_broadcast_##isa(size_t columns, size_t bins, size_t channels, const float *row,     \
                           float low, float high, float *y);                                   \
  void kws_extremes_##isa(size_t rows, size_t channels, const float *z, const kws_affine *map, \
                          const float *residual, float extremes[2]);                           \
  void kws_range_gradient_##isa(size_t rows, size_t channels, const float *g, const float *z,  \
                                const kws_affine *map, const float *residual,                  \
                                float gradients[2]);                                           \
  void kws_round_weights_##isa(size_t rows, size_t channels, const float *w,                   \
                               const float *steps, float limit, float spacing, float *y);      \
  void kws_step_gradient_##isa(size_t rows, size_t channels, const float *w,                   \
                               const float *steps, float limit, float spacing, float *g,       \
                               float *sums);                                                   \
  void kws_activation_gradient_##isa(size_t rows, size_t channels, const float *g,             \
                                     const float *z, const kws_affine *map,                    \
                                     const float *residual, float *h);                         \
  void kws_normalization_gradient_##isa(size_t rows, size_t channels, const float *g,          \
                                        const float *z, const kws_affine *map,                 \
                                        const float *slope, const float *intercept, float *d); \
  void kws_add_##isa(size_t count, const float *x, float *y);                                  \
  void kws_descend_##isa(size_t count, float *value, const float *gradient, float *momentum,   \
                         float rate, float decay, float weight_decay);                         \
  void kws_adam_##isa(size_t count, float *value, const float *gradient, float *first,         \
                      float *second, const kws_adam *p);                                       \
  size_t kws_peak_##isa(size_t rounds, float factor, float addend, float *total);

KWS_DECLARE_FLOAT(scalar)
#if KWS_X86_64
KWS_DECLARE_FLOAT(avx2)
KWS_DECLARE_FLOAT(avx512)
#endif

#endif
