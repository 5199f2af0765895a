"""The cases of make_golden.py: what signal, with which parameters."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str
    signal: str
    samples: int
    every: int  # distance of the kept frames
    sample_rate: int = 22050
    n_fft: int = 2048
    hop_length: int = 512
    n_mels: int = 128
    n_mfcc: int = 20
    profile: str = "librosa"
    scale: str = "mel"
    percussion: str = "flux"
    lifter: int = 0
    deltas: int = 0
    tuning_mode: str = "estimate"
    tuning: float = 0.0  # semitones, where it is fixed


# Signals at 22,050 Hz with the frames kept of them. Every bin of an impulse is as large as the next, so that rounding
# alone would choose its tuning.
SIGNALS = {
    "music": dict(samples=44113, every=11),
    "noise": dict(samples=37063, every=11),
    "sweep": dict(samples=44100, every=11),
    "impulse": dict(samples=20011, every=5, tuning_mode="none"),
    "silence": dict(samples=11025, every=11),
    "clipped": dict(samples=30013, every=7),
    "stereo": dict(samples=15435, every=5),
}


def flux():
    yield Case("music", "music", 44113, 5)
    yield Case("music30", "music", 661500, 97)
    yield Case("sharp", "sharp", 35069, 5)
    yield Case("noise", "noise", 37063, 5)
    yield Case("sweep", "sweep", 44100, 5)
    yield Case("silence", "silence", 11025, 11)
    yield Case("short", "music", 700, 1)
    yield Case("stereo", "stereo", 15435, 3)
    yield Case("fft512", "music", 16001, 11, 16000, 512, 200, 40, 13)
    yield Case("fft1024", "music", 20000, 9, 22050, 1024, 256, 64)
    yield Case("fft4096", "sharp", 44100, 5, 44100, 4096, 1000)
    yield Case("fft8192", "music", 48000, 3, 48000, 8192, 2048, 160, 40)
    yield Case("impulse", tuning_mode="none", signal="impulse", samples=20011, every=5)
    yield Case("clipped", "clipped", 30013, 7)
    yield Case("fft256", "noise", 8001, 31, 8000, 256, 80, 20, 13, lifter=26, deltas=2)


def tempogram():
    """With lifter and differences of the MFCC, of which the tempogram does not know."""
    for name, frames in SIGNALS.items():
        yield Case(f"tempogram_{name}", name, percussion="tempogram", n_mfcc=13, lifter=22, deltas=2, **frames)
    yield Case("tempogram_music10", "music", 220500, 47, percussion="tempogram", deltas=1)
    yield Case("tempogram_short", "music", 700, 1, percussion="tempogram")
    yield Case("tempogram_hop200", "sharp", 16001, 13, 16000, 2048, 200, 40, 13, percussion="tempogram", lifter=40)


def hpss():
    """With the linear spectrogram, and the tuning fixed where a signal has one to estimate."""
    fixed = dict(tuning_mode="fixed", tuning=-0.23)
    for name, frames in SIGNALS.items():
        yield Case(f"hpss_{name}", name, percussion="hpss", scale="linear", **{**fixed, **frames, "every": 13})
    yield Case("hpss_music10", "music", 220500, 47, percussion="hpss")
    # Three frames: with two, SciPy 1.17's median_filter reads outside the map (its "reflect" at multiples of four).
    yield Case("hpss_short", "noise", 1300, 1, percussion="hpss", tuning_mode="none")
    yield Case("hpss_fft512", "sharp", 16001, 13, 16000, 512, 200, 40, 13, percussion="hpss", scale="linear")
    yield Case("hpss_fft8192", "music", 48000, 5, 48000, 8192, 2048, 160, 40, percussion="hpss")


def torchaudio():
    torch = dict(profile="torchaudio")
    for name, frames in SIGNALS.items():
        yield Case(f"torch_{name}", name, **torch, **frames)
    yield Case("torch_linear", "music", 44113, 17, scale="linear", percussion="hpss", **torch)
    yield Case("torch_hpss", "clipped", 30013, 7, percussion="hpss", n_mfcc=13, deltas=1, **torch)
    yield Case("torch_tempogram", "music", 44113, 11, percussion="tempogram", lifter=22, deltas=2, **torch)
    yield Case("torch_music10", "music", 220500, 47, percussion="hpss", **torch)
    yield Case("torch_odd_rate", "noise", 11025, 5, 11025, 1024, 300, 64, 13, **torch)
    yield Case("torch_fft512", "sharp", 16001, 11, 16000, 512, 200, 40, 13, **torch)
    yield Case("torch_fft8192", "music", 48000, 5, 48000, 8192, 2048, 160, 40, **torch)


def cases():
    for kind in (flux, tempogram, hpss, torchaudio):
        yield from kind()
