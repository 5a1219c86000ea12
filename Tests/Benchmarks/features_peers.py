# SPDX-License-Identifier: GPL-3.0-or-later
"""Microseconds per second of audio that other libraries take for the same MFCCs, one thread.

Prints one JSON object {"peer configuration": microseconds}. Called by `kws bench features --peer`;
uses whichever of torchaudio, librosa and python_speech_features can be imported.
"""
import json
import os
import statistics
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

SECONDS = 10
RATE = 16_000
# name, window, hop, FFT length, coefficients (40 = log-mel only)
CONFIGURATIONS = [("512/160 log-mel 40", 512, 160, 512, None), ("640/320 MFCC 10", 640, 320, 640, 10)]
samples = (0.1 * np.random.default_rng(1).standard_normal(SECONDS * RATE)).astype(np.float32)


def microseconds(call):
    call()
    times = []
    while len(times) < 9:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times) / SECONDS * 1e6


results = {}
for name, window, hop, fft, count in CONFIGURATIONS:
    try:
        import torch
        import torchaudio

        torch.set_num_threads(1)
        mel = dict(n_fft=fft, win_length=window, hop_length=hop, n_mels=40, f_max=4000.0, center=False)
        if count is None:
            front = torchaudio.transforms.MelSpectrogram(RATE, **mel)
            run = lambda: torch.log(front(signal) + 5e-7)
        else:
            front = torchaudio.transforms.MFCC(RATE, n_mfcc=count, log_mels=True, melkwargs=mel)
            run = lambda: front(signal)
        signal = torch.from_numpy(samples)
        with torch.no_grad():
            results[f"torchaudio {name}"] = microseconds(run)
    except (ImportError, OSError):  # OSError: a wheel whose libraries are missing
        pass
    try:
        import librosa

        mel = dict(sr=RATE, n_fft=fft, win_length=window, hop_length=hop, n_mels=40, fmax=4000, center=False)
        if count is None:
            run = lambda: np.log(librosa.feature.melspectrogram(y=samples, **mel) + 5e-7)
        else:
            run = lambda: librosa.feature.mfcc(y=samples, n_mfcc=count, **mel)
        results[f"librosa {name}"] = microseconds(run)
    except (ImportError, OSError):  # OSError: a wheel whose libraries are missing
        pass
    try:
        import python_speech_features as psf

        arguments = dict(samplerate=RATE, winlen=window / RATE, winstep=hop / RATE, nfilt=40, nfft=fft, highfreq=4000, preemph=0)
        if count is None:
            run = lambda: psf.logfbank(samples, **arguments)
        else:
            run = lambda: psf.mfcc(samples, numcep=count, ceplifter=0, **arguments)
        results[f"python_speech_features {name}"] = microseconds(run)
    except (ImportError, OSError):  # OSError: a wheel whose libraries are missing
        pass
print(json.dumps(results))
