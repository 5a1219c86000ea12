// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which instruction sets this processor has, and how a function asks for one. No build flag is
// needed: each variant carries its own target attribute.
#ifndef KWS_ISA_H
#define KWS_ISA_H

#include <stdbool.h>

#if defined(__x86_64__)
#define KWS_X86_64 1
#include <immintrin.h>
#define KWS_TARGET_AVX2 __attribute__((target("avx2,fma")))
#define KWS_TARGET_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))) \
  __attribute__((min_vector_width(512)))
#define KWS_TARGET_VNNI \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma"))) \
  __attribute__((min_vector_width(512)))
#else
#define KWS_X86_64 0
#endif

#if defined(__aarch64__)
#define KWS_AARCH64 1
#include <arm_neon.h>
#define KWS_TARGET_NEONDOT __attribute__((target("arch=armv8.2-a+dotprod")))
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#else
#define KWS_AARCH64 0
#endif

// A body that each variant inlines and so compiles for its own instruction set.
#define KWS_BODY static inline __attribute__((always_inline))

static inline bool kws_has_avx2(void) {
#if KWS_X86_64
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

static inline bool kws_has_avx512(void) {
#if KWS_X86_64
  return kws_has_avx2() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq");
#else
  return false;
#endif
}

// The dot product of signed bytes, sdot: in every processor from ARMv8.4 on, and many before.
static inline bool kws_has_neon_dot(void) {
#if KWS_AARCH64 && defined(__linux__)
  enum { ASIMDDP = 1 << 20 };  // HWCAP_ASIMDDP of the kernel's interface
  return (getauxval(AT_HWCAP) & ASIMDDP) != 0;
#else
  return false;
#endif
}

static inline bool kws_has_avx512_vnni(void) {
#if KWS_X86_64
  return kws_has_avx512() && __builtin_cpu_supports("avx512vnni");
#else
  return false;
#endif
}

#endif
