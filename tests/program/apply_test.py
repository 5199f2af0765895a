"""A trained model at work: predict and evaluate on recordings that it knows, does not know, and cannot read."""
import csv
import json
import math
import shutil
import tempfile
import unittest

from program import DATA, UNSUPPORTED, USAGE, ProgramTest, TINY_SPEC, set_field, tone, wav_bytes

SPEC = set_field(set_field(TINY_SPEC, "/seeds", [1, 2]), "/training/epochs", 12)
SPEC = set_field(SPEC, "/model", {
    "branches": [{"input": "mfcc", "architecture": "dense", "units": [8]},
                 {"input": "spectrogram", "architecture": "cnn1d", "channels": [8]}],
    "fusion": {"strategy": "late"}})
GENRES = ["high", "low"]


class Apply(ProgramTest):
    trained = None  # a folder with music and a run, made once

    def setUp(self):
        super().setUp()
        if Apply.trained:
            shutil.copytree(Apply.trained.name, self.folder, dirs_exist_ok=True)
            return
        self.make_music()
        self.write("tiny.json", SPEC)
        self.call("run", "tiny.json")
        Apply.trained = tempfile.TemporaryDirectory(prefix="genretrack-test-")
        self.addClassCleanup(Apply.trained.cleanup)
        shutil.copytree(self.folder, Apply.trained.name, dirs_exist_ok=True)

    def json_of(self, *arguments, **expect):
        return json.loads(self.call(*arguments, "--json", **expect)[0])

    def told(self, seed, run="tiny"):
        """predictions.csv of a training: clip -> (part, probabilities)."""
        with open(self.folder / f"runs/{run}/seed-{seed}/predictions.csv", encoding="utf-8") as file:
            return {row["clip"]: (row["part"], [float(row[genre]) for genre in GENRES]) for row in csv.DictReader(file)}

    def test_predict_says_what_training_said(self):
        told = [self.told(1), self.told(2)]
        clip = next(clip for clip, (part, _) in told[0].items() if part == "test")
        for model, expected in (("runs/tiny/seed-1", told[0][clip][1]),
                                ("runs/tiny/", [sum(x) / 2 for x in zip(told[0][clip][1], told[1][clip][1])])):
            [found] = self.json_of("predict", f"music/{clip}", "--model", model, "--uncalibrated")["recordings"]
            self.assertIsNone(found["trained_on"])
            for genre, probability in zip(GENRES, expected):
                self.assertAlmostEqual(found["probabilities"][genre], probability, delta=2e-5)

    def test_predict_and_evaluate_stack_and_overlap_as_training_did(self):
        """Clips whose segments differ: stacking a mean is not the mean of what was stacked, nor are five segments three."""
        for genre, base in (("high", 880), ("low", 220)):
            for number in range(8):
                parts = [tone(base * (1 + 0.02 * number), 1.2), tone(440, 0.7), tone(base * 1.3, 1.1)]
                self.write(f"mixed/{genre}/{number}.wav", wav_bytes(sum(parts[number % 3:] + parts[:number % 3], [])))
        spec = set_field(set_field(SPEC, "/name", "stacked"), "/dataset/path", "mixed")
        spec = set_field(set_field(spec, "/seeds", [1]), "/model/fusion", {"strategy": "stacking", "prior_clips": 1})
        spec = set_field(spec, "/dataset/split/allow_leakage", True)  # the same tone is in several of them
        self.write("stacked.json", set_field(spec, "/evaluation", {"overlap": 0.5}))
        self.call("run", "stacked.json")
        told = self.told(1, "stacked")
        clip = next(clip for clip, (part, _) in told.items() if part == "test")
        [found] = self.json_of("predict", f"mixed/{clip}", "--model", "runs/stacked", "--uncalibrated")["recordings"]
        for genre, probability in zip(GENRES, told[clip][1]):
            self.assertAlmostEqual(found["probabilities"][genre], probability, delta=2e-5)
        evaluated = self.json_of("evaluate", "mixed", "--model", "runs/stacked", "--uncalibrated")["figures"]
        summary = json.loads((self.folder / "runs/stacked/summary.json").read_text(encoding="utf-8"))["test"]
        self.assertAlmostEqual(evaluated["log_loss"]["value"], summary["log_loss"], delta=1e-4)

    def test_baselines_are_refused(self):
        for baseline in ("svm", "majority"):
            spec = set_field(set_field(SPEC, "/name", baseline), "/seeds", [1])
            self.write("baseline.json", set_field(spec, "/model", {"branches": [{"input": "mfcc", "architecture": baseline}]}))
            self.call("run", "baseline.json")
            for command in ("predict", "evaluate", "decompose"):
                self.call(command, "music", "--model", f"runs/{baseline}", exit_code=UNSUPPORTED, says=[baseline, "baseline"])

    def test_temperature_is_that_of_the_run(self):
        summary = json.loads((self.folder / "runs/tiny/summary.json").read_text(encoding="utf-8"))
        stored = summary["calibration"]
        self.assertEqual(stored["fitted_on"], "validation")
        raw = self.json_of("predict", "music/high/0.wav", "--model", "runs/tiny", "--uncalibrated")
        calibrated = self.json_of("predict", "music/high/0.wav", "--model", "runs/tiny")
        self.assertAlmostEqual(calibrated["model"]["calibration"]["temperature"], stored["temperature"], delta=1e-4)
        self.assertIsNone(raw["model"]["calibration"])
        log_odds = [math.log(max(p["high"], 1e-12) / max(p["low"], 1e-12))
                    for p in (raw["recordings"][0]["probabilities"], calibrated["recordings"][0]["probabilities"])]
        self.assertAlmostEqual(log_odds[1] * stored["temperature"], log_odds[0], delta=0.01 * abs(log_odds[0]))

    def test_predict_takes_folders_lengths_and_formats_and_names_what_it_cannot_read(self):
        self.write("new/a.wav", wav_bytes(tone(900, 0.4)))
        self.write("new/deep/b.wav", wav_bytes(tone(225, 100.0), "float32"))
        self.write("new/broken.mp3", b"no audio")
        self.write("new/notes.txt", b"no recording")
        found = self.json_of("predict", "new", "--model", "runs/tiny", "--csv", "out.csv", says="broken.mp3")
        self.assertEqual([one["path"] for one in found["recordings"]], ["new/a.wav", "new/deep/b.wav"])
        self.assertEqual([one["genre"] for one in found["recordings"]], ["high", "low"])
        self.assertAlmostEqual(found["recordings"][1]["seconds"], 100)
        [bad] = found["unreadable"]
        self.assertEqual(bad["path"], "new/broken.mp3")
        with open(self.folder / "out.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["genre"] for row in rows], ["high", "low"])
        self.assertAlmostEqual(sum(float(rows[0][genre]) for genre in GENRES), 1, delta=1e-9)
        self.call("predict", "new/broken.mp3", "absent.wav", "--model", "runs/tiny", exit_code=DATA,
                  says=["broken.mp3", "absent.wav", "none of 2"])

    def test_evaluate_keeps_clips_apart_that_it_was_trained_on(self):
        found = self.json_of("evaluate", "music", "--model", "runs/tiny", "-o", "out.csv")
        parts = {}
        with open(self.folder / "runs/tiny/seed-1/split.csv", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                parts.setdefault(row["part"], set()).add(row["clip"])
        self.assertEqual(found["figures"]["clips"], len(parts["test"]))
        self.assertEqual(set(found["trained_on"]["clips"]), parts["train"] | parts["validation"])
        summary = json.loads((self.folder / "runs/tiny/summary.json").read_text(encoding="utf-8"))
        self.assertAlmostEqual(found["figures"]["accuracy"]["value"], summary["test"]["accuracy"])
        with open(self.folder / "out.csv", encoding="utf-8") as file:
            self.assertEqual({row["clip"]: row["trained_on"] for row in csv.DictReader(file)},
                             {clip: "" if part == "test" else part for part, clips in parts.items() for clip in clips})
        text, _ = self.call("evaluate", "music", "--model", "runs/tiny")
        self.assertIn("means nothing", text)

    def test_evaluate_counts_what_it_leaves_out(self):
        for genre, pitch in (("high", 930), ("low", 232), ("middle", 500)):
            for number in range(3):
                self.write(f"other/{genre}/{number}.wav", wav_bytes(tone(pitch + number, 2.0)))
        self.write("other/low/broken.wav", b"no audio")
        found = self.json_of("evaluate", "other", "--model", "runs/tiny", says="broken.wav")
        self.assertEqual(found["figures"]["clips"], 6)
        self.assertEqual(found["figures"]["genres"]["high"]["clips"], 3)
        self.assertEqual(found["trained_on"]["clips"], [])
        self.assertEqual({genre: len(clips) for genre, clips in found["unknown_genres"].items()}, {"middle": 3})
        self.assertEqual([one["clip"] for one in found["unreadable"]], ["low/broken.wav"])
        text, _ = self.call("evaluate", "other", "--model", "runs/tiny")
        for said in ("3 clips of middle were left out", "1 clips could not be read"):
            self.assertIn(said, text)

    def test_folds_answer_for_clips_that_they_did_not_hear(self):
        spec = set_field(set_field(SPEC, "/name", "folds"), "/dataset/split", {"type": "k-fold", "folds": 3})
        self.write("folds.json", set_field(spec, "/seeds", [1]))
        self.call("run", "folds.json")
        found = self.json_of("evaluate", "music", "--model", "runs/folds")
        summary = json.loads((self.folder / "runs/folds/summary.json").read_text(encoding="utf-8"))
        self.assertEqual(summary["calibration"]["fitted_on"], "out-of-fold")
        self.assertEqual(found["figures"]["clips"], 16)
        self.assertAlmostEqual(found["figures"]["accuracy"]["value"], summary["test"]["accuracy"])
        self.assertEqual(found["trained_on"]["clips"], [])

    def shares(self, samples, *more):
        self.write("mix.wav", wav_bytes(samples))
        [song] = self.json_of("decompose", "mix.wav", "--model", "runs/tiny", *more)["songs"]
        self.assertAlmostEqual(sum(c["share"] for c in song["components"]), 1, delta=1e-9)
        return song, {c["genre"]: c["share"] for c in song["components"]}

    def test_decompose_finds_the_shares_and_the_joint_of_a_splice(self):
        high, low = tone(910, 42.0), tone(226, 18.0)
        song, shares = self.shares(high + low)
        self.assertEqual(song["components"][0]["genre"], "high")
        self.assertAlmostEqual(shares["high"], 0.7, delta=0.12)
        joints = [section["start"] for section in song["sections"]][1:]
        self.assertTrue(any(abs(joint - 42) < 2 for joint in joints), joints)
        self.assertEqual(song["sections"][0]["start"], 0)
        self.assertAlmostEqual(song["sections"][-1]["end"], 60)
        # One change is no sample of changes, from which an interval could come; many are.
        self.assertIsNone(song["components"][0]["low"])
        song, shares = self.shares((tone(910, 2.0) + tone(226, 2.0)) * 20)
        for component in song["components"]:
            self.assertAlmostEqual(component["share"], 0.5, delta=0.15)
            self.assertLess(component["low"], component["share"])
            self.assertLess(component["share"], component["high"])

    def test_decompose_takes_short_recordings_and_folders(self):
        song, _ = self.shares(tone(900, 0.5))
        self.assertEqual(len(song["windows"]), 1)
        self.assertIsNone(song["components"][0]["low"])
        self.write("new/a.wav", wav_bytes(tone(900, 7.0)))
        self.write("new/b.wav", wav_bytes(tone(225, 7.0)))
        self.write("new/broken.wav", b"no audio")
        found = self.json_of("decompose", "new", "--model", "runs/tiny", "--csv", "out.csv", says="broken.wav")
        self.assertEqual([song["path"] for song in found["songs"]], ["new/a.wav", "new/b.wav"])
        self.assertEqual([one["path"] for one in found["unreadable"]], ["new/broken.wav"])
        with open(self.folder / "out.csv", encoding="utf-8") as file:
            self.assertEqual(len(list(csv.DictReader(file))), 2)

    def test_decompose_makes_a_page(self):
        self.write("a song & more.wav", wav_bytes(tone(910, 8.0) + tone(226, 8.0)))
        self.call("decompose", "a song & more.wav", "--model", "runs/tiny", "-o", "page.html")
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        self.assertIn('src="a%20song%20%26%20more.wav"', page)
        for heading in ("The mixture over time", "Components", "Sections", "Method"):
            self.assertIn(f">{heading}</h2>", page)
        self.call("decompose", "music", "--model", "runs/tiny", "-o", "page.html", exit_code=USAGE, says="one recording")
        for option in (("--window", 0.2), ("--hop", 0.001), ("--hop", 5)):
            self.call("decompose", "a song & more.wav", "--model", "runs/tiny", *option, exit_code=USAGE, says=option[0])

    def test_refusals(self):
        self.call("predict", "music", "--model", "runs/none", exit_code=DATA, says=["runs/none", "no finished run"])
        (self.folder / "empty").mkdir()
        self.call("predict", "empty", "--model", "runs/tiny", exit_code=DATA, says="no recordings")
        model = self.folder / "runs/tiny/seed-1/model.h5"
        damaged = bytearray(model.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        model.write_bytes(damaged)
        self.call("predict", "music", "--model", "runs/tiny", exit_code=DATA, says="model.h5")


if __name__ == "__main__":
    unittest.main()
