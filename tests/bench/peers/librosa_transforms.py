"""The four transforms of a folder of recordings with librosa, one STFT shared, on several processes.

usage: librosa_transforms.py FOLDER [--processes 2] [--limit N]
A clip is decoded, resampled to 22,050 Hz mono, cut or padded to 30 s and transformed; nothing is stored. Imports and
warming up are not timed. Prints one JSON line.
"""
import argparse
import json
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"  # the processes are the parallelism

import librosa
import numpy as np

RATE, SAMPLES = 22050, 661500


def transforms(path):
    """Spectrogram in dB, flux, MFCC and chromagram of one recording."""
    pcm, _ = librosa.load(path, sr=RATE, mono=True)
    power = np.abs(librosa.stft(librosa.util.fix_length(pcm, size=SAMPLES))) ** 2
    mel = librosa.power_to_db(librosa.feature.melspectrogram(S=power, sr=RATE))
    flux = np.maximum(0, np.diff(mel, axis=1, prepend=mel[:, :1]))
    return mel, flux, librosa.feature.mfcc(S=mel, n_mfcc=20), librosa.feature.chroma_stft(S=power, sr=RATE)


def count_values(path):
    """What a process gives back: small, so that no time goes into sending arrays."""
    return sum(t.size for t in transforms(path))


def recordings(folder):
    return sorted(p for p in Path(folder).rglob("*") if p.suffix in (".wav", ".au", ".flac", ".ogg", ".mp3"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    files = recordings(arguments.folder)[: arguments.limit]
    if not files:
        raise SystemExit(f"no recordings under {arguments.folder}")
    with ProcessPoolExecutor(arguments.processes) as pool:
        list(pool.map(count_values, files[:1] * 2 * arguments.processes))
        start = time.perf_counter()
        list(pool.map(count_values, files))
        seconds = time.perf_counter() - start
    print(json.dumps({"peer": f"librosa {librosa.__version__}", "numpy": np.__version__, "processes": arguments.processes,
                      "clips": len(files), "clips_per_second": round(len(files) / seconds, 2)}))
