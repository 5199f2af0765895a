"""Recordings and data sets that cannot be used: exit code 4, and a message that names the place."""
import os
import unittest

from program import DATA, DONE, GOOD_WAV, ProgramTest, tone, wav_bytes

NAN = float("nan")
FOLDER = object()  # stands for a folder of that name

# what it is, the file's name, its content, exit code, what stderr says beside the name
BAD_RECORDINGS = [
    ("text named .wav", "bad.wav", b"dear diary, this is not audio\n" * 50, DATA, "audio"),
    ("empty", "bad.wav", b"", DATA, "empty"),
    ("cut in its header", "bad.wav", GOOD_WAV[:30], DATA, ""),
    ("header only", "bad.wav", GOOD_WAV[:44], DATA, ""),
    ("cut in its data", "bad.wav", GOOD_WAV[:len(GOOD_WAV) // 2], DATA, "cut"),
    ("a folder", "bad.wav", FOLDER, DATA, "folder"),
    ("NaN samples", "bad.wav", wav_bytes(tone(440, 0.5) + [NAN], "float"), DATA, "finite"),
    ("infinite samples", "bad.wav", wav_bytes(tone(440, 0.5) + [float("inf")], "float"), DATA, "finite"),
    ("text named .mp3", "bad.mp3", b"dear diary, this is not audio\n" * 50, DATA, ""),
    ("text named .flac", "bad.flac", b"dear diary, this is not audio\n" * 50, DATA, ""),
]

# what it is, files, arguments, what stderr says
BAD_DATA_SETS = [
    ("nothing there", {}, ["absent"], "absent"),
    ("a genre without audio", {"m/a/1.wav": GOOD_WAV, "m/b/notes.txt": "no audio"}, ["m"], "b"),
    ("one genre only", {"m/a/1.wav": GOOD_WAV, "m/a/2.wav": GOOD_WAV}, ["m"], "genre"),
    ("an empty CSV", {"m.csv": ""}, ["m.csv"], "m.csv"),
    ("a CSV without path", {"m.csv": "file,genre\na.wav,a\n"}, ["m.csv"], "path"),
    ("a CSV line with a field too many", {"m.csv": "path,genre\na.wav,a,b\n"}, ["m.csv"], "m.csv:2"),
    ("a CSV with a missing recording", {"m.csv": "path,genre\na.wav,a\nb.wav,b\n"}, ["m.csv"], "a.wav"),
    ("a clip twice", {"a.wav": GOOD_WAV, "m.csv": "path,genre\na.wav,a\na.wav,b\n"}, ["m.csv"], "a.wav"),
    ("a year that is none", {"a.wav": GOOD_WAV, "b.wav": GOOD_WAV,
                             "m.csv": "path,genre,year\na.wav,a,1999\nb.wav,b,soon\n"}, ["m.csv"], "m.csv:3"),
]


class Recordings(ProgramTest):
    def make_two_genres(self):
        for name in ("a/1", "a/2", "b/1", "b/2"):
            self.write(f"m/{name}.wav", GOOD_WAV)

    def test_refuses_bad_recordings(self):
        self.make_two_genres()
        for number, (what, name, content, exit_code, says) in enumerate(BAD_RECORDINGS):
            with self.subTest(what):
                path = self.folder / "m" / "a" / name
                if content is FOLDER:
                    path.mkdir()
                else:
                    path.write_bytes(content)
                self.call("cache", "m", "-o", f"{number}.h5", exit_code=exit_code, says=[f"a/{name}", says])
                path.rmdir() if content is FOLDER else path.unlink()

    def test_show_refuses_bad_recordings(self):
        for number, (what, name, content, exit_code, says) in enumerate(BAD_RECORDINGS):
            with self.subTest(what):
                path = self.folder / f"{number}-{name}"
                if content is FOLDER:
                    path.mkdir()
                else:
                    path.write_bytes(content)
                self.call("show", path.name, "-o", "page.html", exit_code=exit_code, says=[path.name, says])
                self.assertFalse((self.folder / "page.html").exists())

    def test_pads_clips_of_two_samples(self):
        self.make_two_genres()
        self.write("m/a/short.wav", wav_bytes([0.5, -0.5]))
        self.call("cache", "m", "-o", "f.h5", exit_code=DONE)

    def test_refuses_bad_data_sets(self):
        for number, (what, files, arguments, says) in enumerate(BAD_DATA_SETS):
            with self.subTest(what):
                for name, content in files.items():
                    self.write(f"{number}/{name}", content)
                self.call("cache", f"{number}/{arguments[0]}", "-o", f"{number}.h5", exit_code=DATA, says=says)
                self.assertFalse((self.folder / f"{number}.h5").exists())

    def test_refuses_targets_that_cannot_be_written(self):
        self.make_two_genres()
        self.write("file", "not a folder")
        (self.folder / "folder.h5").mkdir()
        for target in ("file/f.h5", "folder.h5", "/proc/f.h5"):
            with self.subTest(target):
                self.call("cache", "m", "-o", target, exit_code=DATA, says=target.split("/f.h5")[0])
        if os.geteuid() != 0:  # root writes everywhere
            (self.folder / "locked").mkdir(mode=0o500)
            self.call("cache", "m", "-o", "locked/f.h5", exit_code=DATA, says="locked")


if __name__ == "__main__":
    unittest.main()
