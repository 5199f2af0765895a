"""What the tests of the cache under fire share: a small data set, the cache that an undisturbed build makes of it, the
states a builder may find, and what must hold after any disturbance.

With GENRETRACK_LONG in the environment the tests run in full, else a sample of each. GENRETRACK_COUNTS names a file to
which they append what they did."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "program"))
import program  # noqa: E402
from program import DATA, DONE, FAILURE, PROGRAM, TINY_SPEC, ProgramTest, tone, wav_bytes  # noqa: E402,F401



def memory_disk_serves(path="/dev/shm"):
    """Containers often have a small one, from which no program may be started."""
    if not os.access(path, os.W_OK):
        return False
    space = os.statvfs(path)
    return not space.f_flag & os.ST_NOEXEC and space.f_bavail * space.f_frsize > 512 << 20


# Hundreds of syncs a minute would wait for a disk; nothing here depends on which file system it is.
if memory_disk_serves():
    tempfile.tempdir = "/dev/shm"
LONG = bool(os.environ.get("GENRETRACK_LONG"))
SPEC_REFUSED = program.SPEC
CLIP_SECONDS = 0.3
FEATURES = {"clip_seconds": 0.2, "sample_rate": 8000, "n_fft": 512, "hop_length": 200,
            "spectrogram": {"n_mels": 16}, "mfcc": {"n_mfcc": 5}}
SPEC = {**TINY_SPEC, "features": FEATURES,
        "training": {"segment_seconds": 0.2, "batch_size": 4, "epochs": 1}}


def count(what, number):
    print(f"{number} {what}", file=sys.stderr)
    if os.environ.get("GENRETRACK_COUNTS"):
        with open(os.environ["GENRETRACK_COUNTS"], "a", encoding="utf-8") as file:
            file.write(f"{number} {what}\n")


def short_wav(number):
    return wav_bytes(tone(200 + 37 * number, CLIP_SECONDS))


class FireTest(ProgramTest):
    """music/{high,low}/{0,1,2}.wav, spec.json, and out/ for the cache, all named by absolute paths, so that a trace of
    system calls shows which concern them."""

    def setUp(self):
        super().setUp()
        self.folder = self.folder.resolve()
        self.out = self.folder / "out"
        self.out.mkdir()
        self.target = self.out / "f.h5"
        self.write("spec.json", SPEC)
        for number in range(6):
            self.write(f"music/{'high' if number < 3 else 'low'}/{number % 3}.wav", short_wav(number))

    def arguments(self, *more):
        # The device is named: looking for another makes system calls of its own, and says what it found.
        return ["cache", "--device", "cpu", self.folder / "music", "--spec", self.folder / "spec.json", "-o", self.target, *more]

    def cache(self, *more, **expect):
        return self.call(*self.arguments(*more), **expect)

    def listing(self):
        return {path.name: path.read_bytes() for path in self.out.iterdir()}

    def restore(self, state):
        shutil.rmtree(self.out)
        self.out.mkdir()
        for name, content in state.items():
            (self.out / name).write_bytes(content)

    def undisturbed(self):
        """The bytes of a build from nothing; out/ is empty afterwards."""
        self.restore({})
        self.cache()
        self.assertEqual(list(self.listing()), ["f.h5"])
        whole = self.target.read_bytes()
        self.restore({})
        return whole

    def check_target(self, state, whole, shown):
        """Whatever happened, the cache is the earlier one, the finished one, or was never there."""
        now = self.target.read_bytes() if self.target.exists() else None
        self.assertTrue(now == whole or now == state.get("f.h5"), "neither the earlier cache nor the finished one\n" + shown)

    def check_rerun(self, whole, shown, *more):
        """The rerun makes what an undisturbed build makes, and leaves nothing else behind."""
        process = self.start(*self.arguments(*more))
        stdout, stderr = process.communicate(timeout=240)
        self.assertEqual(process.returncode, DONE, f"rerun: {stderr}\nafter {shown}")
        self.assertTrue(self.target.read_bytes() == whole, f"the rerun gives other bytes\n{stdout}\nafter {shown}")
        self.assertEqual([path.name for path in self.out.iterdir()], ["f.h5"], f"after {shown}")


class States:
    """The states that a builder may find in out/, each as {file: bytes}; all of them end in the same cache. Made once for
    a test; they change the recordings, so that the last state made is the one the recordings are in."""

    def __init__(self, test):
        self.all = {"nothing": ({}, [])}
        music = test.folder / "music"
        gone = music / "low" / "9.wav"
        gone.write_bytes(short_wav(9))
        changed = (music / "high/1.wav").read_bytes()
        (music / "high/1.wav").write_bytes(short_wav(7))
        added = (music / "low/2.wav").read_bytes()
        (music / "low/2.wav").unlink()
        test.cache()
        earlier = test.listing()
        gone.unlink()
        (music / "high/1.wav").write_bytes(changed)
        (music / "low/2.wav").write_bytes(added)
        os.utime(music / "high/0.wav", ns=(1, 1))
        self.all["an earlier cache of other clips"] = (earlier, [])

        self.whole = test.undisturbed()
        other = {**SPEC, "features": {**FEATURES, "spectrogram": {"n_mels": 12}}}
        test.write("other.json", other)
        test.call("cache", music, "--spec", test.folder / "other.json", "-o", test.target)
        self.all["an earlier cache of other parameters"] = (test.listing(), [])

        damaged = bytearray(self.whole)
        damaged[len(damaged) // 2] ^= 1
        self.all["a damaged row, --verify"] = ({"f.h5": bytes(damaged)}, ["--verify"])
        damaged = bytearray(self.whole)
        damaged[200] ^= 1
        self.all["a damaged header"] = ({"f.h5": bytes(damaged)}, [])

        if can_trace():
            for name, before in (("an unfinished build", {}), ("an unfinished update", earlier)):
                test.restore(before)
                # A few clips in, wherever their rows go to: the journal gets a line for each.
                code, stderr = traced(test, test.arguments("--threads", "1"), "write", "signal=SIGKILL", 4)
                left = test.listing()
                test.assertIn("f.h5.journal", list(left), f"{name}: exit {code}, {stderr}")
                self.all[name] = (left, [])
        test.restore({})


def can_trace():
    """Whether strace is there and may trace; why_not_traced() says why not."""
    return why_not_traced() == ""


def why_not_traced(cached=[]):  # noqa: B006  asked once
    if not cached:
        if shutil.which("strace") is None:
            cached.append("strace is not installed")
        else:
            done = subprocess.run(["strace", "-f", "-o", os.devnull, "-e", "inject=fsync:error=EIO", "true"],
                                  capture_output=True, text=True, check=False)
            cached.append("" if done.returncode == 0 else f"strace may not trace here: {done.stderr.strip()[:200]}")
    return cached[0]


needs_strace = unittest.skipUnless(can_trace(), why_not_traced())


def traced(test, arguments, call, fault, when):
    """Runs the program with the `when`-th call of each thread failing, or killing it. Returns exit code and stderr; the
    code is negative where a signal ended it."""
    return strace(test, arguments, ["-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={when}"])[:2]


def strace(test, arguments, options):
    with tempfile.NamedTemporaryFile("r", prefix="genretrack-strace-", encoding="utf-8", errors="replace") as log:
        # strace 6.1 sends no signals together with --seccomp-bpf, which is faster.
        fast = [] if any("signal=" in option for option in options) else ["--seccomp-bpf"]
        done = subprocess.run(["strace", "-f", *fast, "-y", "-s", "0", "-o", log.name, *options, PROGRAM,
                               *map(str, arguments)], cwd="/", capture_output=True, text=True, check=False, timeout=240,
                              env={**os.environ, "LC_ALL": "C", "OMP_WAIT_POLICY": "passive"})
        return done.returncode, done.stderr, log.read()
