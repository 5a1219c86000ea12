// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/isa.h"

#if KWS_X86_64
#define KWS_ISA KWS_TARGET_AVX2
#define KWS_NAME(stem) stem##_avx2
#define KWS_LANES 8
#include "ranges_body.h"
#endif
