// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"

// Where a channel stands in its packed block of 64.
static int packed_position(int channel) {
  int within = channel % KWS_INT8_CHANNEL_BLOCK;
  return (within / 4 % 4) * 16 + (within / 16) * 4 + within % 4;
}

void kws_int8_depthwise_scalar(const kws_int8_depthwise *op, const uint8_t *input,
                               const uint8_t *residual, uint8_t *output, size_t count) {
  const kws_requantization *r = &op->requantization;
  const size_t group_stride = 4 * KWS_INT8_CHANNEL_BLOCK;
  const size_t block_stride = (size_t)((op->tap_count + 3) / 4) * group_stride;
  for (size_t column = 0; column < count; column++) {
    for (int bin = 0; bin < op->bin_count; bin++) {
      const uint8_t *window = input + bin * op->bin_stride;
      for (int channel = 0; channel < op->channel_count; channel++) {
        const int block = channel / KWS_INT8_CHANNEL_BLOCK;
        const int packed = packed_position(channel);
        const int8_t *weights = op->weights + (size_t)block * block_stride + 4 * packed;
        const int parameter = block * KWS_INT8_CHANNEL_BLOCK + packed;
        int32_t sum = op->bias[parameter];
        for (int tap = 0; tap < op->tap_count; tap++) {
          sum += window[op->tap_offsets[tap] + channel] *
                 weights[(size_t)(tap / 4) * group_stride + tap % 4];
        }
        const int at = bin * op->channel_count + channel;
        output[at] = kws_requantize(sum, r->multipliers[parameter],
                                    residual ? residual + at : NULL, r);
      }
    }
    input += op->column_stride;
    output += op->output_column_stride;
    if (residual) residual += op->residual_column_stride;
  }
}
