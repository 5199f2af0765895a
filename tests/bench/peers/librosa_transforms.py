"""The four transforms of a folder of recordings with librosa, one STFT shared, on several processes.

usage: librosa_transforms.py FOLDER [--percussion flux|tempogram|hpss] [--processes 2] [--limit N]
A clip is decoded, resampled to 22,050 Hz mono, cut or padded to 30 s and transformed; nothing is stored. Imports and
warming up are not timed. Prints one JSON line.
"""
import argparse
import functools
import json
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"  # the processes are the parallelism

import librosa
import numpy as np
import scipy

RATE, SAMPLES = 22050, 661500


def percussion_of(kind, power, mel, flux):
    """The second transform: flux itself, its tempogram, or the mel of what HPSS calls percussive."""
    if kind == "flux":
        return flux
    if kind == "tempogram":
        return librosa.feature.tempogram(onset_envelope=librosa.onset.onset_strength(S=mel, sr=RATE), sr=RATE)
    percussive = librosa.decompose.hpss(np.sqrt(power))[1] ** 2
    return librosa.power_to_db(librosa.feature.melspectrogram(S=percussive, sr=RATE))


def transforms(path, kind="flux"):
    """Spectrogram in dB, percussion, MFCC and chromagram of one recording."""
    pcm, _ = librosa.load(path, sr=RATE, mono=True)
    power = np.abs(librosa.stft(librosa.util.fix_length(pcm, size=SAMPLES))) ** 2
    mel = librosa.power_to_db(librosa.feature.melspectrogram(S=power, sr=RATE))
    flux = np.maximum(0, np.diff(mel, axis=1, prepend=mel[:, :1]))
    return (mel, percussion_of(kind, power, mel, flux), librosa.feature.mfcc(S=mel, n_mfcc=20),
            librosa.feature.chroma_stft(S=power, sr=RATE))


def count_values(path, kind):
    """What a process gives back: small, so that no time goes into sending arrays."""
    return sum(t.size for t in transforms(path, kind))


def recordings(folder):
    return sorted(p for p in Path(folder).rglob("*") if p.suffix in (".wav", ".au", ".flac", ".ogg", ".mp3"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--percussion", default="flux", choices=("flux", "tempogram", "hpss"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    files = recordings(arguments.folder)[: arguments.limit]
    if not files:
        raise SystemExit(f"no recordings under {arguments.folder}")
    work = functools.partial(count_values, kind=arguments.percussion)
    with ProcessPoolExecutor(arguments.processes) as pool:
        list(pool.map(work, files[:1] * arguments.processes))
        start = time.perf_counter()
        list(pool.map(work, files))
        seconds = time.perf_counter() - start
    print(json.dumps({"peer": f"librosa {librosa.__version__}, scipy {scipy.__version__}, numpy {np.__version__}",
                      "processes": arguments.processes, "clips": len(files), "clips_per_second": len(files) / seconds}))
