// SPDX-License-Identifier: GPL-3.0-or-later
//
// Activations, their derivatives, and the grid of an integer tensor that may follow them.
#ifndef KWS_FLOAT_ACTIVATION_H
#define KWS_FLOAT_ACTIVATION_H

#include "../include/kernels_float.h"
#include "rounding.h"

// The activation's value. NaN passes through the clamp: both comparisons with it are false.
KWS_BODY float activate(float v, kws_activation activation, float low, float high) {
  if (activation == KWS_CLAMP) {
    v = v < low ? low : v;
    return v > high ? high : v;
  }
  if (activation == KWS_HARD_SWISH) {
    float gate = v + 3 < 0 ? 0 : v + 3;
    gate = gate > 6 ? 6 : gate;
    return v * gate * (1.0f / 6);
  }
  return v;
}

// g times the activation's derivative at v.
KWS_BODY float through(float g, float v, kws_activation activation, float low, float high) {
  if (activation == KWS_CLAMP) return ((v > low) & (v < high)) ? g : 0;
  if (activation == KWS_HARD_SWISH) {
    float slope = (2 * v + 3) * (1.0f / 6);
    slope = v < -3 ? 0 : slope;
    return g * (v > 3 ? 1 : slope);
  }
  return g;
}

// What is left of a value in steps between the ends of an integer tensor.
KWS_BODY float clamp_steps(float steps, const kws_affine *map) {
  steps = steps < map->lowest ? map->lowest : steps;
  return steps > map->highest ? map->highest : steps;
}

// y on the grid of an integer tensor.
KWS_BODY float on_grid(float y, const kws_affine *map) {
  return kws_nearest(clamp_steps(y * map->inverse_step, map)) * map->step;
}

#endif
