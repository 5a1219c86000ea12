// SPDX-License-Identifier: GPL-3.0-or-later
#include "int8_kernels.h"
#include "quantize_body.h"

#if KWS_AARCH64

KWS_TARGET_NEONDOT void kws_int8_quantize_neondot(const kws_int8_input *op, const float *frames,
    uint8_t *output, size_t count) {
  kws_quantize_body(op, frames, output, count);
}

#endif
