"""Makes the golden values of this folder with librosa: make_golden.py [CASE...]

python -m venv venv && venv/bin/pip install librosa==0.11.0 && venv/bin/python make_golden.py

Per case a file of float32: for every kept frame the spectrogram in dB, the flux, the MFCC and the chromagram, one behind
another. cases.txt has the parameters, the kept frames, the tuning, and the versions. The one input that is
not generated (44.1 kHz stereo, resampled by soxr) is kept as stereo.pcm.f32.
"""
import sys
import warnings
from pathlib import Path

import librosa
import numpy as np
import scipy
import soxr

import signals

HERE = Path(__file__).parent
# name, signal, samples, sample rate, n_fft, hop, n_mels, n_mfcc, distance of kept frames
CASES = [
    ("music", "music", 44113, 22050, 2048, 512, 128, 20, 5),
    ("music30", "music", 661500, 22050, 2048, 512, 128, 20, 97),
    ("sharp", "sharp", 35069, 22050, 2048, 512, 128, 20, 5),
    ("noise", "noise", 37063, 22050, 2048, 512, 128, 20, 5),
    ("sweep", "sweep", 44100, 22050, 2048, 512, 128, 20, 5),
    ("silence", "silence", 11025, 22050, 2048, 512, 128, 20, 11),
    ("short", "music", 700, 22050, 2048, 512, 128, 20, 1),
    ("stereo", "stereo", 15435, 22050, 2048, 512, 128, 20, 3),
    ("fft512", "music", 16001, 16000, 512, 200, 40, 13, 11),
    ("fft1024", "music", 20000, 22050, 1024, 256, 64, 20, 9),
    ("fft4096", "sharp", 44100, 44100, 4096, 1000, 128, 20, 5),
    ("fft8192", "music", 48000, 48000, 8192, 2048, 160, 40, 3),
]


def stereo():
    """Music left and noise right at 44,100 Hz, averaged, then resampled as the decoder does it."""
    left, right = signals.music(30870).astype(np.float32), signals.noise(30870).astype(np.float32)
    return soxr.resample((left + right) / 65536, 44100, 22050, quality="HQ").astype(np.float32)


def samples_of(name, count):
    if name == "stereo":
        y = stereo()
        assert len(y) == count, len(y)
        y.astype("<f4").tofile(HERE / "stereo.pcm.f32")
        return y
    pcm = signals.music(count, 1013) if name == "sharp" else getattr(signals, name)(count)
    return pcm.astype(np.float32) / 32768


def refuse_tie(power, rate, n_fft):
    """A tuning whose two fullest bins hold about the same count depends on rounding: no golden value."""
    pitch, strength = librosa.piptrack(S=power, sr=rate, n_fft=n_fft)
    if not (pitch > 0).any():
        return
    kept = pitch[(strength >= np.median(strength[pitch > 0])) & (pitch > 0)]
    residual = np.mod(12 * librosa.hz_to_octs(kept), 1.0)
    residual[residual >= 0.5] -= 1
    first, second = sorted(np.histogram(residual, np.linspace(-0.5, 0.5, 101))[0])[:-3:-1]
    print(f"  fullest tuning bins {first}, {second}")
    assert first > 1.01 * second, "tied tuning: take another length"


def make(name, signal, count, rate, n_fft, hop, n_mels, n_mfcc, every):
    y = samples_of(signal, count)
    power = np.abs(librosa.stft(y, n_fft=n_fft, hop_length=hop)) ** 2
    mel = librosa.power_to_db(librosa.feature.melspectrogram(S=power, sr=rate, n_fft=n_fft, n_mels=n_mels))
    flux = np.maximum(0, np.diff(mel, axis=1, prepend=mel[:, :1]))
    mfcc = librosa.feature.mfcc(S=mel, n_mfcc=n_mfcc)
    tuning = librosa.estimate_tuning(S=power, sr=rate, n_fft=n_fft)
    chroma = librosa.feature.chroma_stft(S=power, sr=rate, n_fft=n_fft, hop_length=hop)
    refuse_tie(power, rate, n_fft)
    rows = np.concatenate([mel, flux, mfcc, chroma])[:, ::every].T
    assert np.isfinite(rows).all()
    rows.astype("<f4").tofile(HERE / f"{name}.f32")
    line = f"{name} {signal} {count} {rate} {n_fft} {hop} {n_mels} {n_mfcc} {every} {tuning:.2f}"
    print(line, f"{rows.nbytes / 1024:.0f} KiB", flush=True)
    return line


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # clips shorter than a window, silence
    wanted = set(sys.argv[1:])
    lines = [make(*case) for case in CASES if not wanted or case[0] in wanted]
    if not wanted:
        header = (f"# made by make_golden.py with librosa {librosa.__version__}, numpy {np.__version__}, scipy {scipy.__version__}, "
                  f"soxr {soxr.__version__}\n# name signal samples sample_rate n_fft hop_length n_mels n_mfcc every tuning\n")
        (HERE / "cases.txt").write_text(header + "\n".join(lines) + "\n")
