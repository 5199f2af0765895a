"""The main job: cache, run and compare on small recordings, and what happens when something goes wrong between."""
import json
import shutil
import signal
import time
import unittest

from program import DATA, INTERRUPTED, ProgramTest, TINY_SPEC, set_field, tone, wav_bytes

SINGLE = set_field(TINY_SPEC, "/name", "tiny-mfcc")
OTHER = set_field(set_field(TINY_SPEC, "/name", "tiny-chroma"), "/model/branches",
                  [{"input": "chromagram", "architecture": "cnn1d", "channels": [4]}])
FUSED = set_field(set_field(TINY_SPEC, "/name", "tiny-late"), "/model",
                  {"branches": SINGLE["model"]["branches"] + OTHER["model"]["branches"],
                   "fusion": {"strategy": "late"}})

RUN_FILES = ["spec.json", "environment.json", "split.csv", "metrics.jsonl", "predictions.csv", "confusion.csv",
             "model.h5", "result.json"]

# file of a run folder, what is done to it (None: removed, a number: cut to so many bytes, else replaced)
DAMAGE = [
    ("summary.json", None),
    ("summary.json", 40),
    ("summary.json", b"[]"),
    ("summary.json", bytes(range(256))),
    ("seed-1/predictions.csv", None),
    ("seed-1/predictions.csv", 0),
    ("seed-1/predictions.csv", 60),
    ("seed-1/predictions.csv", b"part,clip,truth,high,low\ntest,high/0.wav,high,0.5,often\n"),
    ("seed-1/predictions.csv", b"part,clip,truth,high,low\ntest,high/0.wav,high,nan,nan\n"),
]


