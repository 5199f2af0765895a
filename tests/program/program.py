"""What the end-to-end tests share: running the real program in a folder of its own, and making recordings."""
import json
import math
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest

PROGRAM = pathlib.Path(os.environ["GENRETRACK_PROGRAM"]).resolve()
RATE = 22050

DONE, FAILURE, USAGE, SPEC, DATA, UNSUPPORTED, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6


def wav_bytes(samples, sample_format="int16"):
    """A mono wav file; `samples` from -1 to 1."""
    if sample_format == "int16":
        data = struct.pack(f"<{len(samples)}h", *(round(32767 * x) for x in samples))
        header = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)
    else:
        data = struct.pack(f"<{len(samples)}f", *samples)
        header = struct.pack("<HHIIHH", 3, 1, RATE, 4 * RATE, 4, 32)
    body = b"WAVEfmt " + struct.pack("<I", len(header)) + header + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tone(frequency, seconds=3.0):
    return [0.3 * math.sin(2 * math.pi * frequency * i / RATE) * (0.2 + (i * 4 // RATE) % 2)
            for i in range(int(seconds * RATE))]


GOOD_WAV = wav_bytes(tone(440, 1.0))
TINY_SPEC = {
    "name": "tiny",
    "dataset": {"path": "music", "split": {"type": "random", "test_fraction": 0.25}},
    "features": {"clip_seconds": 3},
    "model": {"branches": [{"input": "mfcc", "architecture": "dense", "units": [8]}]},
    "training": {"segment_seconds": 1, "batch_size": 4, "epochs": 3},
}


class ProgramTest(unittest.TestCase):
    """Each test has an empty folder, in which the program runs."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="genretrack-test-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    def make_music(self, clips=8, seconds=3.0):
        """music/<genre>/<number>.wav: two genres that differ in pitch."""
        for genre, base in (("high", 880), ("low", 220)):
            for number in range(clips):
                self.write(f"music/{genre}/{number}.wav", wav_bytes(tone(base * (1 + 0.02 * number), seconds)))

    def start(self, *arguments, **options):
        environment = {**os.environ, "LC_ALL": "C"}
        environment.pop("GENRETRACK_DATA", None)
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder, env=environment, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.addCleanup(end, process)
        return process

    def call(self, *arguments, exit_code=DONE, says=(), timeout=240):
        """Runs the program to its end; checks its exit code and that stderr says each of `says`, in any case."""
        process = self.start(*arguments)
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.fail(f"{arguments}: still running after {timeout} s")
        shown = f"genretrack {' '.join(map(str, arguments))[:300]}\nexit {process.returncode}\n" \
                f"stdout: {stdout[:1500]}\nstderr: {stderr[:3000]}"
        self.assertEqual(process.returncode, exit_code, shown)
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text.lower(), stderr.lower(), shown)
        if exit_code not in (DONE, INTERRUPTED):
            self.assertEqual(stdout, "", "nothing but results goes to stdout\n" + shown)
            self.assertLess(len(stderr), 4000, "a message, not a flood")
            for leak in ("terminate called", "what():", "HDF5-DIAG", "[json.exception", "backtrace"):
                self.assertNotIn(leak, stderr, shown)
        return stdout, stderr


def end(process):
    """What a failed test leaves running would disturb the next."""
    if process.poll() is None:
        process.kill()
        process.wait()


def set_field(document, pointer, value):
    """A copy of a JSON document with one field changed."""
    copy = json.loads(json.dumps(document))
    place = copy
    *parents, last = pointer.strip("/").split("/")
    for key in parents:
        place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
    place[last] = value
    return copy
