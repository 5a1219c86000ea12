#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Misses and false alarms of a model over smoothing, count and threshold: the table of decision 0003.

usage: detection_defaults.py KWS MODEL DATA

KWS is the executable, MODEL a model file, DATA a folder with speech-commands/ (with its
validation_list.txt), continuous-speech/ and environment-noise/. Each row runs `kws replay` with a
copy of the model whose detection parameters are changed and whose seal is made anew.
"""
import collections
import glob
import hashlib
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

SEAL = "kws.sha256"
WORDS = "yes no up down left right stop go".split()  # on and off have too few recordings
CLIP_COUNT = 1200


def read(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def write(path, header, tensors):
    header["__metadata__"][SEAL] = "0" * 64
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    data = struct.pack("<Q", len(text)) + text + tensors
    empty = f'"{SEAL}":"'.encode()
    digest = hashlib.sha256(data).hexdigest().encode()
    open(path, "wb").write(data.replace(empty + b"0" * 64, empty + digest))


def main(kws, model, data):
    header, tensors = read(model)
    detection = json.loads(header["__metadata__"]["detection"])
    with open(f"{data}/speech-commands/validation_list.txt") as lines:
        names = [line.strip() for line in lines if line.split("/")[0] in WORDS]
    clips = [path for name in names if os.path.exists(path := f"{data}/speech-commands/{name}")]
    random.Random(1).shuffle(clips)
    clips = clips[:CLIP_COUNT]
    speech = sorted(glob.glob(f"{data}/continuous-speech/*.wav"))
    noise = sorted(glob.glob(f"{data}/environment-noise/*/*.wav"))
    copy = tempfile.NamedTemporaryFile(suffix=".safetensors")

    def events(files, threshold, tail):
        command = [kws, "replay", "--model", copy.name, "--threshold", str(threshold)]
        command += ["--tail", str(tail), "--format", "jsonl"]
        lines = subprocess.run(command + files, capture_output=True, text=True, check=True).stdout
        return [json.loads(line) for line in lines.splitlines()]

    print("| smoothing, s | columns | threshold | misses | speech | environment |")
    print("|---:|---:|---:|---:|---:|---:|")
    for smoothing in (0.1, 0.2, 0.3):
        for count in (3, 6):
            detection.update(smoothingSeconds=smoothing, minimumCount=count)
            header["__metadata__"]["detection"] = json.dumps(detection)
            write(copy.name, header, tensors)
            for threshold in (0.7, 0.8, 0.85):
                found = collections.defaultdict(set)
                for event in events(clips, threshold, 0.7):
                    found[event["source"]].add(event["keyword"])
                missed = sum(clip.split("/")[-2] not in found[clip] for clip in clips)
                row = [smoothing, count, f"{threshold:.2f}", f"{100 * missed / len(clips):.1f} %"]
                row += [len(events(files, threshold, 0)) for files in (speech, noise)]
                print("| " + " | ".join(map(str, row)) + " |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
