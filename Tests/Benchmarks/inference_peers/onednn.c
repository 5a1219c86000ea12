// SPDX-License-Identifier: GPL-3.0-or-later

// Integer layers as oneDNN primitives that run one after another; see onednn.py.
//
// Tensors are [time, frequency, channel] in memory, as height, width and channels.

#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if DNNL_VERSION_MAJOR < 3
#error "expected oneDNN 3 or later"
#endif

enum { LARGEST = 256, LARGEST_ARGUMENTS = 12 };

struct tensor {
  dnnl_memory_desc_t form;
  dnnl_memory_t memory;
};

struct step {
  dnnl_primitive_t primitive;
  int count;
  dnnl_exec_arg_t arguments[LARGEST_ARGUMENTS];
};

struct chain {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  int tensor_count, step_count;
  struct tensor tensors[LARGEST];
  struct step steps[LARGEST];
};

struct convolution {
  int source, target, added, is_depthwise, kernel_time, kernel_frequency, stride_time,
      stride_frequency, dilation, top, bottom, left, right, source_zero, target_zero, added_zero,
      clips;
  float source_scale, target_scale, added_scale, low, high;
  const int8_t *weights;
  const float *scales, *bias;
};

#define TRY(call)                              \
  do {                                         \
    dnnl_status_t status = (call);             \
    if (status != dnnl_success) return status; \
  } while (0)

const char *chain_version(void) {
  static char text[32];
  const dnnl_version_t *version = dnnl_version();
  snprintf(text, sizeof text, "%d.%d.%d", version->major, version->minor, version->patch);
  return text;
}

// NULL where the library has no engine on this processor.
struct chain *chain_new(void) {
  struct chain *chain = calloc(1, sizeof *chain);
  if (chain && dnnl_engine_create(&chain->engine, dnnl_cpu, 0) == dnnl_success &&
      dnnl_stream_create(&chain->stream, chain->engine, dnnl_stream_default_flags) ==
          dnnl_success) {
    return chain;
  }
  free(chain);
  return NULL;
}

// The memory of tensors and constants goes with the process.
void chain_free(struct chain *chain) {
  for (int i = 0; i < chain->step_count; i++) dnnl_primitive_destroy(chain->steps[i].primitive);
  dnnl_stream_destroy(chain->stream);
  dnnl_engine_destroy(chain->engine);
  free(chain);
}

static int add_tensor(
    struct chain *chain, int times, int frequencies, int channels, dnnl_data_type_t type,
    void *data) {
  if (chain->tensor_count == LARGEST) return -1;
  struct tensor *tensor = &chain->tensors[chain->tensor_count];
  dnnl_dims_t sizes = {1, channels, times, frequencies};
  dnnl_memory_desc_create_with_tag(&tensor->form, 4, sizes, type, dnnl_nhwc);
  dnnl_memory_create(&tensor->memory, tensor->form, chain->engine, data);
  return chain->tensor_count++;
}

int chain_tensor(struct chain *chain, int times, int frequencies, int channels, int is_real) {
  return add_tensor(
      chain, times, frequencies, channels, is_real ? dnnl_f32 : dnnl_u8, DNNL_MEMORY_ALLOCATE);
}

void *chain_data(struct chain *chain, int tensor) {
  void *data = NULL;
  dnnl_memory_get_data_handle(chain->tensors[tensor].memory, &data);
  return data;
}

// Another shape of the same values.
int chain_view(struct chain *chain, int tensor, int times, int frequencies, int channels) {
  return add_tensor(chain, times, frequencies, channels, dnnl_u8, chain_data(chain, tensor));
}

static void pass(struct step *step, int role, dnnl_memory_t memory) {
  step->arguments[step->count++] = (dnnl_exec_arg_t){role, memory};
}

