# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a network of `kws bench inference` in another engine, one clip at a time on one thread.

First line on standard input, a JSON object:
  peer        "litert" (LiteRT with XNNPACK, int8) or "onnx" (ONNX Runtime, uint8 activations)
  input       {scale, zeroPoint, time, frequency}
  values      the clip in integers, [time, frequency]
  layers      in order: name, kind (convolution, depthwise, averagePool, dense), input and residual
              (a layer's name or null), kernel, stride, dilation as [time, frequency], low (bins of
              padding below), weights (integers, output-major as in a model file), scales, bias,
              activation (none, relu, relu6), output {scale, zeroPoint} or null, shape [time,
              frequency, channel]
Answers {"engine", "posteriors" (null where the padding differs), "overhead" (seconds of a call of
a network of one addition)}; then for each line "run N" {"seconds": [...]}, one per clip.

ONNX Runtime gets the causal padding as it is. LiteRT knows only the same padding, at no fewer
multiply-accumulates: it gets the whole strides of the clip, so that every layer's output has the
same shape.
"""
import json
import sys
import time

import numpy as np


def fail(text):
    print(json.dumps({"error": text}), flush=True)
    sys.exit(1)


def order(layer):
    return np.array(layer["weights"], np.int8)


def softmax(logits):
    powers = np.exp(logits - np.max(logits))
    return powers / powers.sum()


class OnnxRuntime:
    def __init__(self, request):
        try:
            import onnx
            import onnxruntime
        except ImportError as error:
            fail(f"{error}; pip install onnx onnxruntime")
        self.onnx, self.runtime = onnx, onnxruntime
        self.engine = f"ONNX Runtime {onnxruntime.__version__}"
        self.nodes, self.constants = [], []
        source = request["input"]
        data = np.array(request["values"], np.uint8).reshape(
            1, 1, source["time"], source["frequency"])
        model = self.network(request["layers"], source, data.shape)
        self.bind(model, data)
        self.posteriors = softmax(self.binding.get_outputs()[0].numpy().reshape(-1)).tolist()

    def constant(self, name, value):
        self.constants.append(self.onnx.numpy_helper.from_array(value, name))
        return name

    def scale(self, name, quantization):
        return [self.constant(f"{name}.s", np.array(quantization["scale"], np.float32)),
                self.constant(f"{name}.z", np.array(quantization["zeroPoint"], np.uint8))]

    def node(self, kind, inputs, output, domain="", **attributes):
        self.nodes.append(self.onnx.helper.make_node(
            kind, inputs, [output], domain=domain, **attributes))

    def network(self, layers, source, shape):
        helper, kinds = self.onnx.helper, self.onnx.TensorProto
        scales = {"input": self.scale("input", source)}
        shapes = {"input": [source["time"], source["frequency"], 1]}
        for layer in layers:
            name, before = layer["name"], layer.get("input") or "input"
            shapes[name] = layer["shape"]
            if layer.get("output"):
                scales[name] = self.scale(name, layer["output"])
            if layer["kind"] == "averagePool":
                self.node("QLinearGlobalAveragePool", [before, *scales[before], *scales[name]],
                          name, "com.microsoft", channels_last=0)
                continue
            weights = [self.constant(f"{name}.ws", np.array(layer["scales"], np.float32)),
                       self.constant(f"{name}.wz", np.zeros(len(layer["scales"]), np.int8))]
            bias = self.constant(f"{name}.b", np.array(layer["bias"], np.int32))
            if layer["kind"] == "dense":
                w = self.constant(f"{name}.w", order(layer).reshape(len(layer["bias"]), -1))
                self.node("Flatten", [before], f"{name}.in", axis=1)
                self.node("QGemm", [f"{name}.in", *scales[before], w, *weights, bias], name,
                          "com.microsoft", transB=1)
                continue
            (kt, kf), (st, sf), dilation = layer["kernel"], layer["stride"], layer["dilation"]
            count = shapes[before][2]
            if layer["kind"] == "depthwise":
                w = order(layer).reshape(kt, kf, count).transpose(2, 0, 1)[:, None]
                groups = count
            else:
                w = order(layer).reshape(-1, kt, kf, count).transpose(0, 3, 1, 2)
                groups = 1
            w = self.constant(f"{name}.w", np.ascontiguousarray(w))
            high = (layer["shape"][1] - 1) * sf + kf - shapes[before][1] - layer["low"]
            top = (kt - 1) * dilation - st + 1
            target = f"{name}.conv" if layer.get("residual") else name
            self.node("QLinearConv", [before, *scales[before], w, *weights, *scales[name], bias],
                      target, kernel_shape=[kt, kf], strides=[st, sf], dilations=[dilation, 1],
                      pads=[top, layer["low"], 0, max(high, 0)], group=groups)
            if layer.get("residual"):
                self.node("QLinearAdd", [target, *scales[name], layer.get("residual"),
                                         *scales[layer.get("residual")], *scales[name]],
                          name, "com.microsoft")
        last = layers[-1]["name"]
        graph = helper.make_graph(
            self.nodes, "clip", [helper.make_tensor_value_info("input", kinds.UINT8, shape)],
            [helper.make_tensor_value_info(last, kinds.FLOAT, [1, len(layers[-1]["bias"])])],
            self.constants)
        return helper.make_model(
            graph, ir_version=10,
            opset_imports=[helper.make_opsetid("", 19), helper.make_opsetid("com.microsoft", 1)])

    def bind(self, model, data):
        options = self.runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.graph_optimization_level = self.runtime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        self.session = self.runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        self.binding = self.session.io_binding()
        self.value = self.runtime.OrtValue.ortvalue_from_numpy(data)
        self.binding.bind_ortvalue_input("input", self.value)
        self.binding.bind_output(self.session.get_outputs()[0].name)
        self.invoke()

    def invoke(self):
        self.session.run_with_iobinding(self.binding)

    def tiny(self):
        """The same call of a network of one addition."""
        helper, kinds = self.onnx.helper, self.onnx.TensorProto
        values = [helper.make_tensor_value_info(name, kinds.UINT8, [1]) for name in ("input", "y")]
        graph = helper.make_graph(
            [helper.make_node("Add", ["input", "input"], ["y"])], "tiny", values[:1], values[1:])
        model = helper.make_model(
            graph, ir_version=10, opset_imports=[helper.make_opsetid("", 19)])
        self.bind(model, np.zeros(1, np.uint8))
        return self


class LiteRT:
    def __init__(self, request):
        try:
            import flatbuffers
            import tflite
            from ai_edge_litert import __version__ as version
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            fail(f"{error}; pip install ai-edge-litert flatbuffers tflite")
        self.f, self.t, self.Interpreter = flatbuffers, tflite, Interpreter
        self.engine = f"LiteRT {version} with XNNPACK"
        self.posteriors = None
        source, layers = request["input"], request["layers"]
        strides = np.prod([x["stride"][0] for x in layers if x["kind"] in
                           ("convolution", "depthwise")])
        frames = int(source["time"] // strides * strides)
        self.start()
        quantization = self.quantization([source["scale"]], [source["zeroPoint"] - 128])
        tensors = {"input": self.tensor([1, frames, source["frequency"], 1], quantization)}
        shapes = {"input": [frames, source["frequency"], 1]}
        for layer in layers:
            self.add(layer, layer.get("input") or "input", tensors, shapes)
        data = np.array(request["values"], np.int16).reshape(
            1, source["time"], source["frequency"], 1)[:, :frames] - 128
        self.load(tensors["input"], tensors[layers[-1]["name"]], data.astype(np.int8))

    # The tables of the schema, from the leaves up.
    def start(self):
        self.b = self.f.Builder(1 << 20)
        self.buffers, self.list, self.operators, self.codes = [self.buffer(b"")], [], [], []

    def vector(self, start, values, append):
        start(self.b, len(values))
        for value in reversed(values):
            append(value)
        return self.b.EndVector()

    def offsets(self, start, values):
        return self.vector(start, values, self.b.PrependUOffsetTRelative)

    def integers(self, start, values):
        return self.vector(start, values, self.b.PrependInt32)

    def buffer(self, data):
        vector = self.b.CreateByteVector(data) if data else None
        self.t.BufferStart(self.b)
        if vector is not None:
            self.t.BufferAddData(self.b, vector)
        return self.t.BufferEnd(self.b)

    def quantization(self, scales, zeros, axis=0):
        s = self.vector(self.t.QuantizationParametersStartScaleVector, scales,
                        self.b.PrependFloat32)
        z = self.vector(self.t.QuantizationParametersStartZeroPointVector, zeros,
                        self.b.PrependInt64)
        self.t.QuantizationParametersStart(self.b)
        self.t.QuantizationParametersAddScale(self.b, s)
        self.t.QuantizationParametersAddZeroPoint(self.b, z)
        self.t.QuantizationParametersAddQuantizedDimension(self.b, axis)
        return self.t.QuantizationParametersEnd(self.b)

    def tensor(self, shape, quantization=None, kind=None, data=b""):
        if data:
            self.buffers.append(self.buffer(data))
        extents = self.integers(self.t.TensorStartShapeVector, shape)
        name = self.b.CreateString(f"t{len(self.list)}")
        self.t.TensorStart(self.b)
        self.t.TensorAddShape(self.b, extents)
        self.t.TensorAddType(self.b, self.t.TensorType.INT8 if kind is None else kind)
        self.t.TensorAddBuffer(self.b, len(self.buffers) - 1 if data else 0)
        self.t.TensorAddName(self.b, name)
        if quantization is not None:
            self.t.TensorAddQuantization(self.b, quantization)
        self.list.append(self.t.TensorEnd(self.b))
        return len(self.list) - 1

    def operator(self, code, inputs, output, options=None, kind=0):
        if code not in self.codes:
            self.codes.append(code)
        i = self.integers(self.t.OperatorStartInputsVector, inputs)
        o = self.integers(self.t.OperatorStartOutputsVector, [output])
        self.t.OperatorStart(self.b)
        self.t.OperatorAddOpcodeIndex(self.b, self.codes.index(code))
        self.t.OperatorAddInputs(self.b, i)
        self.t.OperatorAddOutputs(self.b, o)
        if options is not None:
            self.t.OperatorAddBuiltinOptionsType(self.b, kind)
            self.t.OperatorAddBuiltinOptions(self.b, options)
        self.operators.append(self.t.OperatorEnd(self.b))

    def activation(self, layer):
        kinds = self.t.ActivationFunctionType
        return {"none": kinds.NONE, "relu": kinds.RELU, "relu6": kinds.RELU6}[layer["activation"]]

    def output(self, layer, shape):
        q = layer["output"]
        return self.tensor(shape, self.quantization([q["scale"]], [q["zeroPoint"] - 128]))

    def add(self, layer, before, tensors, shapes):
        t, b, name = self.t, self.b, layer["name"]
        operators, kinds = t.BuiltinOperator, t.BuiltinOptions
        shape = shapes[name] = list(layer["shape"])
        if layer["kind"] == "averagePool":
            tensors[name] = self.output(layer, [1, 1, 1, shape[2]])
            height, width = shapes[before][:2]
            t.Pool2DOptionsStart(b)
            t.Pool2DOptionsAddPadding(b, t.Padding.VALID)
            t.Pool2DOptionsAddStrideH(b, 1)
            t.Pool2DOptionsAddStrideW(b, 1)
            t.Pool2DOptionsAddFilterHeight(b, height)
            t.Pool2DOptionsAddFilterWidth(b, width)
            self.operator(operators.AVERAGE_POOL_2D, [tensors[before]], tensors[name],
                          t.Pool2DOptionsEnd(b), kinds.Pool2DOptions)
            return
        count = len(layer["bias"])
        depthwise, dense = layer["kind"] == "depthwise", layer["kind"] == "dense"
        (kt, kf), (st, sf) = layer["kernel"], layer["stride"]
        extents = ([1, kt, kf, count] if depthwise else
                   [count, shapes[before][2]] if dense else [count, kt, kf, shapes[before][2]])
        weights = self.tensor(
            extents, self.quantization(layer["scales"], [0] * count, 3 if depthwise else 0),
            data=order(layer).tobytes())
        bias = self.tensor([count], kind=t.TensorType.INT32,
                           quantization=self.quantization(
                               [s * layer["inputScale"] for s in layer["scales"]], [0] * count),
                           data=np.array(layer["bias"], np.int32).tobytes())
        if dense:
            # A step of the logits of a hundredth: the classifier's output is an integer, too.
            tensors[name] = self.tensor([1, count], self.quantization([0.1], [0]))
            t.FullyConnectedOptionsStart(b)
            self.operator(operators.FULLY_CONNECTED, [tensors[before], weights, bias],
                          tensors[name], t.FullyConnectedOptionsEnd(b),
                          kinds.FullyConnectedOptions)
            return
        target = self.output(layer, [1, *shape])
        start, end, add = ((t.DepthwiseConv2DOptionsStart, t.DepthwiseConv2DOptionsEnd,
                            "DepthwiseConv2DOptionsAdd") if depthwise else
                           (t.Conv2DOptionsStart, t.Conv2DOptionsEnd, "Conv2DOptionsAdd"))
        start(b)
        getattr(t, add + "Padding")(b, t.Padding.SAME)
        getattr(t, add + "StrideH")(b, st)
        getattr(t, add + "StrideW")(b, sf)
        getattr(t, add + "DilationHFactor")(b, layer["dilation"])
        getattr(t, add + "DilationWFactor")(b, 1)
        if depthwise:
            t.DepthwiseConv2DOptionsAddDepthMultiplier(b, 1)
        if not layer.get("residual"):
            getattr(t, add + "FusedActivationFunction")(b, self.activation(layer))
        self.operator(operators.DEPTHWISE_CONV_2D if depthwise else operators.CONV_2D,
                      [tensors[before], weights, bias], target, end(b),
                      kinds.DepthwiseConv2DOptions if depthwise else kinds.Conv2DOptions)
        tensors[name] = target
        if layer.get("residual"):
            tensors[name] = self.output(layer, [1, *shape])
            t.AddOptionsStart(b)
            t.AddOptionsAddFusedActivationFunction(b, self.activation(layer))
            self.operator(operators.ADD, [target, tensors[layer.get("residual")]], tensors[name],
                          t.AddOptionsEnd(b), kinds.AddOptions)

    def load(self, source, target, data):
        t, b = self.t, self.b
        codes = []
        for code in self.codes:
            t.OperatorCodeStart(b)
            t.OperatorCodeAddDeprecatedBuiltinCode(b, code)
            t.OperatorCodeAddBuiltinCode(b, code)
            t.OperatorCodeAddVersion(b, 3)
            codes.append(t.OperatorCodeEnd(b))
        codes = self.offsets(t.ModelStartOperatorCodesVector, codes)
        parts = [self.offsets(t.SubGraphStartTensorsVector, self.list),
                 self.integers(t.SubGraphStartInputsVector, [source]),
                 self.integers(t.SubGraphStartOutputsVector, [target]),
                 self.offsets(t.SubGraphStartOperatorsVector, self.operators)]
        t.SubGraphStart(b)
        for add, part in zip((t.SubGraphAddTensors, t.SubGraphAddInputs, t.SubGraphAddOutputs,
                              t.SubGraphAddOperators), parts):
            add(b, part)
        graphs = self.offsets(t.ModelStartSubgraphsVector, [t.SubGraphEnd(b)])
        buffers = self.offsets(t.ModelStartBuffersVector, self.buffers)
        t.ModelStart(b)
        t.ModelAddVersion(b, 3)
        t.ModelAddOperatorCodes(b, codes)
        t.ModelAddSubgraphs(b, graphs)
        t.ModelAddBuffers(b, buffers)
        b.Finish(t.ModelEnd(b), b"TFL3")
        self.interpreter = self.Interpreter(model_content=bytes(b.Output()), num_threads=1)
        self.interpreter.allocate_tensors()
        self.interpreter.set_tensor(self.interpreter.get_input_details()[0]["index"], data)
        self.invoke()

    def invoke(self):
        self.interpreter.invoke()

    def tiny(self):
        """The same call of a network of one addition."""
        self.start()
        q = self.quantization([0.1], [0])
        x = self.tensor([1, 4], q)
        y = self.tensor([1, 4], self.quantization([0.1], [0]))
        self.t.AddOptionsStart(self.b)
        self.operator(self.t.BuiltinOperator.ADD, [x, x], y, self.t.AddOptionsEnd(self.b),
                      self.t.BuiltinOptions.AddOptions)
        self.load(x, y, np.zeros((1, 4), np.int8))
        return self


def seconds(invoke, count):
    times = []
    for _ in range(count):
        start = time.perf_counter_ns()
        invoke()
        times.append((time.perf_counter_ns() - start) * 1e-9)
    return times


def main():
    request = json.loads(sys.stdin.readline())
    peer = {"onnx": OnnxRuntime, "litert": LiteRT}[request["peer"]]
    engine = peer(request)
    other = peer.__new__(peer)
    other.__dict__.update(engine.__dict__)
    tiny = other.tiny()
    seconds(tiny.invoke, 1000)
    overhead = float(np.median(seconds(tiny.invoke, 2000)))
    seconds(engine.invoke, 50)
    print(json.dumps({"engine": engine.engine, "posteriors": engine.posteriors,
                      "overhead": overhead}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"seconds": seconds(engine.invoke, int(line.split()[1]))}), flush=True)


if __name__ == "__main__":
    main()
