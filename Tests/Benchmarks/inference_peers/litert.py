# SPDX-License-Identifier: GPL-3.0-or-later
"""LiteRT with XNNPACK: a full-integer model, signed activations, a scale per output channel.

It pads on both sides or not at all. So there are two forms: `causal`, our function, with a layer of
zeros before each convolution; and `same padding`, its own, on so many frames that all outputs have
our sizes. XNNPACK is slow on large depthwise kernels, for which LiteRT's own kernels are the faster:
a further form of each leaves those out of XNNPACK.
"""
import os
import tempfile
import time
from importlib import metadata

import flatbuffers
import numpy
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from .network import Unsupported

INT8, INT32, FLOAT32 = (schema.TensorType.INT8, schema.TensorType.INT32, schema.TensorType.FLOAT32)
ACTIVATIONS = {
    "none": schema.ActivationFunctionType.NONE, "relu": schema.ActivationFunctionType.RELU,
    "relu6": schema.ActivationFunctionType.RELU6}
# The versions in which operators take 8-bit integers and scales per channel.
VERSIONS = {
    "CONV_2D": 3, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 4, "MEAN": 2, "ADD": 2, "PAD": 2,
    "RESHAPE": 1, "ABS": 1}


class Model:
    """A model that is being written: tensors, and operators that fill them in order."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        # The first buffer is that of tensors without values.
        self.model.subgraphs, self.model.buffers = [self.graph], [schema.BufferT()]
        self.model.operatorCodes, self.codes = [], {}

    def tensor(self, name, shape, type, scales=None, zero=0, axis=0, values=None):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type = name, list(shape), type
        if scales is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = [float(scale) for scale in scales]
            tensor.quantization.zeroPoint = [zero] * len(scales)
            tensor.quantization.quantizedDimension = axis
        tensor.buffer = 0
        if values is not None:
            buffer = schema.BufferT()
            buffer.data = numpy.ascontiguousarray(values).view(numpy.uint8).reshape(-1)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def add(self, operator, inputs, output, options=None):
        if operator not in self.codes:
            code = schema.OperatorCodeT()
            code.builtinCode = getattr(schema.BuiltinOperator, operator)
            code.deprecatedBuiltinCode = min(code.builtinCode, 127)
            code.version = VERSIONS[operator]
            self.codes[operator] = len(self.codes)
            self.model.operatorCodes.append(code)
        made = schema.OperatorT()
        made.opcodeIndex, made.inputs, made.outputs = self.codes[operator], inputs, [output]
        if options is not None:
            made.builtinOptions = options
            made.builtinOptionsType = getattr(
                schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
        self.graph.operators.append(made)
        return output

    def bytes(self, inputs, output):
        self.graph.inputs, self.graph.outputs = inputs, [output]
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def is_large(layer):
    """Whether a kernel is larger than those that XNNPACK has for depthwise layers."""
    return layer.kind == "depthwise" and layer.kernel[0] * layer.kernel[1] > 25


class Builder(Model):
    """A network in one of the forms."""

    def __init__(self, network, is_causal, is_split):
        super().__init__()
        self.network, self.is_causal, self.is_split = network, is_causal, is_split
        # Weights that are inputs: XNNPACK takes constants only.
        self.inputs = {}
        self.frames = network.input_shape[0]
        if not is_causal:
            # The frames that our first layer reads; those left over have no output.
            first = network.layers[0]
            self.frames = first.shape[0] * first.stride[0]
        shape = (1, self.frames, *network.input_shape[1:])
        tensors = [self.activation("features", shape, network.input)]
        for layer in network.layers:
            tensors.append(self.layer(layer, tensors))
        self.content = self.bytes([tensors[0], *self.inputs], tensors[-1])

    def activation(self, name, shape, quantization):
        return self.tensor(name, shape, INT8, [quantization.scale], quantization.zero - 128)

    def layer(self, layer, tensors):
        source, name = tensors[layer.source + 1], layer.name
        input = self.network.quantization(layer.source)
        shape = (1, *layer.shape)
        if layer.kind == "frequencyToChannels":
            options = schema.ReshapeOptionsT()
            options.newShape = list(shape)
            sizes = self.tensor(name + ".shape", [4], INT32, values=numpy.array(shape, numpy.int32))
            output = self.activation(name, shape, layer.output)
            return self.add("RESHAPE", [source, sizes], output, options)
        if layer.kind == "averagePool":
            options = schema.ReducerOptionsT()
            options.keepDims = True
            axes = self.tensor(name + ".axes", [2], INT32, values=numpy.array([1, 2], numpy.int32))
            return self.add(
                "MEAN", [source, axes], self.activation(name, shape, layer.output), options)
        steps = numpy.float32(input.scale) * layer.scales
        bias = self.tensor(name + ".bias", [len(steps)], INT32, steps, values=layer.bias)
        activation = ACTIVATIONS[layer.activation]
        if layer.kind == "dense":
            options = schema.FullyConnectedOptionsT()
            options.fusedActivationFunction = activation
            weights = self.tensor(
                name + ".weights", layer.weights.shape, INT8, layer.scales, values=layer.weights)
            return self.add(
                "FULLY_CONNECTED", [source, weights, bias],
                self.activation(name, (1, layer.shape[2]), layer.output), options)
        is_depthwise = layer.kind == "depthwise"
        options = schema.DepthwiseConv2DOptionsT() if is_depthwise else schema.Conv2DOptionsT()
        if is_depthwise:
            options.depthMultiplier = 1
        options.padding, source = self.padded(layer, source, input)
        (options.strideH, options.strideW) = layer.stride
        options.dilationHFactor, options.dilationWFactor = layer.dilation, 1
        is_added = layer.residual is not None
        options.fusedActivationFunction = ACTIVATIONS["none"] if is_added else activation
        values = layer.weights[None] if is_depthwise else layer.weights
        is_input = self.is_split and is_large(layer)
        weights = self.tensor(
            name + ".weights", values.shape, INT8, layer.scales, axis=3 if is_depthwise else 0,
            values=None if is_input else values)
        if is_input:
            self.inputs[weights] = values
        result = self.activation(name, shape, layer.unadded if is_added else layer.output)
        self.add(
            "DEPTHWISE_CONV_2D" if is_depthwise else "CONV_2D", [source, weights, bias], result,
            options)
        if not is_added:
            return result
        options = schema.AddOptionsT()
        options.fusedActivationFunction = activation
        return self.add(
            "ADD", [result, tensors[layer.residual + 1]],
            self.activation(name + ".sum", shape, layer.output), options)

    def padded(self, layer, source, input):
        """The padding of the layer, and its input, perhaps with zeros around it."""
        pads = [(0, 0), *layer.pads, (0, 0)]
        if not self.is_causal and layer.pads_frequency:
            return schema.Padding.SAME, source
        if not any(map(any, pads)):
            return schema.Padding.VALID, source
        before = self.graph.tensors[source]
        shape = [size + sum(pad) for size, pad in zip(before.shape, pads)]
        values = self.tensor(
            layer.name + ".pads", [4, 2], INT32, values=numpy.array(pads, numpy.int32))
        padded = self.activation(layer.name + ".padded", shape, input)
        return schema.Padding.VALID, self.add(
            "PAD", [source, values], padded, schema.PadOptionsT())


class Runner:
    """A model, ready to be called."""

    def __init__(self, content):
        with Quiet() as log:
            self.interpreter = Interpreter(model_content=content, num_threads=1)
            self.interpreter.allocate_tensors()
        self.log = log.text
        self.input = self.interpreter.get_input_details()[0]
        self.output = self.interpreter.get_output_details()[0]

    def is_whole(self):
        """Whether the model runs in one piece in XNNPACK, and not in LiteRT's own kernels."""
        pieces = [operator for operator in self.interpreter._get_ops_details()
                  if operator["op_name"] == "DELEGATE"]
        return (len(pieces) == 1 and self.input["index"] in pieces[0]["inputs"]
                and self.output["index"] in pieces[0]["outputs"])

    def time(self, count):
        # The library's own call, without a layer of Python.
        call, clock = self.interpreter._interpreter.Invoke, time.perf_counter_ns
        times = []
        for _ in range(count):
            start = clock()
            call()
            times.append(clock() - start)
        return times


