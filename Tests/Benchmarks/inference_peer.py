# SPDX-License-Identifier: GPL-3.0-or-later
"""Another engine on our integer networks: inference_peer.py litert|onnxruntime|onednn.

Called by `kws bench inference --peers`, which sends the network with its weights and says when to
run, so that the engines take turns. One line in, one line of JSON out:

  (start)       -> {"library": "LiteRT", "version": "2.3.0", "overhead": 1.5e-06}
                   overhead: seconds of a call that computes next to nothing, or null where the
                   calls are timed in C
  {network}     -> {"form": "causal", "agreement": {"clips": 8, "sameBest": 8, "steps": 0.1,
                                                     "largestSteps": 0.9}}
                   or {"refusal": "why the engine cannot have it"}
  time N        -> {"seconds": [...]}   N calls on one window, after some that warm up

{"error": ...} where the engine is not there. The end of input ends it.

What favours the peers: the features are quantized already and the logits stay integers, where ours
takes real features and gives posteriors; and each has the fastest of its forms. The work is the
same: layer outputs have the same sizes, and the function is ours but for a rounding before a
residual is added, which oneDNN does without too. Only where an engine pads by itself is there a
form whose zeros lie on both sides.
"""
import gc
import importlib
import json
import os
import statistics
import sys

# The module of each, and what pip installs for it.
ENGINES = {
    "litert": ("litert", "ai-edge-litert numpy"),
    "onnxruntime": ("onnx_runtime", "onnxruntime onnx numpy"),
    "onednn": ("onednn", "onednn-devel-cpu-gomp numpy"),
}
WARM_UP_CALLS = 5
TRIAL_CALLS = 200


def answer(value):
    print(json.dumps(value), flush=True)


def faster(engine, network):
    """The name of the fastest of the forms, the form, and how far it agrees; where it pads by
    itself, how far the form before it does, which is the same with our zeros."""
    best, agreement = None, None
    for name, make in engine.forms(network):
        form = make()
        agreement = form.agreement() or agreement
        form.time(WARM_UP_CALLS)
        seconds = statistics.median(form.time(TRIAL_CALLS))
        if best is None or seconds < best[0]:
            best = (seconds, name, form, agreement)
    return best[1:]


def main():
    module, packages = ENGINES[sys.argv[1]]
    # Before a library reads it.
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        library = importlib.import_module("inference_peers." + module)
        from inference_peers.network import Network, Unsupported
        engine = library.Engine()
    except (ImportError, OSError) as error:
        return answer({"error": f"{error}; the packages are {packages}"})
    overhead = None
    if engine.trivial is not None:
        engine.trivial.time(TRIAL_CALLS)
        overhead = statistics.median(engine.trivial.time(5 * TRIAL_CALLS)) * 1e-9
    answer({"library": engine.library, "version": engine.version, "overhead": overhead})
    gc.disable()
    form = None
    for line in sys.stdin:
        if line.startswith("{"):
            form = None
            try:
                text, form, agreement = faster(engine, Network(json.loads(line)))
                answer({"form": text, "agreement": agreement})
            except Unsupported as reason:
                form = None
                answer({"refusal": str(reason)})
            gc.collect()
        else:
            form.time(WARM_UP_CALLS)
            count = int(line.split()[1])
            answer({"seconds": [value * 1e-9 for value in form.time(count)]})


main()
