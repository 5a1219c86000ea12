// SPDX-License-Identifier: GPL-3.0-or-later
#include "variants.h"

#define KWS_FLOAT_TABLE(isa)                                                                   \
  {                                                                                            \
    .name = #isa, .product = kws_product_##isa, .depthwise = kws_depthwise_##isa,              \
    .depthwise_gradient = kws_depthwise_gradient_##isa, .moments = kws_moments_##isa,          \
    .gradient_moments = kws_gradient_moments_##isa, .row_sums = kws_row_sums_##isa,            \
    .spread_row = kws_spread_row_##isa, .affine = kws_affine_##isa,                            \
    .broadcast = kws_broadcast_##isa, .extremes = kws_extremes_##isa,                          \
    .range_gradient = kws_range_gradient_##isa, .round_weights = kws_round_weights_##isa,      \
    .step_gradient = kws_step_gradient_##isa,                                                  \
    .activation_gradient = kws_activation_gradient_##isa,                                      \
    .normalization_gradient = kws_normalization_gradient_##isa, .add = kws_add_##isa,          \
    .descend = kws_descend_##isa, .adam = kws_adam_##isa, .peak = kws_peak_##isa,              \
  }

static const kws_float_kernels scalar_kernels = KWS_FLOAT_TABLE(scalar);
#if KWS_X86_64
static const kws_float_kernels avx2_kernels = KWS_FLOAT_TABLE(avx2);
static const kws_float_kernels avx512_kernels = KWS_FLOAT_TABLE(avx512);
#endif

const kws_float_kernels *kws_float_kernels_at(int index) {
  const kws_float_kernels *table[3];
  int count = 0;
#if KWS_X86_64
  if (kws_has_avx512()) table[count++] = &avx512_kernels;
  if (kws_has_avx2()) table[count++] = &avx2_kernels;
#endif
  table[count++] = &scalar_kernels;
  return index >= 0 && index < count ? table[index] : NULL;
}
