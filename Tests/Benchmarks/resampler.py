#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures libsoxr and libsamplerate as streaming resamplers to 16 kHz; prints Markdown tables.

Needs numpy and the two shared libraries. Input arrives in chunks of 1 ms (delay) or 10 ms (rest).

  ripple     largest minus smallest gain of tones from 50 Hz to 4 kHz and to 7 kHz, in dB
  -3 dB      frequency of half power
  at 8 kHz   gain at the output's Nyquist frequency
  alias      largest gain of tones that fold back into 0-4 kHz (12 kHz and above) and into 0-7 kHz
             (9 kHz and above): the stop band
  delay      largest lead of input time over output time in a stream, in ms
  skew       where an impulse comes out against where it went in, in output samples
  CPU        processor time per second of audio in chunks of 100 ms, best of three
  same bits  whether chunks of 1, 7, 480 and 4,096 samples give the same output
"""

import argparse
import ctypes
import ctypes.util
import sys
import time

import numpy as np

OUTPUT_RATE = 16000
pointer = ctypes.c_void_p


class Soxr:
    """One soxr stream; band edges are fractions of 8 kHz, None for the recipe's own."""

    class Quality(ctypes.Structure):
        _fields_ = [(n, ctypes.c_double) for n in ("precision", "phase", "passband", "stopband")] + [
            ("e", pointer), ("flags", ctypes.c_ulong)]

    class Runtime(ctypes.Structure):
        _fields_ = [(n, ctypes.c_uint) for n in ("minimum", "large", "coefficients", "threads")] + [
            ("e", pointer), ("flags", ctypes.c_ulong)]

    shared = None

    def __init__(self, rate, recipe, passband=None, stopband=None, minimum_dft=10):
        if Soxr.shared is None:
            Soxr.shared = ctypes.CDLL("libsoxr.so.0")
            Soxr.shared.soxr_create.restype = pointer
            Soxr.shared.soxr_create.argtypes = [
                ctypes.c_double, ctypes.c_double, ctypes.c_uint] + [pointer] * 4
            Soxr.shared.soxr_quality_spec.restype = Soxr.Quality
            Soxr.shared.soxr_quality_spec.argtypes = [ctypes.c_ulong, ctypes.c_ulong]
            Soxr.shared.soxr_runtime_spec.restype = Soxr.Runtime
            Soxr.shared.soxr_process.restype = pointer
            Soxr.shared.soxr_process.argtypes = [
                pointer, pointer, ctypes.c_size_t, pointer, pointer, ctypes.c_size_t, pointer]
            Soxr.shared.soxr_delete.argtypes = [pointer]
        quality = Soxr.shared.soxr_quality_spec(recipe, 0)
        if passband:
            quality.passband = passband
        if stopband:
            quality.stopband = stopband
        runtime = Soxr.shared.soxr_runtime_spec(1)
        runtime.minimum = minimum_dft
        self.handle = Soxr.shared.soxr_create(
            rate, OUTPUT_RATE, 1, None, None, ctypes.byref(quality), ctypes.byref(runtime))
        assert self.handle

    def process(self, samples, last):
        output = np.empty(len(samples) + 16384, np.float32)
        read, written = ctypes.c_size_t(), ctypes.c_size_t()
        parts = []
        if len(samples):
            Soxr.shared.soxr_process(
                self.handle, samples.ctypes.data, len(samples), ctypes.byref(read),
                output.ctypes.data, len(output), ctypes.byref(written))
            assert read.value == len(samples)
            parts.append(output[: written.value].copy())
        while last:
            Soxr.shared.soxr_process(
                self.handle, None, 0, None, output.ctypes.data, len(output), ctypes.byref(written))
            if not written.value:
                break
            parts.append(output[: written.value].copy())
        return parts

    def close(self):
        Soxr.shared.soxr_delete(self.handle)


class SampleRate:
    """One libsamplerate stream."""

    class Data(ctypes.Structure):
        _fields_ = [
            ("input", pointer), ("output", pointer), ("inputs", ctypes.c_long),
            ("outputs", ctypes.c_long), ("used", ctypes.c_long), ("made", ctypes.c_long),
            ("last", ctypes.c_int), ("ratio", ctypes.c_double)]

    shared = None

    def __init__(self, rate, converter):
        if SampleRate.shared is None:
            SampleRate.shared = ctypes.CDLL("libsamplerate.so.0")
            SampleRate.shared.src_new.restype = pointer
            SampleRate.shared.src_process.argtypes = [pointer, pointer]
            SampleRate.shared.src_delete.argtypes = [pointer]
        error = ctypes.c_int()
        self.handle = SampleRate.shared.src_new(converter, 1, ctypes.byref(error))
        self.ratio = OUTPUT_RATE / rate
        assert self.handle

    def process(self, samples, last):
        output = np.empty(len(samples) + 16384, np.float32)
        parts = []
        offset = 0
        while True:
            rest = samples[offset:]
            data = SampleRate.Data(
                rest.ctypes.data, output.ctypes.data, len(rest), len(output), 0, 0, int(last),
                self.ratio)
            assert SampleRate.shared.src_process(self.handle, ctypes.byref(data)) == 0
            offset += data.used
            if data.made:
                parts.append(output[: data.made].copy())
            if not data.made and (offset == len(samples) or not data.used):
                return parts

    def close(self):
        SampleRate.shared.src_delete(self.handle)


