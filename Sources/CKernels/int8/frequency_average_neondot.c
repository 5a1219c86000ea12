// SPDX-License-Identifier: GPL-3.0-or-later
#include "frequency_average_body.h"
#include "int8_kernels.h"

#if KWS_AARCH64

KWS_TARGET_NEONDOT void kws_int8_frequency_average_neondot(const kws_int8_frequency_average *op,
    const uint8_t *input, uint8_t *output, size_t count) {
  kws_frequency_average_body(op, input, output, count);
}

#endif
