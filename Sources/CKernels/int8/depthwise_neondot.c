// SPDX-License-Identifier: GPL-3.0-or-later
#include "int8_kernels.h"
#include "requantize_neon.h"

#if KWS_AARCH64

// Values that one pass takes: a sixteenth of a packed block's bytes, four quads of channels.
enum { LANE = 16, QUADS = 4 };

// Up to 16 values of a run from `first` on, at one position. Interleaving four rows of bytes brings
// the four taps of a channel side by side, as sdot wants them; it multiplies signed bytes, so 128
// times the sum of the weights is added in the end.
KWS_BODY KWS_TARGET_NEONDOT void lane_of_values(const kws_int8_depthwise *op, int first,
                                                const uint8_t *input, const uint8_t *residual,
                                                uint8_t *output) {
  const int left = op->run_length - first;
  const size_t width = (size_t)(left < LANE ? left : LANE);
  const int groups = op->tap_count / 4;
  const int lane = first % KWS_INT8_CHANNEL_BLOCK / LANE;
  const int block = first / KWS_INT8_CHANNEL_BLOCK;
  const int parameter =
      block % op->parameter_block_count * KWS_INT8_CHANNEL_BLOCK + QUADS * lane;
  const int8_t *weights =
      op->weights + (size_t)(block % op->weight_block_count) * (size_t)groups * 256 + 16 * lane;
  const int32_t *offsets = op->tap_offsets;
  const int8x16_t ones = vdupq_n_s8(1);
  const uint8x16_t sign = vdupq_n_u8(128);
  int32x4_t sums[QUADS], totals[QUADS];
  KWS_UNROLL for (int j = 0; j < QUADS; j++) {
    sums[j] = vld1q_s32(op->bias + parameter + 16 * j);
    totals[j] = vdupq_n_s32(0);
  }
  for (int group = 0; group < groups; group++, offsets += 4, weights += 256) {
    uint8x16_t row[4];
    KWS_UNROLL for (int i = 0; i < 4; i++) {
      row[i] = veorq_u8(vld1q_u8(input + offsets[i]), sign);
    }
    const uint16x8_t ab[2] = {vreinterpretq_u16_u8(vzip1q_u8(row[0], row[1])),
                              vreinterpretq_u16_u8(vzip2q_u8(row[0], row[1]))};
    const uint16x8_t cd[2] = {vreinterpretq_u16_u8(vzip1q_u8(row[2], row[3])),
                              vreinterpretq_u16_u8(vzip2q_u8(row[2], row[3]))};
    KWS_UNROLL for (int j = 0; j < QUADS; j++) {
      const uint16x8_t x =
          j % 2 ? vzip2q_u16(ab[j / 2], cd[j / 2]) : vzip1q_u16(ab[j / 2], cd[j / 2]);
      const int8x16_t w = vld1q_s8(weights + 64 * j);
      sums[j] = vdotq_s32(sums[j], w, vreinterpretq_s8_u16(x));
      totals[j] = vdotq_s32(totals[j], w, ones);
    }
  }
  const kws_requantization *r = &op->requantization;
  float32x4_t multipliers[QUADS];
  KWS_UNROLL for (int j = 0; j < QUADS; j++) {
    sums[j] = vaddq_s32(sums[j], vshlq_n_s32(totals[j], 7));
    multipliers[j] = vld1q_f32(r->multipliers + parameter + 16 * j);
  }
  kws_store_neon(output, kws_requantize_neon(sums, multipliers, residual, width, r), width);
}

KWS_TARGET_NEONDOT void kws_int8_depthwise_neondot(const kws_int8_depthwise *op,
                                                   const uint8_t *input,
                                                   const uint8_t *residual, uint8_t *output,
                                                   size_t count) {
  // A copy that no store to the output can alias.
  const kws_int8_depthwise local = *op;
  for (int first = 0; first < local.run_length; first += LANE) {
    for (size_t column = 0; column < count; column++) {
      const uint8_t *in = input + (ptrdiff_t)column * local.column_stride + first;
      uint8_t *out = output + (ptrdiff_t)column * local.output_column_stride + first;
      const uint8_t *added =
          residual ? residual + (ptrdiff_t)column * local.residual_column_stride + first : NULL;
      for (int run = 0; run < local.run_count; run++) {
        lane_of_values(&local, first, in, added, out);
        in += local.run_stride;
        out += local.run_length;
        if (added) added += local.run_length;
      }
    }
  }
}

#endif
