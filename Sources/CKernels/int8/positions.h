// SPDX-License-Identifier: GPL-3.0-or-later
//
// The outputs of a convolution one after the other, bins within columns.
#ifndef KWS_INT8_POSITIONS_H
#define KWS_INT8_POSITIONS_H

#include "../support/isa.h"
#include "kernels_int8.h"

// One output bin of one column: where its window starts and where its channels go.
typedef struct kws_position {
  const uint8_t *input;
  const uint8_t *residual;
  uint8_t *output;
} kws_position;

typedef struct kws_positions {
  kws_position next;
  kws_position column;
  int bin;
} kws_positions;

KWS_BODY kws_position kws_next_position(kws_positions *at, const kws_int8_convolution *op) {
  const kws_position current = at->next;
  const int has_residual = current.residual != NULL;
  if (++at->bin < op->bin_count) {
    at->next.input += op->bin_stride;
    at->next.output += op->output_count;
    if (has_residual) at->next.residual += op->output_count;
  } else {
    at->bin = 0;
    at->column.input += op->column_stride;
    at->column.output += op->output_column_stride;
    if (has_residual) at->column.residual += op->residual_column_stride;
    at->next = at->column;
  }
  return current;
}

// Bytes of packed weights per block of 16 outputs.
KWS_BODY size_t kws_block_stride(const kws_int8_convolution *op) {
  return (size_t)op->tap_count * (size_t)((op->run_length + 3) / 4) * 4 * KWS_INT8_OUTPUT_BLOCK;
}

#endif
