"""show: pictures of a recording or of a part of it, as page, PNG and SVG."""
import json
import resource
import unittest
import xml.etree.ElementTree

from program import DATA, GOOD_WAV, ProgramTest, RATE, SPEC, TINY_SPEC, USAGE, tone, wav_bytes

FOUR = ["spectrogram", "flux", "mfcc", "chromagram"]

# arguments, exit code, what stderr says
REFUSED = [
    (["absent.wav"], DATA, "absent.wav"),
    (["song.wav", "-o", "absent/song.html"], DATA, "absent"),
    (["song.wav", "-o", "song.txt"], USAGE, ".html, .png or .svg"),
    (["song.wav", "-o", "song"], USAGE, ".html, .png or .svg"),
    (["song.wav", "-o", "-"], USAGE, ".html, .png or .svg"),
    (["song.wav", "--start", "3"], USAGE, "song.wav: --start 3.00 s lies behind its end; it lasts 3.00 s"),
    (["song.wav", "--start", "1:00:00"], USAGE, "--start 1:00:00 lies behind"),
    (["song.wav", "--start", "-1"], USAGE, "--start"),
    (["song.wav", "--start", "1:75"], USAGE, "1:02:03.5"),
    (["song.wav", "--start", "soon"], USAGE, "soon"),
    (["song.wav", "--seconds", "0"], USAGE, "less than a frame"),
    (["song.wav", "--seconds", "0.01"], USAGE, "less than a frame"),
    (["song.wav", "--seconds", "-3"], USAGE, "--seconds"),
    (["song.wav", "--seconds", "1801"], USAGE, "at most 1800"),
    (["song.wav", "--seconds", "nan"], USAGE, "nan"),
    (["song.wav", "--pictures", "spectogram"], USAGE, "did you mean \"spectrogram\""),
    (["song.wav", "--pictures", "mfcc,,flux"], USAGE, "\"\" is no picture"),
    (["song.wav", "--pictures", ""], USAGE, "\"\" is no picture"),
    (["song.wav", "--spec", "absent.json"], SPEC, "absent.json"),
    (["song.wav", "--spec", "two.json"], SPEC, "different features"),
]


