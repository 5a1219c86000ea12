// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels_int8.h"

#include "../support/isa.h"
#include "int8_kernels.h"

static const kws_int8_kernels scalar = KWS_INT8_VARIANT(scalar);
#if KWS_X86_64
static const kws_int8_kernels avx2 = KWS_INT8_VARIANT(avx2);
static const kws_int8_kernels avx512vnni = KWS_INT8_VARIANT(avx512vnni);
#endif
#if KWS_AARCH64
static const kws_int8_kernels neondot = KWS_INT8_VARIANT(neondot);
#endif

const kws_int8_kernels *kws_int8_kernels_at(int index) {
  const kws_int8_kernels *usable[3];
  int count = 0;
#if KWS_X86_64
  if (kws_has_avx512_vnni()) usable[count++] = &avx512vnni;
  if (kws_has_avx2()) usable[count++] = &avx2;
#endif
#if KWS_AARCH64
  if (kws_has_neon_dot()) usable[count++] = &neondot;
#endif
  usable[count++] = &scalar;
  return index >= 0 && index < count ? usable[index] : NULL;
}
