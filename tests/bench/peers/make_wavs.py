"""Makes a data set to time: make_wavs.py FOLDER [--clips 448]: two genres of generated music, 30 s, 22,050 Hz mono, 16 bit."""
import argparse
import sys
import wave
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "golden"))
import signals  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--clips", type=int, default=448)
arguments = parser.parse_args()
pcm = signals.music(661500)
for i in range(arguments.clips):
    path = Path(arguments.folder) / ("even" if i % 2 == 0 else "odd") / f"clip{i:04d}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(np.roll(pcm, 7919 * i).tobytes())
