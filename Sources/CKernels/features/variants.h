// SPDX-License-Identifier: GPL-3.0-or-later
//
// Declarations of every variant of the feature kernels, for the table.
#ifndef KWS_FEATURES_VARIANTS_H
#define KWS_FEATURES_VARIANTS_H

#include "../include/kernels_features.h"
#include "../support/isa.h"

#define KWS_DECLARE_FEATURES(isa)                                                              \
  void kws_window_##isa(size_t count, const float *x, const float *window, float *y);          \
  void kws_power_##isa(size_t padded_count, const float *spectrum, float *power);              \
  void kws_mel_##isa(const kws_mel_filters *filters, const float *power, float *energies);     \
  void kws_logarithm_##isa(size_t padded_count, const float *x, float floor, float *y);        \
  void kws_cosine_##isa(size_t input_count, size_t output_count, size_t stride,                \
                        const float *table, const float *x, float *y);

KWS_DECLARE_FEATURES(scalar)
#if KWS_X86_64
KWS_DECLARE_FEATURES(avx2)
KWS_DECLARE_FEATURES(avx512)
#endif

#endif
