# SPDX-License-Identifier: GPL-3.0-or-later
"""Training steps of any of our networks in PyTorch, on one line of JSON after another.

Called by `kws bench training --peer`, which says what to build and when to run, so that its own
steps and PyTorch's take turns. Answers are one JSON object per line:

  {"architecture": ..., "shapes": [[time, frequency, channel], ...], "batch": 100, "threads": 2}
                -> {"torch": "2.13.0", "format": "channels_last", "threads": 2}
  step N        -> {"seconds": [...]}   N whole steps: forward, loss, backward, Nesterov SGD
  memory        -> {"bytes": ...}       the largest resident memory so far

{"error": ...} where it cannot. The end of input ends it.

What favours the peer: its batches lie in memory already and are never augmented, and it has the
faster of two memory formats, the fused optimizer, and no denormal numbers. The work is the same:
layer outputs have the same sizes. Time is padded on both sides instead of before the first frame.
"""
import gc
import json
import sys
import time

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as functional
except (ImportError, OSError) as error:  # OSError: a wheel whose libraries are missing
    print(json.dumps({"error": f"PyTorch cannot be imported: {error}"}), flush=True)
    sys.exit(0)

# Tensors are [clip, channel, frequency, time]: bands of frequencies lie side by side then.
FORMATS = {"channels_last": torch.channels_last, "contiguous": torch.contiguous_format}
TRIAL_STEPS = 4