// A vector of constants that the library may read at any time.
static dnnl_memory_t constants(
    struct chain *chain, dnnl_data_type_t type, int count, const void *values) {
  dnnl_memory_desc_t form;
  dnnl_memory_t memory;
  dnnl_dims_t sizes = {count};
  void *data;
  dnnl_memory_desc_create_with_tag(&form, 1, sizes, type, dnnl_a);
  dnnl_memory_create(&memory, form, chain->engine, DNNL_MEMORY_ALLOCATE);
  dnnl_memory_get_data_handle(memory, &data);
  memcpy(data, values, 4 * (size_t)count);
  return memory;
}

// A scale and a zero point of an argument; those that change nothing are left out.
static void quantize(
    struct chain *chain, struct step *step, dnnl_primitive_attr_t attributes, int role, float scale,
    int zero) {
  if (scale != 1) {
    dnnl_primitive_attr_set_scales_mask(attributes, role, 0);
    pass(step, DNNL_ARG_ATTR_SCALES | role, constants(chain, dnnl_f32, 1, &scale));
  }
  if (zero != 0) {
    dnnl_primitive_attr_set_zero_points_mask(attributes, role, 0);
    pass(step, DNNL_ARG_ATTR_ZERO_POINTS | role, constants(chain, dnnl_s32, 1, &zero));
  }
}

// The weights in the form that the primitive asks for.
static dnnl_status_t arrange(
    struct chain *chain, dnnl_primitive_desc_t made, dnnl_memory_desc_t written,
    const int8_t *weights, dnnl_memory_t *arranged) {
  dnnl_memory_t source;
  dnnl_primitive_desc_t turning;
  dnnl_primitive_t turn;
  const_dnnl_memory_desc_t form = dnnl_primitive_desc_query_md(made, dnnl_query_weights_md, 0);
  TRY(dnnl_memory_create(&source, written, chain->engine, (void *)weights));
  TRY(dnnl_memory_create(arranged, form, chain->engine, DNNL_MEMORY_ALLOCATE));
  TRY(dnnl_reorder_primitive_desc_create(
      &turning, written, chain->engine, form, chain->engine, NULL));
  TRY(dnnl_primitive_create(&turn, turning));
  dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, *arranged}};
  TRY(dnnl_primitive_execute(turn, chain->stream, 2, arguments));
  return dnnl_stream_wait(chain->stream);
}