class Show(ProgramTest):
    def show(self, *arguments):
        return json.loads(self.call("show", *arguments, "--json")[0])

    def shapes(self, *arguments):
        return {picture["name"]: picture["shape"] for picture in self.show(*arguments)["pictures"]}

    def test_draws_pages_and_pictures(self):
        self.write("song.wav", GOOD_WAV)
        self.call("show", "song.wav")
        page = (self.folder / "song.html").read_text(encoding="utf-8")
        for words in ("<html", "Spectrogram", "Percussion: flux", "MFCC", "Chromagram"):
            self.assertIn(words, page)
        self.call("show", "song.wav", "-o", "song.PNG")
        self.assertEqual((self.folder / "song.PNG").read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        self.call("show", "song.wav", "-o", "song.svg")
        root = xml.etree.ElementTree.parse(self.folder / "song.svg").getroot()
        self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
        self.assertEqual(len(list(root.iter("{http://www.w3.org/2000/svg}image"))), 4)

    def test_draws_the_same_bytes_each_time(self):
        self.write("song.wav", GOOD_WAV)
        for suffix in ("html", "png", "svg"):
            for name in ("a", "b"):
                self.call("show", "song.wav", "-o", f"{name}.{suffix}")
            self.assertEqual((self.folder / f"a.{suffix}").read_bytes(), (self.folder / f"b.{suffix}").read_bytes(), suffix)

    def test_takes_names_that_are_no_markup(self):
        name = "<img src=x> & \"söng\".wav"
        self.write(name, GOOD_WAV)
        self.call("show", name, "-o", "song.svg")
        root = xml.etree.ElementTree.parse(self.folder / "song.svg").getroot()
        self.assertEqual(root.find("{http://www.w3.org/2000/svg}title").text, name)

    def test_shows_the_part_that_is_asked_for(self):
        self.write("song.wav", wav_bytes(tone(440, 20)))
        shown = self.show("song.wav", "--start", "0:05.5", "--seconds", "4", "-o", "part.png")
        self.assertEqual(shown["seconds"], 20)
        self.assertAlmostEqual(shown["start"], 5.5, delta=512 / RATE)
        self.assertEqual(shown["seconds_shown"], 4)
        self.assertEqual([picture["name"] for picture in shown["pictures"]], FOUR)
        self.assertEqual({picture["shape"][1] for picture in shown["pictures"]}, {1 + 4 * RATE // 512})
        page = self.folder / "part.html"
        stdout, stderr = self.call("show", "song.wav", "--device", "cpu", "--start", "15", "--seconds", "60", "-o", page)
        self.assertIn("shown: 15.0 s to 20.0 s", stdout)
        self.assertIn("shown: 15.0 s to 20.0 s", page.read_text(encoding="utf-8"))
        self.assertEqual(stderr, "")

    def test_says_what_it_shows_of_a_long_recording(self):
        self.long_recording("mix.wav", 11 * 60)
        stdout, stderr = self.call("show", "mix.wav", "-o", "mix.png")
        self.assertIn("mix.wav lasts 11:00", stderr)
        self.assertIn("0:00 to 10:00 is shown", stderr)
        self.assertIn("--start", stderr)
        self.assertIn("shown: 0:00 to 10:00", stdout)
        self.assertEqual(self.call("show", "mix.wav", "--device", "cpu", "--seconds", "10", "-o", "mix.png")[1], "")

    def test_reads_only_the_part_of_hours(self):
        self.long_recording("mix.wav", 4 * 3600 + 1800)
        limit = 1_200_000_000  # bytes; the recording's samples as float take more
        process = self.start("show", "mix.wav", "--start", "4:29:30", "--json", "-o", "mix.html",
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        stdout, stderr = process.communicate(timeout=240)
        self.assertEqual(process.returncode, 0, stderr)
        shown = json.loads(stdout)
        self.assertEqual(shown["seconds"], 16200)
        self.assertAlmostEqual(shown["seconds_shown"], 30, delta=512 / RATE)
        self.assertIn("4:29:45", (self.folder / "mix.html").read_text(encoding="utf-8"))

    def long_recording(self, name, seconds):
        """Silence, which takes no room on the disk."""
        header = bytearray(GOOD_WAV[:44])
        header[4:8] = (36 + 2 * RATE * seconds).to_bytes(4, "little")
        header[40:44] = (2 * RATE * seconds).to_bytes(4, "little")
        with open(self.write(name, bytes(header)), "r+b") as file:
            file.truncate(44 + 2 * RATE * seconds)

    def test_draws_the_pictures_named_in_their_order(self):
        self.write("song.wav", GOOD_WAV)
        self.assertEqual(list(self.shapes("song.wav", "--pictures", "chromagram,flux,chromagram")), ["chromagram", "flux"])
        self.assertEqual(list(self.shapes("song.wav", "--pictures", "percussion")), ["flux"])
        self.assertEqual(list(self.shapes("song.wav", "--pictures", "mfcc,hpss")), ["mfcc", "harmonic", "percussive"])
        shapes = self.shapes("song.wav", "--pictures", "all")
        self.assertEqual({name: shape[0] for name, shape in shapes.items()},
                         {"spectrogram": 128, "flux": 128, "tempogram": 384, "harmonic": 128, "percussive": 128,
                          "mfcc": 20, "chromagram": 12})

    def test_uses_the_features_of_a_spec(self):
        self.write("song.wav", wav_bytes(tone(440, 2)))
        features = {"sample_rate": 16000, "n_fft": 1024, "hop_length": 400, "clip_seconds": 1,
                    "spectrogram": {"n_mels": 40}, "mfcc": {"n_mfcc": 13}}
        self.write("spec.json", {**TINY_SPEC, "features": features})
        frames = 1 + 2 * 16000 // 400
        self.assertEqual(self.shapes("song.wav", "--spec", "spec.json"),
                         {"spectrogram": [40, frames], "flux": [40, frames], "mfcc": [13, frames], "chromagram": [12, frames]})

    def test_draws_the_percussion_scale_and_deltas_of_a_spec(self):
        self.write("song.wav", wav_bytes(tone(440, 2)))
        features = {"spectrogram": {"scale": "linear"}, "percussion": {"kind": "tempogram"}, "mfcc": {"deltas": 2}}
        self.write("spec.json", {**TINY_SPEC, "features": features})
        shapes = self.shapes("song.wav", "--spec", "spec.json", "-o", "song.html")
        self.assertEqual({name: shape[0] for name, shape in shapes.items()},
                         {"spectrogram": 1025, "tempogram": 384, "mfcc": 60, "chromagram": 12})
        page = (self.folder / "song.html").read_text(encoding="utf-8")
        for words in ("Percussion: tempogram", "tempo (BPM)", "MFCC: second differences", "frequency (Hz)"):
            self.assertIn(words, page)

    def test_refuses_what_it_cannot_do(self):
        self.write("song.wav", wav_bytes(tone(440, 3)))
        self.write("tiny.json", TINY_SPEC)
        self.write("two.json", {"base": "tiny.json", "grid": {"/features/mfcc/n_mfcc": [13, 20]}})
        before = sorted(self.folder.iterdir())
        for arguments, exit_code, says in REFUSED:
            with self.subTest(arguments):
                output = [] if "-o" in arguments else ["-o", "out.html"]
                self.call("show", *arguments, *output, exit_code=exit_code, says=says)
                self.assertEqual(sorted(self.folder.iterdir()), before)


if __name__ == "__main__":
    unittest.main()
