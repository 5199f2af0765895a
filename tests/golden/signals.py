"""The test signals of tests/reference/dsp_signals.h, in the same integer arithmetic, so that every sample is equal.

Each function gives int16 samples, which stand for value / 32768.
"""
import numpy as np

WORD = 1 << 32
# Steps of a 32-bit phase for C3 E3 G3 A3 C4 D4 E4 F4 G4 A4 B4 C5 at 22,050 Hz.
NOTES = [25480398, 32103300, 38177543, 42852281, 50960795, 57201145, 64206600, 68024515, 76355086, 85704563, 96200110, 101921591]
CHORDS = [(0, 4, 6, 8), (3, 4, 6, 9), (1, 5, 7, 9), (2, 5, 8, 10)]
BEAT = 5512  # samples between drum strokes


def step(state):
    """A linear congruential generator (Numerical Recipes)."""
    return (state * 1664525 + 1013904223) % WORD


def wave(phase):
    """A sine made of parabolas: a 32-bit phase to about -32768 .. 32767."""
    p = phase >> 16
    x = p & 0x7FFF
    y = (x * (32768 - x)) >> 13
    return -y if p & 0x8000 else y


def music(count, permille=1000):
    """Chords of four notes with an octave each, and drums; permille 1013 is 22 cents sharp."""
    out, state = [], 1
    phases = [0] * 8
    for n in range(count):
        chord = CHORDS[(n // (4 * BEAT)) % 4]
        total = 0
        for i, note in enumerate(chord):
            increment = NOTES[note] * permille // 1000
            phases[2 * i] = (phases[2 * i] + increment) % WORD
            phases[2 * i + 1] = (phases[2 * i + 1] + 2 * increment) % WORD
            total += wave(phases[2 * i]) // 16 + wave(phases[2 * i + 1]) // 32
        state = step(state)
        since = n % BEAT
        if since < 2048:
            total += ((state >> 17) - 16384) * (2048 - since) // 4096
        out.append(max(-32768, min(32767, total)))
    return np.array(out, np.int16)


def noise(count):
    out, state = [], 7
    for _ in range(count):
        state = step(state)
        out.append(((state >> 16) - 32768) // 4)
    return np.array(out, np.int16)


def sweep(count):
    """From 100 Hz up, by about 4 kHz per second, at half of full scale."""
    out, phase, increment = [], 0, 19478000
    for _ in range(count):
        phase = (phase + increment) % WORD
        increment += 35000
        out.append(wave(phase) // 2)
    return np.array(out, np.int16)


def silence(count):
    return np.zeros(count, np.int16)


def impulse(count):
    """One sample at full scale, a third into the signal."""
    out = silence(count)
    out[count // 3] = 32767
    return out


def clipped(count):
    """Music six times too loud."""
    return np.clip(6 * music(count).astype(np.int32), -32768, 32767).astype(np.int16)
