"""Ten recordings added to ten thousand: ten are computed. (A sample adds them to three hundred.)"""
import json
import math
import struct
import unittest

from fire import LONG, FireTest, count

CLIPS = 10000 if LONG else 300
RATE = 8000


def tiny_wav(number):
    """0.1 s at 8 kHz; no two alike."""
    samples = [round(9000 * math.sin(0.02 * (1 + number % 97) * i) + number % 8192) for i in range(RATE // 10)]
    data = struct.pack(f"<{len(samples)}h", *samples)
    header = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return b"RIFF" + struct.pack("<I", len(header) + 8 + len(data)) + header + b"data" + struct.pack("<I", len(data)) + data


class Scale(FireTest):
    def add(self, numbers):
        for number in numbers:
            self.write(f"music/high/n{number:05}.wav", tiny_wav(number))

    def done(self, *more):
        report = json.loads(self.cache("--json", *more, timeout=600)[0])
        return report["computed"], report["reused"]

    def test_adding_ten_computes_ten(self):
        had = 6
        self.add(range(CLIPS - had))
        self.assertEqual(self.done(), (CLIPS, 0))
        self.assertEqual(self.done(), (0, CLIPS))
        self.add(range(CLIPS, CLIPS + 10))
        self.assertEqual(self.done(), (10, CLIPS))
        self.assertEqual(self.done("--verify"), (0, CLIPS + 10))
        updated = self.target.read_bytes()
        self.target.unlink()
        self.assertEqual(self.done(), (CLIPS + 10, 0))
        self.assertTrue(self.target.read_bytes() == updated)
        count("clips with ten added to them", CLIPS)


if __name__ == "__main__":
    unittest.main()
