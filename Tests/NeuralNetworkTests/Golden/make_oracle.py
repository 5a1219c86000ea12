# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes oracle.safetensors: two training passes of the every-kind network of Fixtures.swift by
PyTorch, the second of which continues some clips from the histories that the first left.

Recorded: initial parameters (kws layouts), features, labels, logits and losses of both passes, all
gradients of the second, the running statistics after it, and all parameters after one step of SGD
(Nesterov) and, from the same point, one of AdamW. PyTorch computes in double precision.

Usage: python make_oracle.py
"""

import os

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(20)
torch.set_default_dtype(torch.float64)

# name, kind, outputs, kernel (time, frequency), stride, dilation, bands of the normalization (0 for
# none), other tensor (residual, or the addends of a sum), activation
LAYERS = [
    ("stem", "conv", 5, (3, 5), (1, 2), 1, 1, None, "relu"),
    ("frequency", "depthwise", 5, (1, 3), (1, 1), 1, 1, "stem", "relu6"),
    ("mixed", "conv", 5, (2, 3), (1, 1), 2, 0, None, "relu"),
    ("pointwise", "conv", 5, (1, 1), (1, 1), 1, 1, "frequency", None),
    ("bands", "depthwise", 5, (1, 4), (1, 1), 1, 3, None, None),
    ("average", "average", 5, None, None, None, 0, None, None),
    ("swish", "depthwise", 5, (3, 1), (1, 1), 2, 1, None, "hardSwish"),
    ("gate", "conv", 5, (1, 1), (1, 1), 1, 0, None, "hardSwish"),
    ("joined", "sum", 5, None, None, None, 0, ("bands", "pointwise", "gate"), "relu"),
    ("bare", "bare", 5, (2, 3), (1, 1), 1, 2, None, "relu6"),
    ("shifted", "sum", 5, None, None, None, 0, ("bare", "bare"), "hardSwish"),
    ("strided", "depthwise", 5, (3, 3), (2, 2), 2, 0, None, None),
    ("flat", "flat", 10, None, None, None, 0, None, None),
    ("temporal", "conv", 7, (3, 1), (1, 1), 1, 1, None, "relu"),
    ("long", "depthwise", 7, (9, 1), (1, 1), 1, 0, None, None),
    ("mix", "conv", 7, (2, 1), (1, 1), 3, 1, "temporal", "relu"),
    ("pool", "pool", 7, None, None, None, 0, None, None),
    ("hidden", "dense", 6, None, None, None, 0, None, "relu"),
    ("head", "dense", 4, None, None, None, 0, None, None),
]
DEPTHWISE = ("depthwise", "bare")
CLIPS, FRAMES, COEFFICIENTS, WINDOW = 6, 13, 11, 12
POOL = WINDOW // 2

parameters, statistics = {}, {}
channels = 1
for name, kind, outputs, kernel, stride, dilation, norm, residual, activation in LAYERS:
    if kind == "conv":
        shape = (outputs, channels, *kernel)
        parameters[f"{name}.weight"] = torch.randn(shape) * (2 / (shape[1] * shape[2] * shape[3])) ** 0.5
    elif kind in DEPTHWISE:
        parameters[f"{name}.weight"] = torch.randn(outputs, 1, *kernel) * (1 / (kernel[0] * kernel[1])) ** 0.5
    elif kind == "dense":
        parameters[f"{name}.weight"] = torch.randn(outputs, channels) * (1 / channels) ** 0.5
    if kind in ("conv", "dense") + DEPTHWISE:
        if norm:
            shape = (outputs,) if norm == 1 else (norm, outputs)
            parameters[f"{name}.norm.scale"] = 1 + 0.3 * torch.randn(shape)
            parameters[f"{name}.norm.shift"] = 0.3 * torch.randn(shape)
            statistics[f"{name}.norm.mean"] = torch.zeros(shape)
            statistics[f"{name}.norm.variance"] = torch.ones(shape)
        else:
            parameters[f"{name}.bias"] = 0.3 * torch.randn(outputs)
    channels = outputs
# Far enough up that ReLU6 saturates.
parameters["frequency.norm.shift"] += 4
# What single precision reads is what double precision computes with.
for tensor in parameters.values():
    tensor.copy_(tensor.float().double())
    tensor.requires_grad_(True)


def forward(features, continues, history):
    """features [clip, time, frequency]; tensors inside are [clip, channel, time, frequency]."""
    x = features.unsqueeze(1)
    outputs = {}

    def look_back(name, x, count):
        past = history.get(name, torch.zeros(x.shape[0], x.shape[1], count, x.shape[3]))
        past = past * continues.view(-1, 1, 1, 1)
        joined = torch.cat([past, x], dim=2)
        history[name] = joined[:, :, joined.shape[2] - count :].detach()
        return joined

    for name, kind, outs, kernel, stride, dilation, norm, residual, activation in LAYERS:
        if kind == "conv" or kind in DEPTHWISE:
            back = (kernel[0] - 1) * dilation
            joined = look_back(name, x, back) if back else x
            # Output u reads up to input column s * u + s - 1.
            joined = joined[:, :, stride[0] - 1 :]
            groups = outs if kind in DEPTHWISE else 1
            # 'Same' with ceil(F / s) outputs, (kernel - 1) / 2 zeros on the low side.
            low = (kernel[1] - 1) // 2
            last = -(-joined.shape[3] // stride[1]) - 1
            high = max(last * stride[1] - low + kernel[1] - joined.shape[3], 0)
            padded = joined if kind == "bare" else F.pad(joined, (low, high))
            bias = None if norm else parameters[f"{name}.bias"]
            x = F.conv2d(
                padded, parameters[f"{name}.weight"], bias, stride=stride,
                dilation=(dilation, 1), groups=groups)
        elif kind == "dense":
            x = F.linear(x.flatten(1), parameters[f"{name}.weight"], parameters[f"{name}.bias"])
            x = x.view(x.shape[0], -1, 1, 1)
        elif kind == "flat":
            # Frequency-major, channel fastest.
            x = x.permute(0, 2, 3, 1).flatten(2).permute(0, 2, 1).unsqueeze(3)
        elif kind == "average":
            x = x.mean(dim=3, keepdim=True)
        elif kind == "sum":
            x = sum(outputs[other] for other in residual)
        elif kind == "pool":
            joined = look_back(name, x, POOL)
            x = joined[:, :, joined.shape[2] - POOL :].mean(dim=(2, 3), keepdim=True)
        if norm:
            # Bands become channels, [band, channel] in this order.
            clips, _, columns, bins = x.shape
            x = x.view(clips, outs, columns, norm, bins // norm).permute(0, 3, 1, 2, 4)
            x = F.batch_norm(
                x.reshape(clips, norm * outs, columns, bins // norm),
                statistics[f"{name}.norm.mean"].view(-1),
                statistics[f"{name}.norm.variance"].view(-1),
                parameters[f"{name}.norm.scale"].view(-1),
                parameters[f"{name}.norm.shift"].view(-1),
                training=True, momentum=0.1, eps=1e-5)
            x = x.view(clips, norm, outs, columns, bins // norm).permute(0, 2, 3, 1, 4)
            x = x.reshape(clips, outs, columns, bins)
        if residual and kind != "sum":
            x = x + outputs[residual]
        if activation == "relu":
            x = F.relu(x)
        elif activation == "relu6":
            x = F.relu6(x)
        elif activation == "hardSwish":
            x = F.hardswish(x)
        outputs[name] = x
    return x.flatten(1)


def layout(name, tensor):
    """Weights in the layouts of Architecture.swift."""
    kind = next((layer[1] for layer in LAYERS if name == f"{layer[0]}.weight"), None)
    if kind == "conv":
        tensor = tensor.permute(2, 3, 1, 0)
    elif kind in DEPTHWISE:
        tensor = tensor[:, 0].permute(1, 2, 0)
    elif kind == "dense":
        tensor = tensor.permute(1, 0)
    return tensor.detach().float().contiguous().clone()


recorded = {}
for name, tensor in parameters.items():
    recorded[f"parameter.{name}"] = layout(name, tensor)
features = [torch.randn(CLIPS, FRAMES, COEFFICIENTS).float().double() for _ in range(2)]
labels = torch.tensor([0, 1, 2, 3, 1, 2])
continues = torch.tensor([1.0, 0, 1, 1, 0, 1])
history = {}
for index, flags in enumerate([torch.zeros(CLIPS), continues]):
    for tensor in parameters.values():
        tensor.grad = None
    logits = forward(features[index], flags, history)
    loss = F.cross_entropy(logits, labels, label_smoothing=0.1)
    loss.backward()
    recorded[f"features.{index}"] = features[index].float()
    recorded[f"logits.{index}"] = logits.detach().float()
    recorded[f"loss.{index}"] = loss.detach().float().reshape(1)
recorded["labels"] = labels.float()
recorded["continues"] = continues.float()
for name, tensor in parameters.items():
    recorded[f"gradient.{name}"] = layout(name, tensor.grad)
for name, tensor in statistics.items():
    recorded[f"statistic.{name}"] = tensor.float()

# Two optimizer steps along the same gradient, weight decay on weights only.
for key, make in {
    "sgd": lambda groups: torch.optim.SGD(groups, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda groups: torch.optim.AdamW(groups, lr=0.01),
}.items():
    copies = {name: tensor.detach().clone() for name, tensor in parameters.items()}
    for name, tensor in copies.items():
        tensor.grad = parameters[name].grad.clone()
    optimizer = make([
        {"params": [t for n, t in copies.items() if n.endswith(".weight")], "weight_decay": 0.05},
        {"params": [t for n, t in copies.items() if not n.endswith(".weight")], "weight_decay": 0.0},
    ])
    for _ in range(2):
        optimizer.step()
    for name, tensor in copies.items():
        recorded[f"{key}.{name}"] = layout(name, tensor)

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "oracle.safetensors")
save_file(recorded, path)
print(os.path.getsize(path), "bytes")
