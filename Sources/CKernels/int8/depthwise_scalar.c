// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"

// Where a value stands in its packed block of 64.
static int packed_position(int value) {
  int within = value % KWS_INT8_CHANNEL_BLOCK;
  return (within / 4 % 4) * 16 + (within / 16) * 4 + within % 4;
}

void kws_int8_depthwise_scalar(const kws_int8_depthwise *op, const uint8_t *input,
                               const uint8_t *residual, uint8_t *output, size_t count) {
  const kws_requantization *r = &op->requantization;
  const size_t group_stride = 4 * KWS_INT8_CHANNEL_BLOCK;
  const size_t block_stride = (size_t)op->tap_count / 4 * group_stride;
  for (size_t column = 0; column < count; column++) {
    for (int run = 0; run < op->run_count; run++) {
      const uint8_t *window = input + run * op->run_stride;
      for (int value = 0; value < op->run_length; value++) {
        const int block = value / KWS_INT8_CHANNEL_BLOCK;
        const int packed = packed_position(value);
        const int8_t *weights = op->weights +
                                (size_t)(block % op->weight_block_count) * block_stride +
                                4 * packed;
        const int parameter =
            block % op->parameter_block_count * KWS_INT8_CHANNEL_BLOCK + packed;
        int32_t sum = op->bias[parameter];
        for (int tap = 0; tap < op->tap_count; tap++) {
          sum += window[op->tap_offsets[tap] + value] *
                 weights[(size_t)(tap / 4) * group_stride + tap % 4];
        }
        const int at = run * op->run_length + value;
        output[at] = kws_requantize(sum, r->multipliers[parameter],
                                    residual ? residual + at : NULL, r);
      }
    }
    input += op->column_stride;
    output += op->output_column_stride;
    if (residual) residual += op->residual_column_stride;
  }
}
