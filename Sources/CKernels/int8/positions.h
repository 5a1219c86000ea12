// SPDX-License-Identifier: GPL-3.0-or-later
//
// The outputs of a convolution one after the other, bins within columns, and the groups of blocks
// of output channels.
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

// Blocks of 16 output channels that are summed together: their weights stand side by side.
typedef struct kws_group {
  const int8_t *weights;
  // First output channel.
  int first;
  int block_count;
} kws_group;

KWS_BODY int kws_output_blocks(const kws_int8_convolution *op) {
  return (op->output_count + KWS_INT8_OUTPUT_BLOCK - 1) / KWS_INT8_OUTPUT_BLOCK;
}

KWS_BODY int kws_group_count(const kws_int8_convolution *op) {
  return (kws_output_blocks(op) + KWS_INT8_GROUP_BLOCKS - 1) / KWS_INT8_GROUP_BLOCKS;
}

KWS_BODY kws_group kws_group_at(const kws_int8_convolution *op, int index) {
  const int blocks = kws_output_blocks(op), groups = kws_group_count(op);
  // Without the divisions, which at one column per call are felt.
  if (groups == 1) return (kws_group){op->weights, 0, blocks};
  const int narrow = blocks / groups, wider = blocks % groups;
  const int before = index * narrow + (index < wider ? index : wider);
  const size_t block_bytes = (size_t)op->tap_count * (size_t)((op->run_length + 3) / 4) * 4 *
                             KWS_INT8_OUTPUT_BLOCK;
  return (kws_group){.weights = op->weights + (size_t)before * block_bytes,
                     .first = before * KWS_INT8_OUTPUT_BLOCK,
                     .block_count = narrow + (index < wider)};
}

#endif