CANDIDATES = [
    ("libsoxr LQ", lambda r: Soxr(r, 1)),
    ("libsoxr MQ", lambda r: Soxr(r, 2)),
    ("libsoxr HQ", lambda r: Soxr(r, 4)),
    ("libsoxr HQ, shortest blocks", lambda r: Soxr(r, 4, minimum_dft=8)),
    ("libsoxr HQ, 0.82 to 1", lambda r: Soxr(r, 4, passband=0.82)),
    ("libsoxr HQ, 0.913 to 1.087", lambda r: Soxr(r, 4, stopband=1.087)),
    ("libsoxr HQ, minimum phase", lambda r: Soxr(r, 4 | 0x30)),
    ("libsoxr VHQ", lambda r: Soxr(r, 6)),
    ("libsamplerate linear", lambda r: SampleRate(r, 4)),
    ("libsamplerate sinc fastest", lambda r: SampleRate(r, 2)),
    ("libsamplerate sinc medium", lambda r: SampleRate(r, 1)),
    ("libsamplerate sinc best", lambda r: SampleRate(r, 0)),
]


def stream(make, rate, samples, chunk):
    resampler = make(rate)
    parts = []
    for start in range(0, len(samples), chunk):
        parts += resampler.process(samples[start : start + chunk], False)
    parts += resampler.process(np.empty(0, np.float32), True)
    resampler.close()
    return np.concatenate(parts)


def gain(make, rate, frequency):
    """Gain of a tone: root mean square out over in, away from the ends, in dB."""
    time_axis = np.arange(rate // 2) / rate
    tone = (0.5 * np.sin(2 * np.pi * frequency * time_axis + 0.7)).astype(np.float32)
    output = stream(make, rate, tone, rate // 100)[OUTPUT_RATE // 8 : -OUTPUT_RATE // 8]
    # Whole cycles do not matter: a Hann window keeps the error below 0.001 dB.
    window = np.hanning(len(output))
    power = np.sum((output.astype(np.float64) * window) ** 2) / np.sum(window**2)
    return 10 * np.log10(max(power, 1e-30) / 0.125)


def delay(make, rate):
    resampler = make(rate)
    chunk = rate // 1000
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, rate).astype(np.float32)
    made, worst = 0, 0.0
    for start in range(0, rate, chunk):
        piece = noise[start : start + chunk]
        worst = max(worst, (start + len(piece)) / rate - made / OUTPUT_RATE)
        made += sum(map(len, resampler.process(piece, False)))
    resampler.close()
    return 1000 * worst


def skew(make, rate):
    """A band-limited click (Gaussian, 0.5 ms) by its centre of mass."""
    centre = 0.25 * rate
    click = np.exp(-0.5 * ((np.arange(rate // 2) - centre) / (0.0005 * rate)) ** 2)
    output = stream(make, rate, click.astype(np.float32), rate // 100).astype(np.float64)
    position = np.sum(np.arange(len(output)) * output) / np.sum(output)
    return position - centre * OUTPUT_RATE / rate


def processor_time(make, rate):
    noise = np.random.default_rng(2).uniform(-0.5, 0.5, 10 * rate).astype(np.float32)
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        stream(make, rate, noise, rate // 10)
        best = min(best, time.process_time() - start)
    return 1e6 * best / 10


def same_bits(make, rate):
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, rate // 2 + 13).astype(np.float32)
    outputs = [stream(make, rate, noise, chunk) for chunk in (1, 7, 480, 4096)]
    return all(np.array_equal(outputs[0], other) for other in outputs[1:])


def row(name, make, rate):
    low = {f: gain(make, rate, f) for f in [50, *range(250, 7001, 250)]}
    edge = {f: gain(make, rate, f) for f in range(6000, 8001, 50)}
    upper = rate / 2 - 50
    high = {f: gain(make, rate, f) for f in [*np.arange(9000, upper, 173), upper]}

    def ripple(limit):
        values = [g for f, g in low.items() if f <= limit]
        return max(values) - min(values)

    half = next((str(f) for f, g in edge.items() if g - low[1000] < -3.01), "over 8000")
    cells = [
        name, f"{ripple(4000):.3f}", f"{ripple(7000):.3f}", half, f"{edge[8000]:.1f}",
        f"{max(g for f, g in high.items() if f >= 12000):.0f}", f"{max(high.values()):.0f}",
        f"{delay(make, rate):.1f}", f"{skew(make, rate):+.3f}", f"{processor_time(make, rate):.0f}",
        "yes" if same_bits(make, rate) else "no"]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rates", type=int, nargs="+", default=[48000, 44100])
    arguments = parser.parse_args()
    if min(arguments.rates) < 30000:
        parser.error("aliases are looked for above 12 kHz: rates of 30 kHz or more")
    for rate in arguments.rates:
        print(f"\n{rate} Hz to {OUTPUT_RATE} Hz\n")
        print("| resampler | ripple to 4 kHz, dB | to 7 kHz, dB | -3 dB, Hz | at 8 kHz, dB "
              "| alias in 0-4 kHz, dB | in 0-7 kHz, dB | delay, ms | skew, samples "
              "| CPU, µs per s | same bits |")
        print("|---|" + "---:|" * 10)
        for name, make in CANDIDATES:
            print(row(name, make, rate))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
