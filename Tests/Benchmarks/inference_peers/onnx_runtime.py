# SPDX-License-Identifier: GPL-3.0-or-later
"""ONNX Runtime: QLinearConv and its companions, unsigned activations, signed weights.

Time is the height and frequency the width; convolutions take our zeros, before the first column, as
they are, so that the function is ours.
"""
import time

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"


class Builder:
    def __init__(self, network):
        self.network = network
        self.nodes, self.constants = [], []
        names = ["features"]
        for layer in network.layers:
            names.append(self.add(layer, names))
        self.output = names[-1]

    def constant(self, value, type):
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(numpy.asarray(value, type), name))
        return name

    def pair(self, quantization):
        return [self.constant(quantization.scale, numpy.float32),
                self.constant(quantization.zero, numpy.uint8)]

    def node(self, operator, inputs, output, domain="", **attributes):
        self.nodes.append(
            helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def add(self, layer, names):
        source, name = names[layer.source + 1], layer.name
        input = self.network.quantization(layer.source)
        if layer.kind == "frequencyToChannels":
            turned = self.node("Transpose", [source], name + ".turned", perm=[0, 3, 1, 2])
            shape = self.constant([1, layer.shape[2], layer.shape[0], 1], numpy.int64)
            return self.node("Reshape", [turned, shape], name)
        if layer.kind == "averagePool":
            return self.node(
                "QLinearGlobalAveragePool", [source, *self.pair(input), *self.pair(layer.output)],
                name, MICROSOFT, channels_last=0)
        scales = self.constant(layer.scales, numpy.float32)
        zeros = self.constant(numpy.zeros(len(layer.scales)), numpy.int8)
        bias = self.constant(layer.bias, numpy.int32)
        if layer.kind == "dense":
            flat = self.node("Flatten", [source], name + ".flat")
            weights = self.constant(layer.weights, numpy.int8)
            return self.node(
                "QGemm", [flat, *self.pair(input), weights, scales, zeros, bias,
                          *self.pair(layer.output)], name, MICROSOFT, transB=1)
        weights = (layer.weights.transpose(0, 3, 1, 2) if layer.kind == "convolution"
                   else layer.weights.transpose(2, 0, 1)[:, None])
        result = layer.unadded or layer.output
        groups = layer.shape[2] if layer.kind == "depthwise" else 1
        (top, bottom), (left, right) = layer.pads
        value = self.node(
            "QLinearConv",
            [source, *self.pair(input), self.constant(weights, numpy.int8), scales, zeros,
             *self.pair(result), bias], name + (".unadded" if layer.unadded else ""),
            kernel_shape=layer.kernel, strides=layer.stride, dilations=[layer.dilation, 1],
            pads=[top, left, bottom, right], group=groups)
        if layer.unadded:
            value = self.node(
                "QLinearAdd", [value, *self.pair(result), names[layer.residual + 1],
                               *self.pair(self.network.quantization(layer.residual)),
                               *self.pair(layer.output)], name, MICROSOFT)
        if not layer.saturation_activates():
            low, high = layer.output.integers(numpy.array(layer.limits()))
            value = self.node(
                "Clip", [value, self.constant(low, numpy.uint8), self.constant(high, numpy.uint8)],
                name + ".activated")
        return value

    def model(self):
        times, frequencies, _ = self.network.input_shape
        features = helper.make_tensor_value_info(
            "features", TensorProto.UINT8, [1, 1, times, frequencies])
        logits = helper.make_tensor_value_info(
            self.output, TensorProto.UINT8, [1, self.network.layers[-1].shape[2]])
        graph = helper.make_graph(self.nodes, "network", [features], [logits], self.constants)
        return model(graph)


def model(graph):
    return helper.make_model(
        graph, ir_version=8,
        opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid(MICROSOFT, 1)])


class Session:
    """A model with its input and output bound once."""

    def __init__(self, model, input):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        self.input = numpy.ascontiguousarray(input)
        output = self.session.get_outputs()[0]
        self.output = numpy.zeros(output.shape, numpy.uint8)
        self.binding = self.session.io_binding()
        for bind, name, array in [
            (self.binding.bind_input, self.session.get_inputs()[0].name, self.input),
            (self.binding.bind_output, output.name, self.output),
        ]:
            bind(name, "cpu", 0, array.dtype, array.shape, array.ctypes.data)
        # The methods of the library itself, without a layer of Python.
        self.call, self.bound = self.session._sess.run_with_iobinding, self.binding._iobinding

    def time(self, count):
        call, bound, clock = self.call, self.bound, time.perf_counter_ns
        times = []
        for _ in range(count):
            start = clock()
            call(bound, None)
            times.append(clock() - start)
        return times


class Engine:
    library, version = "ONNX Runtime", onnxruntime.__version__

    def __init__(self):
        node = helper.make_node("Identity", ["a"], ["b"])
        ends = [helper.make_tensor_value_info(name, TensorProto.UINT8, [1, 4]) for name in "ab"]
        self.trivial = Session(
            model(helper.make_graph([node], "trivial", ends[:1], ends[1:])),
            numpy.zeros((1, 4), numpy.uint8))

    def forms(self, network):
        yield "QLinearConv", lambda: Form(network)


class Form:
    def __init__(self, network):
        self.network = network
        self.session = Session(
            Builder(network).model(), network.clips[:1].transpose(0, 3, 1, 2))
        self.time = self.session.time

    def agreement(self):
        """Runs all clips."""
        logits, quantization = [], self.network.layers[-1].output
        for clip in self.network.clips:
            self.session.input[:] = clip.transpose(2, 0, 1)
            self.session.time(1)
            logits.append((self.session.output[0].astype(float) - quantization.zero)
                          * quantization.scale)
        return self.network.agreement(numpy.array(logits))
