# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of a search through a supernet in PyTorch, on one line of JSON after another.

Called by `kws bench search --peer`. The supernet is the same: fixed layers and blocks of candidates
with their shapes, all weights in one network, one path per step.

  {"parts": [{"layers": [...]}, {"candidates": [[...], ...], "shortcut": true}, ...],
   "features": [time, frequency], "labels": 12, "batch": 100, "threads": 2}
                -> {"torch": "2.13.0", "format": "channels_last", "threads": 2}
  weights N     -> {"seconds": [...]}  sampled path: forward, loss, backward, Nesterov SGD
  pair N        -> {"seconds": [...]}  gates of two candidates per block (ProxylessNAS)
  all N         -> {"seconds": [...]}  gates of all candidates of all blocks

A layer is {"operation": ..., "normalization": ..., "activation": ..., "input": [t, f, c],
"output": [t, f, c]}. A gate's gradient is the inner product of the gradient of the block's output with
what the candidate puts out; candidates off the path are computed without a graph, as they need none.
What favours the peer: its batch lies in memory, the faster of two memory formats. The fused
optimizer cannot take parameters some of which were never on a path.
"""
import json
import random
import sys
import time

from training_peer import Window, faster, nn, torch


class Layers(nn.Sequential):
    """A run of layers in a row."""

    def __init__(self, layers):
        parts = []
        for layer in layers:
            operation = layer["operation"]
            norm = layer.get("normalization", "none")
            if operation["type"] == "averagePool":
                parts.append(nn.AdaptiveAvgPool2d(1))
                continue
            parts.append(Window(operation, layer["input"], layer["output"], bias=norm == "none"))
            if norm == "batch":
                parts.append(nn.BatchNorm2d(layer["output"][2]))
            if layer.get("activation", "none") == "relu6":
                parts.append(nn.ReLU6(inplace=True))
        super().__init__(*parts)


class Supernet(nn.Module):
    def __init__(self, parts):
        super().__init__()
        self.kinds = parts
        self.parts = nn.ModuleList(
            Layers(part["layers"]) if "layers" in part
            else nn.ModuleList(Layers(candidate) for candidate in part["candidates"])
            for part in parts)

    def forward(self, x, path, looked_at=None, outputs=None):
        place = 0
        for kind, part in zip(self.kinds, self.parts):
            if "layers" in kind:
                x = part(x)
                continue
            chosen = path[place]
            source = x
            own = part[chosen](x) if len(part[chosen]) else None
            if looked_at is not None:
                others = {}
                with torch.no_grad():
                    for index in looked_at[place]:
                        if index != chosen and len(part[index]):
                            others[index] = part[index](source.detach())
                if own is not None:
                    others[chosen] = own.detach()
            if own is None:
                # A gate needs the gradient of the block's output, whatever computes it.
                x = source.view_as(source)
            else:
                x = source + own if kind["shortcut"] else own
            if looked_at is not None:
                outputs.append((x, others))
            place += 1
        return x[:, :, 0, -1]


class Search:
    def __init__(self, request, format):
        torch.manual_seed(1)
        self.random = random.Random(1)
        self.network = Supernet(request["parts"]).to(memory_format=format)
        self.counts = [len(p["candidates"]) for p in request["parts"] if "candidates" in p]
        decayed = [p for p in self.network.parameters() if p.dim() > 1]
        others = [p for p in self.network.parameters() if p.dim() == 1]
        self.optimizer = torch.optim.SGD(
            [{"params": decayed, "weight_decay": 4e-5}, {"params": others, "weight_decay": 0}],
            lr=0.001, momentum=0.9, nesterov=True, foreach=True)
        self.smoothed = nn.CrossEntropyLoss(label_smoothing=0.1)
        self.plain = nn.CrossEntropyLoss()
        time_count, frequency_count = request["features"]
        self.features = torch.randn(
            request["batch"], 1, frequency_count, time_count).contiguous(memory_format=format)
        self.labels = torch.randint(0, request["labels"], (request["batch"],))

    def path(self):
        return [self.random.randrange(count) for count in self.counts]

    def step(self):
        start = time.perf_counter()
        self.optimizer.zero_grad(set_to_none=True)
        self.smoothed(self.network(self.features, self.path()), self.labels).backward()
        self.optimizer.step()
        return time.perf_counter() - start

    def architecture(self, look):
        start = time.perf_counter()
        path = self.path()
        outputs = []
        logits = self.network(self.features, path, look(path), outputs)
        # Gradients of the blocks' outputs alone: none of weights are computed.
        gradients = torch.autograd.grad(
            self.plain(logits, self.labels), [output for output, _ in outputs])
        for gradient, (_, others) in zip(gradients, outputs):
            gradient = gradient.flatten()
            for index, value in others.items():
                float(torch.dot(gradient, value.flatten()))
        return time.perf_counter() - start

    def all(self):
        return self.architecture(lambda path: [range(count) for count in self.counts])

    def pair(self):
        def look(path):
            return [(own, (own + 1 + self.random.randrange(count - 1)) % count)
                    for own, count in zip(path, self.counts)]
        return self.architecture(look)


STEPS = {"weights": Search.step, "pair": Search.pair, "all": Search.all}


def main():
    torch.set_flush_denormal(True)
    request = json.loads(sys.stdin.readline())
    torch.set_num_threads(request["threads"])
    name, search = faster(request, Search)
    answer = {"torch": torch.__version__, "format": name, "threads": torch.get_num_threads()}
    print(json.dumps(answer), flush=True)
    for line in sys.stdin:
        kind, count = line.split()
        seconds = [STEPS[kind](search) for _ in range(int(count))]
        print(json.dumps({"seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
