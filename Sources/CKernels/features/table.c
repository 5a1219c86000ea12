// SPDX-License-Identifier: GPL-3.0-or-later
#include "variants.h"

#define KWS_FEATURE_TABLE(isa)                                                                 \
  {                                                                                            \
    .name = #isa, .window = kws_window_##isa, .power = kws_power_##isa, .mel = kws_mel_##isa,  \
    .logarithm = kws_logarithm_##isa, .cosine = kws_cosine_##isa,                              \
  }

static const kws_feature_kernels scalar_kernels = KWS_FEATURE_TABLE(scalar);
#if KWS_X86_64
static const kws_feature_kernels avx2_kernels = KWS_FEATURE_TABLE(avx2);
static const kws_feature_kernels avx512_kernels = KWS_FEATURE_TABLE(avx512);
#endif

const kws_feature_kernels *kws_feature_kernels_at(int index) {
  const kws_feature_kernels *table[3];
  int count = 0;
#if KWS_X86_64
  if (kws_has_avx512()) table[count++] = &avx512_kernels;
  if (kws_has_avx2()) table[count++] = &avx2_kernels;
#endif
  table[count++] = &scalar_kernels;
  return index >= 0 && index < count ? table[index] : NULL;
}
