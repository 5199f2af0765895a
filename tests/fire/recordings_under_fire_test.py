"""Recordings that change, vanish or come back while they are read, and things in a data set that are no files."""
import os
import random
import threading
import unittest

from fire import DATA, DONE, LONG, FireTest, count, short_wav, tone, wav_bytes

ROUNDS = 150 if LONG else 12


class Disturber:
    """Does something to the recordings, again and again, until stopped."""

    def __init__(self, files, chance):
        self.files, self.chance, self.done = files, chance, 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.stop.is_set():
            self.disturb(self.chance.choice(self.files))
            self.done += 1
            self.stop.wait(self.chance.choice((0, 0.0005, 0.003)))

    def disturb(self, path):
        what = self.chance.randrange(7)
        other = wav_bytes(tone(self.chance.randint(200, 900), 0.3))  # of the same size as before
        if what == 0:
            path.unlink(missing_ok=True)
        elif what == 1:
            path.write_bytes(other)
        elif what == 2 and path.exists():
            os.truncate(path, self.chance.randrange(len(other)))
        elif what == 3:
            path.with_suffix(".new").write_bytes(other)
            path.with_suffix(".new").rename(path)
        elif what == 4 and path.exists():
            os.utime(path)
        elif what == 5:
            with open(path, "ab") as file:
                file.write(b"\0" * self.chance.randrange(1, 50))
        elif path.exists():
            with open(path, "r+b") as file:
                file.seek(self.chance.randrange(44, 4000))
                file.write(bytes([self.chance.randrange(256)]))

    def end(self):
        self.stop.set()
        self.thread.join()
        return self.done


class RecordingsUnderFire(FireTest):
    def test_changing_while_they_are_read(self):
        chance = random.Random(20261124)
        files = sorted((self.folder / "music").rglob("*.wav"))
        changes, ends = 0, {DONE: 0, DATA: 0}
        for number in range(ROUNDS):
            with self.subTest(number):
                for path in files:
                    if chance.random() < 0.7:
                        path.write_bytes(short_wav(chance.randint(0, 50)))
                disturber = Disturber(files, chance)
                try:
                    process = self.start(*self.arguments("--threads", "2", *chance.choice(([], ["--verify"]))))
                    _, stderr = process.communicate(timeout=60)
                finally:
                    changes += disturber.end()
                self.assertIn(process.returncode, (DONE, DATA), stderr)
                ends[process.returncode] += 1
                if process.returncode == DATA:
                    self.assertIn(str(self.folder / "music"), stderr)
                # Those that are left broken are made whole; of the others the cache must know by itself what changed.
                for path in files:
                    if not path.exists() or path.stat().st_size != len(short_wav(0)) or path.read_bytes()[:4] != b"RIFF":
                        path.write_bytes(short_wav(chance.randint(0, 50)))
                self.cache()
                self.assertEqual([path.name for path in self.out.iterdir()], ["f.h5"])
                updated = self.target.read_bytes()
                self.target.rename(self.folder / "updated.h5")
                self.cache()
                self.assertTrue(self.target.read_bytes() == updated, "not what a build from nothing gives")
        count("recordings changed while they were read", changes)
        count("builds with changing recordings", ROUNDS)
        if LONG:
            self.assertGreater(min(ends.values()), 0, f"{ends}: nothing was met in the act")

    def test_a_data_set_that_vanishes(self):
        self.cache()
        before = self.target.read_bytes()
        (self.folder / "music").rename(self.folder / "away")
        self.cache(exit_code=DATA, says="music")
        self.assertEqual(self.target.read_bytes(), before)
        (self.folder / "away").rename(self.folder / "music")
        self.cache()
        self.assertEqual(self.target.read_bytes(), before)

    def test_things_that_are_no_recordings(self):
        """Each is named, in no time, and does not keep the others from being computed."""
        path = self.folder / "music/high/thing.wav"
        things = {
            "a pipe": lambda: os.mkfifo(path),
            "a link to nowhere": lambda: path.symlink_to("nowhere.wav"),
            "a link to itself": lambda: path.symlink_to("thing.wav"),
            "an endless device": lambda: path.symlink_to("/dev/zero"),
            "a device without end or bytes": lambda: path.symlink_to("/dev/null"),
            "a link to a folder": lambda: path.symlink_to(".."),
            "a folder": lambda: path.mkdir(),
        }
        for what, make in things.items():
            with self.subTest(what):
                make()
                self.cache(exit_code=DATA, says="thing.wav", timeout=30)
                _, stderr = self.cache("--skip-unreadable", timeout=30)
                self.assertIn("thing.wav", stderr)
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
                self.target.unlink()
                self.cache()
                self.target.unlink()

    def test_links_in_circles(self):
        (self.folder / "music/high/again").symlink_to("..")
        self.cache(timeout=30, exit_code=DONE)


if __name__ == "__main__":
    unittest.main()