class Form(Runner):
    def __init__(self, network, is_causal, is_split):
        self.network, self.is_causal = network, is_causal
        builder = Builder(network, is_causal, is_split)
        super().__init__(builder.content)
        if self.is_whole() == is_split:
            raise Unsupported("XNNPACK does not take the layers that it is meant to")
        for index, values in builder.inputs.items():
            self.interpreter.set_tensor(index, values)
        self.set(network.clips[0, :builder.frames])

    def set(self, clip):
        self.interpreter.set_tensor(
            self.input["index"], (clip.astype(numpy.int16) - 128).astype(numpy.int8)[None])

    def check_shapes(self):
        """Sizes of the outputs with the engine's own padding, as it infers them itself."""
        details = {tensor["name"]: tensor for tensor in self.interpreter.get_tensor_details()}
        for layer in self.network.layers:
            found = tuple(details[layer.name]["shape"])
            assert found[1:] == layer.shape or layer.kind == "dense", (layer.name, found)

    def agreement(self):
        """Runs all clips; None where the padding is not ours."""
        if not self.is_causal:
            return None
        logits, quantization = [], self.network.layers[-1].output
        for clip in self.network.clips:
            self.set(clip)
            self.time(1)
            output = self.interpreter.get_tensor(self.output["index"])[0].astype(float)
            logits.append((output + 128 - quantization.zero) * quantization.scale)
        return self.network.agreement(numpy.array(logits))


class Quiet:
    """Keeps what the library writes to standard error."""

    def __enter__(self):
        self.file, self.saved = tempfile.TemporaryFile(), os.dup(2)
        os.dup2(self.file.fileno(), 2)
        return self

    def __exit__(self, *_):
        os.dup2(self.saved, 2)
        os.close(self.saved)
        self.file.seek(0)
        self.text = self.file.read().decode(errors="replace")


class Engine:
    library, version = "LiteRT", metadata.version("ai-edge-litert")

    def __init__(self):
        model = Model()
        ends = [model.tensor(name, [1, 4], FLOAT32) for name in ("a", "b")]
        model.add("ABS", ends[:1], ends[1], schema.AbsOptionsT())
        self.trivial = Runner(model.bytes(ends[:1], ends[1]))
        # Said once per process.
        if "XNNPACK" not in self.trivial.log or not self.trivial.is_whole():
            raise ImportError(f"this LiteRT does not use XNNPACK: {self.trivial.log!r}")

    def forms(self, network):
        has_large = any(map(is_large, network.layers))
        for is_split in [False, True] if has_large else [False]:
            note = ", partly XNNPACK" if is_split else ""
            for is_causal, name in [(True, "causal"), (False, "same padding")]:
                yield name + note, lambda: self.form(network, is_causal, is_split)

    @staticmethod
    def form(network, is_causal, is_split):
        form = Form(network, is_causal, is_split)
        if not is_causal:
            form.check_shapes()
        return form
