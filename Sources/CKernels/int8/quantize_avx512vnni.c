// SPDX-License-Identifier: GPL-3.0-or-later
#include "int8_kernels.h"
#include "quantize_body.h"

#if KWS_X86_64

KWS_TARGET_VNNI void kws_int8_quantize_avx512vnni(const kws_int8_input *op, const float *frames,
    uint8_t *output, size_t count) {
  kws_quantize_body(op, frames, output, count);
}

#endif
