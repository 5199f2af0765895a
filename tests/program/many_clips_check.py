"""Ten thousand recordings: the same memory as ten, and only what is new is computed.

The recordings are short and generated; the peak of the process's resident memory is the system's own figure.
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from program import PROGRAM, RATE, wav_bytes

FEW, MANY, MORE = 10, 10_000, 10
# The list of clips itself: path, labels, hashes and reasons of each, in a few copies.
BYTES_PER_CLIP = 4096
SPEC = {
    "name": "short",
    "dataset": {"path": "music"},
    "features": {"clip_seconds": 1, "spectrogram": {"n_mels": 40}, "mfcc": {"n_mfcc": 13}},
    "model": {"branches": [{"input": "mfcc", "architecture": "dense"}]},
    "training": {"segment_seconds": 0.5},
}


def recording(number):
    return wav_bytes([((number * 7919 + i * (3 + number % 11)) % 2000 - 1000) / 32767 for i in range(RATE // 20)])


class ManyClips(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="genretrack-test-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        (self.folder / "short.json").write_text(json.dumps(SPEC), encoding="utf-8")

    def add(self, folder, first, count):
        for number in range(first, first + count):
            path = self.folder / folder / f"genre{number % 10}" / f"{number}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(recording(number))

    def cache(self, folder):
        """The report of `genretrack cache` and the largest number of bytes that it held in memory."""
        with open(self.folder / "report.json", "wb") as report:
            process = subprocess.Popen([PROGRAM, "cache", folder, "-o", folder + ".h5", "--spec", "short.json", "--json"],
                                       cwd=self.folder, stdout=report, stderr=subprocess.PIPE, text=True)
            said = process.stderr.read()
            process.stderr.close()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0, said)
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8")), usage.ru_maxrss * 1024

    def test_memory_is_flat_and_only_new_clips_are_computed(self):
        self.add("few", 0, FEW)
        report, few = self.cache("few")
        self.assertEqual(report["computed"], FEW)
        self.add("many", 0, MANY)
        report, many = self.cache("many")
        self.assertEqual(report["computed"], MANY)
        self.assertLess(many, few + MANY * BYTES_PER_CLIP, f"{few / 1e6:.0f} MB for {FEW} clips, {many / 1e6:.0f} for {MANY}")
        self.add("many", MANY, MORE)
        report, more = self.cache("many")
        self.assertEqual((report["computed"], report["reused"]), (MORE, MANY))
        self.assertLess(more, few + 2 * MANY * BYTES_PER_CLIP)
        report, _ = self.cache("many")
        self.assertEqual((report["computed"], report["reused"]), (0, MANY + MORE))
        print(f"{few / 1e6:.0f} MB for {FEW}, {many / 1e6:.0f} for {MANY}, {more / 1e6:.0f} for adding {MORE}")


if __name__ == "__main__":
    unittest.main()
