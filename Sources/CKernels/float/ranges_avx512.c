// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/isa.h"

#if KWS_X86_64
#define KWS_ISA KWS_TARGET_AVX512
#define KWS_NAME(stem) stem##_avx512
#define KWS_LANES 16
#include "ranges_body.h"
#endif