int chain_convolution(struct chain *chain, const struct convolution *layer) {
  struct step *step = &chain->steps[chain->step_count];
  struct tensor *source = &chain->tensors[layer->source];
  // A residual lies in the target already, and the sum replaces it.
  struct tensor *target = &chain->tensors[layer->added < 0 ? layer->target : layer->added];
  dnnl_dims_t *inputs, *outputs;
  TRY(dnnl_memory_desc_query(source->form, dnnl_query_dims, &inputs));
  TRY(dnnl_memory_desc_query(target->form, dnnl_query_dims, &outputs));
  dnnl_dim_t in = (*inputs)[1], out = (*outputs)[1];

  dnnl_primitive_attr_t attributes;
  TRY(dnnl_primitive_attr_create(&attributes));
  quantize(chain, step, attributes, DNNL_ARG_SRC, layer->source_scale, layer->source_zero);
  quantize(chain, step, attributes, DNNL_ARG_DST, layer->target_scale, layer->target_zero);
  TRY(dnnl_primitive_attr_set_scales_mask(
      attributes, DNNL_ARG_WEIGHTS, layer->is_depthwise ? 3 : 1));
  pass(
      step, DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS,
      constants(chain, dnnl_f32, (int)out, layer->scales));
  dnnl_post_ops_t after;
  TRY(dnnl_post_ops_create(&after));
  if (layer->added >= 0) {
    TRY(dnnl_post_ops_append_sum(after, layer->added_scale, layer->added_zero, dnnl_u8));
  }
  if (layer->clips) {
    TRY(dnnl_post_ops_append_eltwise(after, dnnl_eltwise_clip, layer->low, layer->high));
  }
  TRY(dnnl_primitive_attr_set_post_ops(attributes, after));

  dnnl_memory_desc_t written, weights, bias;
  dnnl_dims_t grouped = {out, 1, 1, layer->kernel_time, layer->kernel_frequency};
  dnnl_dims_t dense = {out, in, layer->kernel_time, layer->kernel_frequency};
  dnnl_dim_t *sizes = layer->is_depthwise ? grouped : dense;
  int rank = layer->is_depthwise ? 5 : 4;
  dnnl_format_tag_t tag = layer->is_depthwise ? dnnl_hwigo : dnnl_ohwi;
  TRY(dnnl_memory_desc_create_with_tag(&written, rank, sizes, dnnl_s8, tag));
  TRY(dnnl_memory_desc_create_with_tag(&weights, rank, sizes, dnnl_s8, dnnl_format_tag_any));
  TRY(dnnl_memory_desc_create_with_tag(&bias, 1, (dnnl_dims_t){out}, dnnl_f32, dnnl_a));
  dnnl_primitive_desc_t made;
  TRY(dnnl_convolution_forward_primitive_desc_create(
      &made, chain->engine, dnnl_forward_inference, dnnl_convolution_direct, source->form, weights,
      bias, target->form, (dnnl_dims_t){layer->stride_time, layer->stride_frequency},
      (dnnl_dims_t){layer->dilation - 1, 0}, (dnnl_dims_t){layer->top, layer->left},
      (dnnl_dims_t){layer->bottom, layer->right}, attributes));
  TRY(dnnl_primitive_create(&step->primitive, made));
  dnnl_memory_t arranged;
  TRY(arrange(chain, made, written, layer->weights, &arranged));
  pass(step, DNNL_ARG_SRC, source->memory);
  pass(step, DNNL_ARG_WEIGHTS, arranged);
  pass(step, DNNL_ARG_BIAS, constants(chain, dnnl_f32, (int)out, layer->bias));
  pass(step, DNNL_ARG_DST, target->memory);
  chain->step_count++;
  return dnnl_success;
}

// factor * mean + shift, over all times and frequencies.
int chain_average(struct chain *chain, int from, int to, float factor, float shift) {
  struct step *step = &chain->steps[chain->step_count];
  struct tensor *source = &chain->tensors[from], *target = &chain->tensors[to];
  dnnl_dims_t *inputs;
  TRY(dnnl_memory_desc_query(source->form, dnnl_query_dims, &inputs));
  dnnl_primitive_attr_t attributes;
  dnnl_post_ops_t after;
  TRY(dnnl_primitive_attr_create(&attributes));
  TRY(dnnl_post_ops_create(&after));
  TRY(dnnl_post_ops_append_eltwise(after, dnnl_eltwise_linear, factor, shift));
  TRY(dnnl_primitive_attr_set_post_ops(attributes, after));
  dnnl_dims_t kernel = {(*inputs)[2], (*inputs)[3]}, one = {1, 1}, none = {0, 0};
  dnnl_primitive_desc_t made;
  TRY(dnnl_pooling_forward_primitive_desc_create(
      &made, chain->engine, dnnl_forward_inference, dnnl_pooling_avg_exclude_padding, source->form,
      target->form, one, kernel, none, none, none, attributes));
  TRY(dnnl_primitive_create(&step->primitive, made));
  pass(step, DNNL_ARG_SRC, source->memory);
  pass(step, DNNL_ARG_DST, target->memory);
  chain->step_count++;
  return dnnl_success;
}

// Nanoseconds of each of `count` runs.
int chain_run(struct chain *chain, int count, double *times) {
  for (int run = 0; run < count; run++) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < chain->step_count; i++) {
      const struct step *step = &chain->steps[i];
      TRY(dnnl_primitive_execute(step->primitive, chain->stream, step->count, step->arguments));
    }
    TRY(dnnl_stream_wait(chain->stream));
    clock_gettime(CLOCK_MONOTONIC, &end);
    times[run] = (double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec);
  }
  return dnnl_success;
}
