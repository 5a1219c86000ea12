// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"

#if KWS_X86_64

// Sixteen coefficients of all frames, then the next: frames have few, and masks end the last.
KWS_TARGET_VNNI void kws_int8_quantize_avx512vnni(const kws_int8_input *op, const float *frames,
                                                  uint8_t *output, size_t count) {
#pragma STDC FP_CONTRACT OFF
  const kws_int8_input local = *op;
  const int coefficients = local.coefficient_count;
  const kws_requantization r = {.lower = (float)-local.zero_point,
                                .upper = (float)(255 - local.zero_point),
                                .output_zero_point = local.zero_point};
  const __m512 step = _mm512_set1_ps(local.step);
  for (int first = 0; first < coefficients; first += 16) {
    const __mmask16 mask = (__mmask16)kws_byte_mask(coefficients - first);
    const __m512 mean = _mm512_maskz_loadu_ps(mask, local.mean + first);
    const __m512 scale = _mm512_maskz_loadu_ps(mask, local.scale + first);
    for (size_t frame = 0; frame < count; frame++) {
      __m512 x = _mm512_maskz_loadu_ps(mask, frames + frame * (size_t)coefficients + first);
      x = _mm512_div_ps(_mm512_mul_ps(_mm512_sub_ps(x, mean), scale), step);
      // A NaN becomes the lower bound, as in the other forms.
      x = _mm512_max_ps(x, _mm512_set1_ps(r.lower));
      __m512i q = kws_pack_in_order_avx512(&x, 1, &r);
      _mm_mask_storeu_epi8(output + (ptrdiff_t)frame * local.output_column_stride + first, mask,
                           _mm512_castsi512_si128(q));
    }
  }
}

#endif