class Pipeline(ProgramTest):
    def run_tiny(self, spec, *more, **expect):
        path = self.write(f"{spec['name']}.json", spec)
        return self.call("run", path.name, *more, **expect)

    def test_cache_run_compare(self):
        self.make_music()
        for spec in (SINGLE, OTHER, FUSED):
            self.write(f"specs/{spec['name']}.json", spec)
        stdout, _ = self.call("run", "specs", "--set", "/seeds=[1,2]")
        for name in ("tiny-mfcc", "tiny-chroma", "tiny-late"):
            self.assertIn(name, stdout)
            for seed in ("seed-1", "seed-2"):
                there = {path.name for path in (self.folder / "runs" / name / seed).iterdir()}
                fused = {"branches.csv"} if name == "tiny-late" else set()
                self.assertEqual(there, set(RUN_FILES) | fused, f"{name}/{seed}")
            summary = json.loads((self.folder / "runs" / name / "summary.json").read_text(encoding="utf-8"))
            self.assertGreaterEqual(summary["test"]["accuracy"], 0.0)
        runs = [f"runs/{name}" for name in ("tiny-mfcc", "tiny-chroma", "tiny-late")]
        stdout, _ = self.call("compare", *runs, "--html", "page.html")
        for name in ("tiny-mfcc", "tiny-chroma", "tiny-late"):
            self.assertIn(name, stdout)
        self.assertIn("<html", (self.folder / "page.html").read_text(encoding="utf-8"))
        json.loads(self.call("compare", *runs, "--json")[0])

    def test_cache_is_reused_and_follows_its_recordings(self):
        self.make_music(clips=3)
        count = lambda *options: json.loads(self.call("cache", "music", "-o", "f.h5", "--json", *options)[0])
        first, second = count(), count()
        self.assertEqual((first["computed"], first["reused"]), (6, 0))
        self.assertEqual((second["computed"], second["reused"]), (0, 6))
        self.write("music/low/1.wav", wav_bytes(tone(300)))
        self.write("music/low/new.wav", wav_bytes(tone(310)))
        (self.folder / "music/high/2.wav").unlink()
        third = count()
        self.assertEqual((third["computed"], third["reused"]), (2, 4))
        self.assertEqual(count("--verify")["computed"], 0)

    def test_the_same_spec_and_seed_give_the_same_predictions(self):
        self.make_music()
        for runs in ("one", "two"):
            self.run_tiny(FUSED, "--runs", runs)
        first, second = ((self.folder / runs / "tiny-late/seed-1/predictions.csv").read_bytes()
                         for runs in ("one", "two"))
        self.assertEqual(first, second)

    def test_a_finished_run_is_not_run_again(self):
        self.make_music()
        self.run_tiny(SINGLE)
        summary = self.folder / "runs/tiny-mfcc/summary.json"
        before = (summary.read_bytes(), summary.stat().st_mtime_ns)
        self.run_tiny(SINGLE)
        self.assertEqual((summary.read_bytes(), summary.stat().st_mtime_ns), before)

    def test_files_that_were_damaged_since_are_made_again(self):
        self.make_music()
        self.run_tiny(SINGLE)
        training = self.folder / "runs/tiny-mfcc/seed-1"
        for name in ("predictions.csv", "model.h5", "split.csv"):
            with self.subTest(name):
                path = training / name
                before = path.read_bytes()
                path.write_bytes(before[:-3] + bytes([before[-3] ^ 1]) + before[-2:])
                self.run_tiny(SINGLE, says=f"{name}: is missing or damaged, made again")
                self.assertEqual(path.read_bytes(), before)
        self.run_tiny(SINGLE, says="finished before")

    def test_a_summary_that_disagrees_with_its_trainings_is_made_again(self):
        self.make_music()
        self.run_tiny(SINGLE)
        path = self.folder / "runs/tiny-mfcc/summary.json"
        summary = json.loads(path.read_text(encoding="utf-8"))
        other = set_field(summary, "/trainings/0/test/accuracy", 0.123)
        self.write("runs/tiny-mfcc/summary.json", other)
        self.run_tiny(SINGLE)
        self.assertEqual(json.loads(path.read_text(encoding="utf-8"))["trainings"][0]["test"],
                         summary["trainings"][0]["test"])

    def test_refuses_a_cache_of_other_parameters(self):
        self.make_music()
        self.run_tiny(set_field(SINGLE, "/dataset/cache", "f.h5"))
        other = set_field(set_field(SINGLE, "/dataset/cache", "f.h5"), "/features/mfcc", {"n_mfcc": 13})
        self.run_tiny({**other, "name": "other"}, exit_code=DATA, says=["f.h5", "n_mfcc", "20", "13"])

    def test_refuses_damaged_caches(self):
        self.make_music()
        spec = set_field(SINGLE, "/dataset/cache", "f.h5")
        self.call("cache", "music", "-o", "whole.h5", "--spec", self.write("tiny-mfcc.json", spec).name)
        whole = (self.folder / "whole.h5").read_bytes()
        for what, content in (("cut short", whole[:len(whole) - 100000]), ("cut in its header", whole[:100]),
                              ("empty", b""), ("not HDF5", b"dear diary\n" * 1000)):
            with self.subTest(what):
                self.write("f.h5", content)
                self.run_tiny(spec, exit_code=DATA, says="f.h5")
                self.assertFalse((self.folder / "runs/tiny-mfcc").exists())

    def test_compare_refuses_damaged_run_folders(self):
        self.make_music()
        for spec in (SINGLE, OTHER):
            self.run_tiny(spec)
        for file, damage in DAMAGE:
            with self.subTest(f"{file}, {str(damage)[:30]}"):
                shutil.copytree(self.folder / "runs", self.folder / "damaged")
                path = self.folder / "damaged" / "tiny-mfcc" / file
                if damage is None:
                    path.unlink()
                else:
                    path.write_bytes(path.read_bytes()[:damage] if isinstance(damage, int) else damage)
                self.call("compare", "damaged/tiny-mfcc", "damaged/tiny-chroma", exit_code=DATA, says=["tiny-mfcc", "run"])
                shutil.rmtree(self.folder / "damaged")
        self.call("compare", "runs/tiny-mfcc", "runs/absent", exit_code=DATA, says="runs/absent")

    def test_an_existing_run_of_another_spec_is_not_overwritten(self):
        self.make_music()
        self.run_tiny(SINGLE)
        before = (self.folder / "runs/tiny-mfcc/seed-1/predictions.csv").read_bytes()
        self.run_tiny(set_field(SINGLE, "/training/epochs", 2), exit_code=DATA, says="tiny-mfcc")
        self.assertEqual((self.folder / "runs/tiny-mfcc/seed-1/predictions.csv").read_bytes(), before)

    def test_resumes_to_the_same_predictions(self):
        self.make_music()
        long = set_field(set_field(SINGLE, "/training/epochs", 400), "/training/early_stopping", {"patience": 0})
        self.run_tiny(long, "--runs", "whole")
        for number, kill in enumerate((signal.SIGINT, signal.SIGTERM, signal.SIGKILL)):
            with self.subTest(kill.name):
                runs = f"stopped-{number}"
                process = self.start("run", "tiny-mfcc.json", "--runs", runs)
                checkpoint = self.folder / runs / "tiny-mfcc/seed-1/checkpoint.h5"
                deadline = time.monotonic() + 60
                while not checkpoint.exists() and process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.01)
                process.send_signal(kill)
                _, stderr = process.communicate(timeout=60)
                self.assertEqual(process.returncode, -9 if kill == signal.SIGKILL else INTERRUPTED, stderr)
                self.assertTrue(checkpoint.exists(), "it was stopped too late to show anything")
                self.run_tiny(long, "--runs", runs)
                self.assertFalse(checkpoint.exists())
                whole, resumed = ((self.folder / name / "tiny-mfcc/seed-1/predictions.csv").read_bytes()
                                  for name in ("whole", runs))
                self.assertEqual(whole, resumed)

    def test_dry_run_prints_the_resolved_spec_and_touches_nothing(self):
        self.make_music()
        self.write("tiny.json", SINGLE)
        before = sorted(path.name for path in self.folder.rglob("*"))
        resolved = json.loads(self.call("run", "tiny.json", "--dry-run", "--json")[0])
        self.assertEqual(resolved[0]["spec"]["training"]["epochs"], 3)
        self.assertEqual(before, sorted(path.name for path in self.folder.rglob("*")))

    def test_refuses_a_split_without_clips_for_a_genre(self):
        self.make_music(clips=1)
        self.run_tiny(SINGLE, exit_code=DATA, says="high")

    def test_a_bad_recording_stops_a_run_unless_it_may_be_skipped(self):
        self.make_music()
        self.write("music/low/bad.wav", "dear diary")
        self.run_tiny(SINGLE, exit_code=DATA, says="low/bad.wav")
        self.run_tiny(set_field(SINGLE, "/dataset/skip_unreadable", True))


if __name__ == "__main__":
    unittest.main()
