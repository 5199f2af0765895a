"""Compare a feature cache with librosa: check_cache.py CACHE.h5 FOLDER [--clips 8]

Fails beyond the tolerances of docs/transforms.md.
"""
import argparse
from pathlib import Path

import h5py
import librosa
import numpy as np

from librosa_transforms import transforms

LIMITS = {"spectrogram": 0.01, "percussion": 0.02, "mfcc": 1e-4, "chromagram": 1e-3}

parser = argparse.ArgumentParser()
parser.add_argument("cache")
parser.add_argument("folder")
parser.add_argument("--clips", type=int, default=8)
arguments = parser.parse_args()
worst, beyond = dict.fromkeys(LIMITS, 0.0), 0
with h5py.File(arguments.cache) as cache:
    paths = [p.decode() for p in cache["clips/path"][:]]
    for row in np.unique(np.linspace(0, len(paths) - 1, arguments.clips).astype(int)):
        path = Path(paths[row])
        expected = transforms(path if path.exists() else Path(arguments.folder) / path)
        for name, e in zip(LIMITS, expected):
            stored = cache["features"][name][row]
            if name == "mfcc":
                error = np.linalg.norm(stored - e) / np.linalg.norm(e)
            else:
                error = np.abs(stored - e).max()
            worst[name] = max(worst[name], float(error))
            if not error <= LIMITS[name]:  # so that a NaN fails
                beyond += 1
                print(f"{path}: {name} differs by {error:.2g}, allowed {LIMITS[name]}")
print(f"librosa {librosa.__version__}, largest differences: " + ", ".join(f"{n} {v:.1e}" for n, v in worst.items()))
raise SystemExit(beyond > 0)
