"""Makes the golden values of this folder with librosa and torchaudio: make_golden.py [CASE...]

python -m venv venv && venv/bin/pip install librosa==0.11.0 torch==2.11.0 torchaudio==2.11.0 && venv/bin/python make_golden.py

Per case a file of float32: for every kept frame the spectrogram, the percussion, the MFCC (its differences behind it)
and the chromagram, one behind another. cases.txt has the parameters, the distance of the kept frames, the tuning, and
the versions. The one input that is not generated (44.1 kHz stereo, resampled by soxr) is kept as stereo.pcm.f32.
"""
import functools
import sys
import warnings
from pathlib import Path

import librosa
import numpy as np
import scipy
import soxr
import torch
import torchaudio
from torchaudio import transforms

import signals
from golden_cases import cases

HERE = Path(__file__).parent
COLUMNS = ("name signal samples sample_rate n_fft hop_length n_mels n_mfcc every tuning "
           "profile scale percussion lifter deltas tuning_mode")


def stereo():
    """Music left and noise right at 44,100 Hz, averaged, then resampled as the decoder does it."""
    left, right = signals.music(30870).astype(np.float32), signals.noise(30870).astype(np.float32)
    return soxr.resample((left + right) / 65536, 44100, 22050, quality="HQ").astype(np.float32)


@functools.lru_cache
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


class Librosa:
    """A consistent set of definitions: how a power spectrogram, a mel map and decibels are made."""

    def __init__(self, case):
        self.case = case

    def power(self, y):
        return np.abs(librosa.stft(y, n_fft=self.case.n_fft, hop_length=self.case.hop_length)) ** 2

    def mel(self, power):
        case = self.case
        return librosa.feature.melspectrogram(S=power, sr=case.sample_rate, n_fft=case.n_fft, n_mels=case.n_mels)

    def decibel(self, power):
        return librosa.power_to_db(power)

    def linear(self, power):
        return librosa.amplitude_to_db(np.sqrt(power))

    def mfcc(self, y, mel):
        return librosa.feature.mfcc(S=self.decibel(mel), n_mfcc=self.case.n_mfcc)


class Torchaudio(Librosa):
    def power(self, y):
        return transforms.Spectrogram(self.case.n_fft, hop_length=self.case.hop_length)(torch.from_numpy(y)).numpy()

    def mel(self, power):
        case = self.case
        bank = transforms.MelScale(case.n_mels, case.sample_rate, n_stft=case.n_fft // 2 + 1)
        return bank(torch.from_numpy(np.ascontiguousarray(power))).numpy()

    def decibel(self, power):
        return transforms.AmplitudeToDB("power")(torch.from_numpy(power)).numpy()

    linear = decibel

    def mfcc(self, y, mel):
        case = self.case
        whole = transforms.MFCC(case.sample_rate, case.n_mfcc, melkwargs={
            "n_fft": case.n_fft, "hop_length": case.hop_length, "n_mels": case.n_mels})
        return whole(torch.from_numpy(y)).numpy()


def percussion_of(case, library, power, mel):
    db = library.decibel(mel)
    if case.percussion == "flux":
        return np.maximum(0, np.diff(db, axis=1, prepend=db[:, :1]))
    if case.percussion == "tempogram":
        onset = librosa.onset.onset_strength(S=db, sr=case.sample_rate, n_fft=case.n_fft, hop_length=case.hop_length)
        return librosa.feature.tempogram(onset_envelope=onset, sr=case.sample_rate, hop_length=case.hop_length)
    _, percussive = librosa.decompose.hpss(np.sqrt(power))
    return library.decibel(library.mel(percussive**2))


def mfcc_of(case, library, y, mel):
    mfcc = library.mfcc(y, mel)
    if case.lifter:
        # As librosa.feature.mfcc(lifter=) does it, for either library's coefficients.
        assert case.profile != "librosa" or np.array_equal(
            librosa.feature.mfcc(S=library.decibel(mel), n_mfcc=case.n_mfcc, lifter=case.lifter), lift(mfcc, case.lifter))
        mfcc = lift(mfcc, case.lifter)
    return np.concatenate([mfcc] + [librosa.feature.delta(mfcc, order=order) for order in range(1, case.deltas + 1)])


def lift(mfcc, lifter):
    steps = np.sin(np.pi * np.arange(1, 1 + len(mfcc), dtype=mfcc.dtype) / lifter)
    return mfcc * (1 + (lifter / 2) * steps[:, np.newaxis])


def make(case):
    y = samples_of(case.signal, case.samples)
    library = (Librosa if case.profile == "librosa" else Torchaudio)(case)
    power = library.power(y)
    mel = library.mel(power)
    spectrogram = library.decibel(mel) if case.scale == "mel" else library.linear(power)
    percussion, mfcc = percussion_of(case, library, power, mel), mfcc_of(case, library, y, mel)
    tuning = case.tuning if case.tuning_mode == "fixed" else 0.0
    if case.tuning_mode == "estimate":
        tuning = librosa.estimate_tuning(S=power, sr=case.sample_rate, n_fft=case.n_fft)
        refuse_tie(power, case.sample_rate, case.n_fft)
    chroma = librosa.feature.chroma_stft(S=power, sr=case.sample_rate, n_fft=case.n_fft, tuning=tuning)
    rows = np.concatenate([spectrogram, percussion, mfcc, chroma])[:, ::case.every].T
    assert np.isfinite(rows).all()
    rows.astype("<f4").tofile(HERE / f"{case.name}.f32")
    line = (f"{case.name} {case.signal} {case.samples} {case.sample_rate} {case.n_fft} {case.hop_length} {case.n_mels} "
            f"{case.n_mfcc} {case.every} {tuning:.2f} {case.profile} {case.scale} {case.percussion} {case.lifter} "
            f"{case.deltas} {case.tuning_mode}")
    print(line, f"{rows.nbytes / 1024:.0f} KiB", flush=True)
    return line


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # clips shorter than a window, silence
    wanted = set(sys.argv[1:])
    lines = [make(case) for case in cases() if not wanted or case.name in wanted]
    if not wanted:
        versions = (f"librosa {librosa.__version__}, torchaudio {torchaudio.__version__}, torch {torch.__version__}, "
                    f"numpy {np.__version__}, scipy {scipy.__version__}, soxr {soxr.__version__}")
        header = f"# made by make_golden.py with {versions}\n# {COLUMNS}\n"
        (HERE / "cases.txt").write_text(header + "\n".join(lines) + "\n")
