// SPDX-License-Identifier: GPL-3.0-or-later
#include "int8_kernels.h"
#include "sum_body.h"

#if KWS_AARCH64

KWS_TARGET_NEONDOT void kws_int8_sum_neondot(const kws_int8_sum *op,
    const uint8_t *const *inputs, uint8_t *output, size_t count) {
  kws_sum_body(op, inputs, output, count);
}

#endif
