# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes features.safetensors: one second of a speech-like signal and its features in double
precision, by numpy alone, checked here against librosa's filters and scipy's DCT.

    pip install numpy scipy librosa safetensors && python make_features.py
"""

import os

import librosa
import numpy as np
import scipy.fft
from safetensors.numpy import save_file

RATE, MELS, LOW, HIGH, FLOOR = 16000, 40, 0.0, 4000.0, 5e-7


def signal():
    """A gliding voice with formants, hiss, a click, digital silence and full scale."""
    random = np.random.default_rng(20240501)
    t = np.arange(RATE) / RATE
    phase = 2 * np.pi * np.cumsum(110 + 60 * np.sin(2 * np.pi * 1.3 * t)) / RATE
    voice = sum(
        np.sin(k * phase) / (1 + ((130 * k - 600) / 300) ** 2 + ((130 * k - 2400) / 900) ** 2)
        for k in range(1, 30)
    )
    x = 0.2 * voice * np.hanning(RATE) ** 2 + 0.003 * random.standard_normal(RATE)
    x[3000:3004] = 0.9
    x[5000:6500] = 0
    x[12000:12800] = np.sign(np.sin(2 * np.pi * 440 * t[:800]))
    return np.clip(np.round(x * 32768), -32768, 32767) / 32768


def filters(length):
    edges = 700 * np.expm1(
        np.linspace(*(1127 * np.log1p(np.array([LOW, HIGH]) / 700)), MELS + 2) / 1127
    )
    f = np.arange(length // 2 + 1) * RATE / length
    rise = (f - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - f) / np.diff(edges)[1:, None]
    weights = np.maximum(0, np.minimum(rise, fall))
    weights[:, 0] = 0
    peer = librosa.filters.mel(
        sr=RATE, n_fft=length, n_mels=MELS, fmin=LOW, fmax=HIGH, htk=True, norm=None,
        dtype=np.float64,
    )
    assert np.abs(weights - peer).max() < 1e-9
    return weights


def log_mel(x, window, hop):
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    frames = np.stack(
        [x[s : s + window] * hann for s in range(0, len(x) - window + 1, hop)]
    )
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    peer = librosa.stft(
        x, n_fft=window, hop_length=hop, window="hann", center=False, dtype=np.complex128
    )
    assert np.abs(power - np.abs(peer.T) ** 2).max() < 1e-8 * power.max()
    return np.log(power @ filters(window).T + FLOOR)


def cosine(frames):
    i, j = np.arange(MELS), np.arange(MELS)[:, None]
    table = np.sqrt(np.where(j == 0, 1, 2) / MELS) * np.cos(np.pi * j * (2 * i + 1) / (2 * MELS))
    result = frames @ table.T
    assert np.abs(result - scipy.fft.dct(frames, norm="ortho", axis=1)).max() < 1e-9
    return result


if __name__ == "__main__":
    x = signal()
    fine, coarse = log_mel(x, 512, 160), log_mel(x, 640, 320)
    assert fine.shape == (97, MELS) and coarse.shape == (49, MELS)
    values = {
        "samples": x,
        "log_mel_512_160": fine,
        "log_mel_640_320": coarse,
        "mfcc_640_320": cosine(coarse),
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "features.safetensors")
    save_file({name: v.astype(np.float32) for name, v in values.items()}, path)