class SubSpectralNorm(nn.Module):
    """Batch normalization per channel and band of frequencies (arXiv 2103.13620)."""

    def __init__(self, channels, bands):
        super().__init__()
        self.bands = bands
        self.norm = nn.BatchNorm2d(channels * bands)

    def forward(self, x):
        clips, channels, frequencies, times = x.shape
        x = x.reshape(clips, channels * self.bands, frequencies // self.bands, times)
        return self.norm(x).reshape(clips, channels, frequencies, times)


def padding(size, output, kernel, stride, dilation, low):
    """Zeros before and after an axis that give it `output` values; negative cuts values off."""
    total = (output - 1) * stride + (kernel - 1) * dilation + 1 - size
    low = total // 2 if low is None else low
    return low, total - low


class Window(nn.Module):
    """A convolution whose output has the shape that it has in kws."""

    def __init__(self, operation, input, output, bias):
        super().__init__()
        (time_kernel, frequency_kernel) = operation.get("kernel", [1, 1])
        (time_stride, frequency_stride) = operation.get("stride", [1, 1])
        dilation = operation.get("dilation", 1)
        low = 0 if operation.get("padding") == "none" else (frequency_kernel - 1) // 2
        time_pads = padding(input[0], output[0], time_kernel, time_stride, dilation, None)
        frequency_pads = padding(input[1], output[1], frequency_kernel, frequency_stride, 1, low)
        # Zeros that an axis has no use for at its high end are free: the convolution's own padding
        # is symmetric, and cheaper than a pass over the input.
        axes = [
            (input[1], output[1], frequency_kernel, frequency_stride, 1, frequency_pads),
            (input[0], output[0], time_kernel, time_stride, dilation, time_pads),
        ]
        own = [self.symmetric(*axis) for axis in axes]
        self.pads = None
        if None in own:
            own = [0, 0]
            self.pads = [*time_pads, *frequency_pads]
        depthwise = operation["type"] == "depthwise"
        self.convolution = nn.Conv2d(
            input[2], output[2], (frequency_kernel, time_kernel), (frequency_stride, time_stride),
            tuple(own), (1, dilation), groups=input[2] if depthwise else 1, bias=bias)

    @staticmethod
    def symmetric(size, output, kernel, stride, dilation, pads):
        for pad in range(max(pads[0], 0), max(*pads, 0) + 1):
            if (size + 2 * pad - (kernel - 1) * dilation - 1) // stride + 1 == output:
                return pad
        return None

    def forward(self, x):
        return self.convolution(x if self.pads is None else functional.pad(x, self.pads))


class Network(nn.Module):
    """The layers of an architecture in the JSON form of kws."""

    ACTIVATIONS = {
        "none": lambda x: x,
        "relu": lambda x: functional.relu(x, inplace=True),
        "relu6": lambda x: functional.relu6(x, inplace=True),
        "hardSwish": functional.hardswish,
    }

    def __init__(self, architecture, shapes):
        super().__init__()
        self.layers = architecture["layers"]
        self.shapes = shapes
        self.operations = nn.ModuleList()
        names = [layer["name"] for layer in self.layers]
        features = (architecture["windowFrameCount"], architecture["coefficientCount"], 1)
        for index, (layer, output) in enumerate(zip(self.layers, shapes)):
            source = layer.get("input")
            if source is None and index > 0:
                source = names[index - 1]
            input = features if source in (None, "input") else shapes[names.index(source)]
            parts = []
            operation = layer["operation"]
            norm = layer.get("normalization", "none")
            if operation["type"] in ("convolution", "depthwise", "dense"):
                parts.append(Window(operation, input, output, bias=norm == "none"))
            if norm == "batch":
                parts.append(nn.BatchNorm2d(output[2]))
            elif norm.startswith("subSpectral"):
                parts.append(SubSpectralNorm(output[2], int(norm.removeprefix("subSpectral"))))
            if layer.get("dropout"):
                parts.append(nn.Dropout2d(layer["dropout"]))
            self.operations.append(nn.Sequential(*parts))

    def forward(self, x, checks=False):
        outputs = {"input": x}
        for layer, module, (times, frequencies, channels) in zip(
            self.layers, self.operations, self.shapes
        ):
            source = layer.get("input")
            x = x if source is None else outputs[source]
            operation = layer["operation"]
            kind = operation["type"]
            if kind == "frequencyToChannels":
                x = x.reshape(len(x), -1, 1, x.shape[3])
            elif kind == "frequencyAverage":
                x = x.mean(2, keepdim=True)
            elif kind == "averagePool":
                x = x.mean((2, 3), keepdim=True)
            elif kind == "sum":
                for name in operation["with"]:
                    x = x + outputs[name]
            x = module(x)
            if layer.get("residual"):
                x = x + outputs[layer["residual"]]
            x = self.ACTIVATIONS[layer.get("activation", "none")](x)
            if checks and list(x.shape[1:]) != [channels, frequencies, times]:
                raise ValueError(f"{layer['name']}: [channel, frequency, time] is "
                                 f"{list(x.shape[1:])}, expected {[channels, frequencies, times]}")
            outputs[layer["name"]] = x
        return x[:, :, 0, -1]


class Trainer:
    """A network in one memory format with its optimizer and its batch."""

    def __init__(self, request, format):
        architecture, batch = request["architecture"], request["batch"]
        torch.manual_seed(1)
        self.network = Network(architecture, request["shapes"]).to(memory_format=format)
        decayed = [p for p in self.network.parameters() if p.dim() > 1]
        others = [p for p in self.network.parameters() if p.dim() == 1]
        self.optimizer = torch.optim.SGD(
            [{"params": decayed, "weight_decay": 1e-3}, {"params": others, "weight_decay": 0}],
            lr=0.01, momentum=0.9, nesterov=True, fused=True)
        self.loss = nn.CrossEntropyLoss(label_smoothing=0.1)
        self.features = torch.randn(
            batch, 1, architecture["coefficientCount"], architecture["windowFrameCount"]
        ).contiguous(memory_format=format)
        self.labels = torch.randint(0, request["shapes"][-1][2], (batch,))
        self.network(self.features, checks=True)

    def step(self):
        """Seconds of one step."""
        start = time.perf_counter()
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.network(self.features), self.labels).backward()
        self.optimizer.step()
        return time.perf_counter() - start


def faster(request, kind):
    """The memory format that is faster in a few steps, and a `kind` of trainer in it."""
    best = None
    for name, format in FORMATS.items():
        trainer = kind(request, format)
        trainer.step()
        seconds = min(trainer.step() for _ in range(TRIAL_STEPS))
        if best is None or seconds < best[0]:
            best = (seconds, name, trainer)
        del trainer
        gc.collect()
    try:
        # The largest memory shall be that of the form that is used.
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass
    return best[1:]


def peak_bytes():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


def main():
    torch.set_flush_denormal(True)
    request = json.loads(sys.stdin.readline())
    torch.set_num_threads(request["threads"])
    name, trainer = faster(request, Trainer)
    answer = {"torch": torch.__version__, "format": name, "threads": torch.get_num_threads()}
    print(json.dumps(answer), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "step":
            answer = {"seconds": [trainer.step() for _ in range(int(words[1]))]}
        else:
            answer = {"bytes": peak_bytes()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
