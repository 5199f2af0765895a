"""Compare a feature cache with librosa: check_cache.py CACHE.h5 FOLDER [--clips 8]

Fails beyond the tolerances of docs/transforms.md.
"""
import argparse
import json
from pathlib import Path

import h5py
import librosa
import numpy as np

from librosa_transforms import transforms

# The percussion's by its kind. What float16 adds is half a unit of its last place.
LIMITS = {"spectrogram": 0.01, "percussion": 0.02, "mfcc": 1e-4, "chromagram": 1e-3}
PERCUSSION = {"flux": 0.02, "tempogram": 1e-3, "hpss": 0.02}

parser = argparse.ArgumentParser()
parser.add_argument("cache")
parser.add_argument("folder")
parser.add_argument("--clips", type=int, default=8)
arguments = parser.parse_args()
worst, beyond = dict.fromkeys(LIMITS, 0.0), 0
with h5py.File(arguments.cache) as cache:
    kind = json.loads(cache.attrs["features"])["percussion"]["kind"]
    LIMITS["percussion"] = PERCUSSION[kind]
    paths = [p.decode() for p in cache["clips/path"][:]]
    for row in np.unique(np.linspace(0, len(paths) - 1, arguments.clips).astype(int)):
        path = Path(paths[row])
        expected = transforms(path if path.exists() else Path(arguments.folder) / path, kind)
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
print(f"{kind} against librosa {librosa.__version__}, largest differences: " + ", ".join(f"{n} {v:.1e}" for n, v in worst.items()))
raise SystemExit(beyond > 0)
