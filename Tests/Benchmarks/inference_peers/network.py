# SPDX-License-Identifier: GPL-3.0-or-later
"""An integer network as `kws bench inference` sends it, and what it computes, in numpy.

Tensors are [time, frequency, channel]. Engines need two things that our engine does not: the range
of a sum before a residual is added, which we never round, and that of the logits, which stay real.
Both are taken from the clips that are sent along.
"""
import math

import numpy

# Steps of 8-bit logits, of which there are 255: past this an engine computes another function.
LARGEST_DIFFERENCE = 25


class Unsupported(Exception):
    """The engine has no form of the network."""


class Quantization:
    """Real value = scale * (q - zero), q in 0...255."""

    def __init__(self, scale, zero):
        self.scale, self.zero = float(numpy.float32(scale)), int(zero)

    @staticmethod
    def of(values):
        low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
        scale = max(high - low, 1e-6) / 255
        return Quantization(scale, round(-low / scale))

    def integers(self, values):
        return numpy.clip(numpy.rint(values / self.scale) + self.zero, 0, 255)


class Layer:
    """A layer with its weights, its shapes, and the zeros around its input."""

    def __init__(self, written, integers, shape, index, layers, network):
        operation = written["operation"]
        self.name, self.kind = written["name"], operation["type"]
        self.activation = written.get("activation", "none")
        source = written.get("input")
        names = [layer.name for layer in layers]
        # -1 is the features, as is the layer before the first.
        self.source = (
            index - 1 if source is None else -1 if source == "input" else names.index(source))
        residual = written.get("residual")
        self.residual = None if residual is None else names.index(residual)
        self.input_shape = layers[self.source].shape if self.source >= 0 else network.input_shape
        self.shape = tuple(shape)
        self.kernel = tuple(operation.get("kernel", [1, 1]))
        self.stride = tuple(operation.get("stride", [1, 1]))
        self.dilation = operation.get("dilation", 1)
        self.pads_frequency = operation.get("padding") != "none"
        self.scales = numpy.array(integers["weightScales"], numpy.float32)
        self.bias = numpy.array(integers["bias"], numpy.int32)
        weights = numpy.array(integers["weights"], numpy.int8)
        channels = self.shape[2]
        if self.kind == "convolution":
            weights = weights.reshape(channels, *self.kernel, self.input_shape[2])
        elif self.kind == "depthwise":
            weights = weights.reshape(*self.kernel, channels)
        elif self.kind == "dense":
            weights = weights.reshape(channels, -1)
        elif self.kind not in ("averagePool", "frequencyToChannels"):
            raise Unsupported(f"layer {self.name}: no form of '{self.kind}' is written for it")
        if self.activation not in ("none", "relu", "relu6"):
            raise Unsupported(
                f"layer {self.name}: no form of '{self.activation}' is written for it")
        if "subSpectral" in written.get("normalization", "none"):
            raise Unsupported(f"layer {self.name}: there are no scales per band")
        self.weights = weights
        output = integers.get("output")
        self.output = output and Quantization(output["scale"], output["zeroPoint"])
        # Of the sum before the residual is added; None without residual.
        self.unadded = None
        if self.is_window:
            self.pads = (self.time_pads(), self.frequency_pads())

    @property
    def is_window(self):
        return self.kind in ("convolution", "depthwise")

    def time_pads(self):
        """Zeros before the first and after the last column; all before, as time is causal."""
        reach, stride = (self.kernel[0] - 1) * self.dilation, self.stride[0]
        low = reach - (stride - 1)
        if low < 0:
            raise Unsupported(f"layer {self.name}: the first column is not read")
        assert (self.input_shape[0] + low - reach - 1) // stride + 1 == self.shape[0], self.name
        return low, 0

    def frequency_pads(self):
        kernel, stride = self.kernel[1], self.stride[1]
        low = (kernel - 1) // 2 if self.pads_frequency else 0
        high = (self.shape[1] - 1) * stride + kernel - low - self.input_shape[1]
        return low, max(high, 0)

    def limits(self):
        """Real bounds of the activation."""
        return {"none": (-math.inf, math.inf), "relu": (0, math.inf), "relu6": (0, 6)}[
            self.activation]

    def saturation_activates(self):
        """Whether keeping to 0...255 does all that the activation does."""
        low, high = self.limits()
        least, most = -self.output.zero, 255 - self.output.zero
        return least * self.output.scale >= low and most * self.output.scale <= high * 1.0001


