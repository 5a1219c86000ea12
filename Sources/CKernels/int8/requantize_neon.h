// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rule of support/requantize.h for sixteen sums at once, in NEON.
#ifndef KWS_REQUANTIZE_NEON_H
#define KWS_REQUANTIZE_NEON_H

#include "../support/requantize.h"

#if KWS_AARCH64

KWS_BODY KWS_TARGET_NEONDOT int32x4_t kws_activate_neon(float32x4_t x,
                                                        const kws_requantization *r) {
#pragma STDC FP_CONTRACT OFF
  if (r->has_hard_swish) {
    float32x4_t gate = vaddq_f32(x, vdupq_n_f32(3.0f));
    gate = vminq_f32(vmaxq_f32(gate, vdupq_n_f32(0.0f)), vdupq_n_f32(6.0f));
    x = vmulq_f32(x, gate);
    x = vmulq_f32(x, vdupq_n_f32(r->hard_swish));
  }
  x = vmaxq_f32(x, vdupq_n_f32(r->lower));
  x = vminq_f32(x, vdupq_n_f32(r->upper));
  return vaddq_s32(vcvtnq_s32_f32(x), vdupq_n_s32(r->output_zero_point));
}

// Sixteen sums, four to a vector; `residual` has `width` values, or is null.
KWS_BODY KWS_TARGET_NEONDOT uint8x16_t kws_requantize_neon(const int32x4_t sums[4],
                                                           const float32x4_t multipliers[4],
                                                           const uint8_t *residual, size_t width,
                                                           const kws_requantization *r) {
#pragma STDC FP_CONTRACT OFF
  uint8_t added[16] = {0};
  if (residual) memcpy(added, residual, width);
  const uint8x16_t bytes = vld1q_u8(added);
  const uint16x8_t words[2] = {vmovl_u8(vget_low_u8(bytes)), vmovl_u8(vget_high_u8(bytes))};
  uint16x4_t narrow[4];
  KWS_UNROLL for (int j = 0; j < 4; j++) {
    float32x4_t x = vmulq_f32(vcvtq_f32_s32(sums[j]), multipliers[j]);
    if (residual) {
      const uint16x4_t four = j % 2 ? vget_high_u16(words[j / 2]) : vget_low_u16(words[j / 2]);
      const int32x4_t value = vreinterpretq_s32_u32(vmovl_u16(four));
      const int32x4_t centred = vsubq_s32(value, vdupq_n_s32(r->residual_zero_point));
      const float32x4_t term =
          vmulq_f32(vcvtq_f32_s32(centred), vdupq_n_f32(r->residual_multiplier));
      x = vaddq_f32(x, term);
    }
    narrow[j] = vqmovun_s32(kws_activate_neon(x, r));
  }
  return vcombine_u8(vqmovn_u16(vcombine_u16(narrow[0], narrow[1])),
                     vqmovn_u16(vcombine_u16(narrow[2], narrow[3])));
}

// Stores the first `width` of sixteen bytes.
KWS_BODY KWS_TARGET_NEONDOT void kws_store_neon(uint8_t *output, uint8x16_t q, size_t width) {
  if (width == 16) {
    vst1q_u8(output, q);
    return;
  }
  uint8_t bytes[16];
  vst1q_u8(bytes, q);
  memcpy(output, bytes, width);
}

#endif
#endif
