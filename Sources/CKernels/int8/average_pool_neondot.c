// SPDX-License-Identifier: GPL-3.0-or-later
#include "average_pool_body.h"
#include "int8_kernels.h"

#if KWS_AARCH64

KWS_TARGET_NEONDOT void kws_int8_average_pool_neondot(const kws_int8_average_pool *op,
    const uint8_t *newest, int32_t *sums, uint8_t *output, size_t count,
    size_t unasked) {
  kws_average_pool_body(op, newest, sums, output, count, unasked);
}

#endif