class Network:
    def __init__(self, request):
        self.input_shape = (request["windowFrameCount"], request["coefficientCount"], 1)
        self.input = Quantization(request["input"]["scale"], request["input"]["zeroPoint"])
        self.layers = []
        for index, parts in enumerate(
            zip(request["layers"], request["integers"], request["shapes"])
        ):
            self.layers.append(Layer(*parts, index, self.layers, self))
        self.clips = numpy.array(request["clips"], numpy.uint8).reshape(-1, *self.input_shape)
        self.posteriors = numpy.array(request["posteriors"])
        self.observe()

    def quantization(self, index):
        """Of the layer's output, or of the features at -1."""
        return self.input if index < 0 else self.layers[index].output

    def observe(self):
        """Computes the clips, and takes the ranges that our model does not hold."""
        outputs = [self.clips.astype(numpy.float64)]
        for layer in self.layers:
            source = self.quantization(layer.source)
            x = outputs[layer.source + 1] - source.zero
            if layer.kind == "frequencyToChannels":
                layer.output = source
                outputs.append(outputs[layer.source + 1].reshape(len(x), -1, *layer.shape[1:]))
                continue
            if layer.kind == "averagePool":
                real = x.mean((1, 2), keepdims=True) * source.scale
            else:
                sums = self.window(layer, x) if layer.is_window else x @ layer.weights.T
                real = (sums + layer.bias) * source.scale * layer.scales.astype(numpy.float64)
            if layer.residual is not None:
                added = self.quantization(layer.residual)
                layer.unadded = Quantization.of(real)
                real = real + (outputs[layer.residual + 1] - added.zero) * added.scale
            real = numpy.clip(real, *layer.limits())
            layer.output = layer.output or Quantization.of(real)
            assert real.shape[1:] == layer.shape, (layer.name, real.shape, layer.shape)
            outputs.append(layer.output.integers(real))

    @staticmethod
    def window(layer, x):
        x = numpy.pad(x, [(0, 0), *layer.pads, (0, 0)])
        total = 0
        times, frequencies, _ = layer.shape
        for time in range(layer.kernel[0]):
            for frequency in range(layer.kernel[1]):
                start = time * layer.dilation
                part = x[:, start:start + (times - 1) * layer.stride[0] + 1:layer.stride[0],
                         frequency:frequency + (frequencies - 1) * layer.stride[1] + 1:
                         layer.stride[1]]
                if layer.kind == "depthwise":
                    total = total + part * layer.weights[time, frequency]
                else:
                    total = total + part @ layer.weights[:, time, frequency].T
        return total

    def agreement(self, logits):
        """How well real logits agree with our posteriors: clips with the same best label, and the
        differences of logits in steps of their 8-bit form, in the clip in the middle and at most.

        A sum halfway between two steps may be rounded either way, and all that comes of it differs
        then: the largest difference is that of the most unlucky clip.
        """
        steps = []
        for posteriors, values in zip(self.posteriors, logits):
            # Below, single precision has lost the logit.
            known = posteriors > 1e-30
            difference = numpy.log(posteriors[known]) - values[known]
            # Whatever is added to all logits is not in the posteriors.
            middle = (difference.max() + difference.min()) / 2
            steps.append(numpy.abs(difference - middle).max() / self.layers[-1].output.scale)
        same = int((self.posteriors.argmax(1) == logits.argmax(1)).sum())
        if numpy.median(steps) > LARGEST_DIFFERENCE:
            raise Unsupported(f"its logits differ by {numpy.median(steps):.0f} steps from ours")
        return {"clips": len(logits), "sameBest": same, "steps": float(numpy.median(steps)),
                "largestSteps": float(max(steps))}
