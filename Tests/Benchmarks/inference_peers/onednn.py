# SPDX-License-Identifier: GPL-3.0-or-later
"""oneDNN: convolution primitives chained in C by onednn.c, which is compiled here.

Unsigned activations, the residual and the activation as post-operations of the convolution, the
mean rescaled as one of the pool, real logits. Zeros before the first column are the primitives' own
padding, so that the function is ours.
"""
import ctypes
import math
import os
import subprocess
import sys
import sysconfig
import tempfile

import numpy

from .network import Unsupported


def compiled():
    """The chain as a library, against the oneDNN beside this Python."""
    source = os.path.join(os.path.dirname(__file__), "onednn.c")
    prefix = sys.prefix
    if not os.path.exists(os.path.join(prefix, "include", "oneapi", "dnnl", "dnnl.h")):
        raise ImportError(f"no oneapi/dnnl/dnnl.h in {prefix}/include")
    compiler = os.environ.get("CC", "cc")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "onednn.so")
        libraries = os.path.join(prefix, "lib")
        command = [
            compiler, "-O2", "-shared", "-fPIC", "-Wall", "-Werror", source, "-o", path,
            "-I" + os.path.join(prefix, "include"), "-L" + libraries, "-Wl,-rpath," + libraries,
            "-ldnnl"]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            raise ImportError(f"the C compiler {compiler} is not there") from None
        except subprocess.CalledProcessError as error:
            raise ImportError(f"{source} does not compile: {error.stderr}") from None
        return ctypes.CDLL(path)


class Convolution(ctypes.Structure):
    """As in onednn.c."""

    _fields_ = [
        *[(name, ctypes.c_int) for name in (
            "source", "target", "added", "is_depthwise", "kernel_time", "kernel_frequency",
            "stride_time", "stride_frequency", "dilation", "top", "bottom", "left", "right",
            "source_zero", "target_zero", "added_zero", "clips")],
        *[(name, ctypes.c_float) for name in (
            "source_scale", "target_scale", "added_scale", "low", "high")],
        ("weights", ctypes.c_void_p), ("scales", ctypes.c_void_p), ("bias", ctypes.c_void_p)]


class Engine:
    library, trivial = "oneDNN", None

    def __init__(self):
        self.chain = compiled()
        for name in ("chain_new", "chain_data"):
            getattr(self.chain, name).restype = ctypes.c_void_p
        self.chain.chain_version.restype = ctypes.c_char_p
        self.version = self.chain.chain_version().decode()
        probe = self.chain.chain_new()
        if probe is None:
            raise ImportError(
                f"oneDNN {self.version} has no engine on this processor, as builds for SYCL have")
        self.chain.chain_free(ctypes.c_void_p(probe))

    def forms(self, network):
        yield "post-operations", lambda: Form(self.chain, network)


class Form:
    def __init__(self, chain, network):
        self.chain, self.network = chain, network
        self.handle = ctypes.c_void_p(chain.chain_new())
        self.tensors = [self.tensor(network.input_shape)]
        for layer in network.layers:
            self.tensors.append(self.add(layer))
        self.set(network.clips[0])

    def __del__(self):
        self.chain.chain_free(self.handle)

    def tensor(self, shape, is_real=False):
        return self.chain.chain_tensor(self.handle, *shape, int(is_real))

    def checked(self, layer, status):
        if status != 0:
            raise Unsupported(f"layer {layer.name}: oneDNN answers with status {status}")

    def add(self, layer):
        network, source = self.network, self.tensors[layer.source + 1]
        input = network.quantization(layer.source)
        if layer.kind == "frequencyToChannels":
            # Frequencies and channels lie side by side already.
            return self.chain.chain_view(self.handle, source, *layer.shape)
        is_last = layer is network.layers[-1]
        target = self.tensor(layer.shape, is_last)
        if layer.kind == "averagePool":
            factor = input.scale / layer.output.scale
            self.checked(layer, self.chain.chain_average(
                self.handle, source, target, ctypes.c_float(factor),
                ctypes.c_float(layer.output.zero - factor * input.zero)))
            return target
        made = Convolution(source=source, target=target, added=-1)
        bias = layer.bias * (input.scale * layer.scales.astype(numpy.float64))
        pads = getattr(layer, "pads", ((0, 0), (0, 0)))
        source_zero = input.zero
        if not any(map(any, pads)):
            # Without zeros around it the input's zero point is a constant.
            axes = tuple(range(1, layer.weights.ndim))
            if layer.kind == "depthwise":
                axes = (0, 1)
            bias -= layer.weights.astype(int).sum(axes) * layer.scales * input.scale * source_zero
            source_zero = 0
        made.source_scale, made.source_zero = input.scale, source_zero
        made.target_scale, made.target_zero = (
            (1, 0) if is_last else (layer.output.scale, layer.output.zero))
        made.is_depthwise = layer.kind == "depthwise"
        made.kernel_time, made.kernel_frequency = layer.kernel
        made.stride_time, made.stride_frequency = layer.stride
        made.dilation = layer.dilation
        (made.top, made.bottom), (made.left, made.right) = pads
        if layer.residual is not None:
            added = network.quantization(layer.residual)
            # It is added to what lies in the target: the target is the residual's own memory, so
            # that nothing may read that later.
            made.added = self.tensors[layer.residual + 1]
            made.added_scale, made.added_zero = added.scale, added.zero
            self.check_last_use(layer)
        if is_last or not layer.saturation_activates():
            low, high = layer.limits()
            made.clips = int(math.isfinite(low))
            made.low, made.high = max(low, -1e30), min(high, 1e30)
        arrays = [numpy.ascontiguousarray(layer.weights), numpy.ascontiguousarray(layer.scales),
                  bias.astype(numpy.float32)]
        made.weights, made.scales, made.bias = (array.ctypes.data for array in arrays)
        self.checked(layer, self.chain.chain_convolution(self.handle, ctypes.byref(made)))
        # The sum lies where the residual lay.
        return target if made.added < 0 else made.added

    def check_last_use(self, layer):
        index = self.network.layers.index(layer)
        for later in self.network.layers[index + 1:]:
            if layer.residual in (later.source, later.residual):
                raise Unsupported(f"layer {later.name}: reads what a residual has overwritten")

    def set(self, clip):
        data = numpy.ascontiguousarray(clip)
        ctypes.memmove(
            self.chain.chain_data(self.handle, self.tensors[0]), data.ctypes.data, data.size)

    def time(self, count):
        """Nanoseconds of each run, as measured in C."""
        times = numpy.zeros(count)
        status = self.chain.chain_run(self.handle, count, ctypes.c_void_p(times.ctypes.data))
        if status != 0:
            raise RuntimeError(f"oneDNN answers with status {status}")
        return times.tolist()

    def agreement(self):
        """Runs all clips."""
        logits = []
        for clip in self.network.clips:
            self.set(clip)
            self.time(1)
            values = (ctypes.c_float * self.network.layers[-1].shape[2]).from_address(
                self.chain.chain_data(self.handle, self.tensors[-1]))
            logits.append(numpy.array(values, float))
        return self.network.agreement(numpy.array(logits))
