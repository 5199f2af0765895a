"""Sweeps: random draws, several at once, failures, interruptions, two programs on one sweep; baselines; reproduce."""
import csv
import json
import signal
import time
import unittest

from program import DATA, FAILURE, INTERRUPTED, SPEC, USAGE, ProgramTest, TINY_SPEC, set_field, tone, wav_bytes

SWEEP = {"base": "tiny.json", "draws": 4, "seed": 1,
         "random": {"/training/optimizer/learning_rate": {"log_uniform": [1e-4, 1e-2]},
                    "/model/branches/0/dropout": {"uniform": [0.0, 0.5]}}}


class Sweeps(ProgramTest):
    def make_sweep(self, sweep=SWEEP, base=TINY_SPEC, clips=8):
        self.make_music(clips)
        self.write("tiny.json", base)
        self.write("sweep.json", sweep)

    def table(self, name="sweep"):
        with open(self.folder / f"runs/{name}.sweep/sweep.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def epochs(self, name, seed=1):
        return (self.folder / f"runs/{name}/seed-{seed}/metrics.jsonl").read_bytes()

    def test_ranks_on_validation_and_shows_test_figures_of_the_chosen_one_alone(self):
        self.make_sweep(base=set_field(TINY_SPEC, "/seeds", [1, 2]))
        stdout, _ = self.call("run", "sweep.json", "--jobs", 2)
        self.assertIn("chosen on validation", stdout)
        self.assertIn("equally good runs", stdout)
        rows = self.table()
        self.assertEqual([row["rank"] for row in rows], ["1", "2", "3", "4"])
        accuracies = [float(row["validation_accuracy"]) for row in rows]
        self.assertEqual(accuracies, sorted(accuracies, reverse=True))
        self.assertEqual([row["chosen"] for row in rows], ["true", "false", "false", "false"])
        self.assertTrue(rows[0]["test_accuracy"])
        self.assertFalse(any(row["test_accuracy"] for row in rows[1:]))
        self.assertTrue(all(row["validation_accuracy_deviation_over_seeds"] for row in rows))
        report = json.loads(self.call("run", "sweep.json", "--json")[0])["sweeps"][0]
        self.assertEqual(report["selection"]["candidates"], 4)
        self.assertGreaterEqual(report["selection"]["expected_lead_of_equal_runs"], 0)
        self.assertEqual(sum("test" in run for run in report["runs"]), 1)

    def test_a_failed_run_is_reported_and_ends_no_other(self):
        self.make_sweep({"base": "tiny.json", "grid": {"/training/optimizer/learning_rate": [1e-3, 1000]}},
                        set_field(set_field(TINY_SPEC, "/training/epochs", 30), "/training/optimizer",
                                  {"learning_rate": 1e-3, "weight_decay": 1000}))
        for jobs in (1, 2):
            with self.subTest(jobs=jobs):
                process = self.start("run", "sweep.json", "--jobs", jobs, "--runs", f"runs{jobs}")
                stdout, stderr = process.communicate(timeout=240)
                self.assertEqual(process.returncode, FAILURE, stderr)
                self.assertIn("diverged", stderr)
                self.assertIn("1 of 2 runs failed", stderr)
                self.assertIn("chosen on validation: tiny-learning_rate=0.001", stdout)
                self.assertIn("failed: tiny-learning_rate=1000", stdout)

    def test_two_programs_on_one_sweep_train_each_run_once(self):
        self.make_sweep(base=set_field(TINY_SPEC, "/training/epochs", 20))
        both = [self.start("run", "sweep.json") for _ in range(2)]
        notes = ""
        for process in both:
            stdout, stderr = process.communicate(timeout=240)
            self.assertEqual(process.returncode, 0, stderr)
            self.assertIn("chosen on validation", stdout)
            notes += stderr
        for draw in range(1, 5):
            self.assertEqual(notes.count(f"tiny-draw-00{draw}: seed 1, mfcc: epoch"), 1, notes)

    def test_an_interrupted_sweep_goes_on(self):
        self.make_sweep(base=set_field(TINY_SPEC, "/training", {**TINY_SPEC["training"], "epochs": 100000,
                                                               "early_stopping": {"patience": 0}}))
        process = self.start("run", "sweep.json", "--jobs", 2)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and not list(self.folder.glob("runs/*/seed-1/checkpoint.h5")):
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INTERRUPTED, stderr)
        self.assertTrue(list(self.folder.glob("runs/*/seed-1/checkpoint.h5")))
        self.call("run", "sweep.json", "--budget", "1s", "--jobs", 2, exit_code=INTERRUPTED, says="within the budget")

    def test_a_budget_keeps_what_is_finished(self):
        self.make_sweep()
        stdout, _ = self.call("run", "sweep.json", "--budget", "5m")
        self.assertIn("chosen on validation", stdout)
        self.call("run", "sweep.json", "--budget", "soon", exit_code=USAGE, says="--budget")

    def test_baselines_run_and_are_compared(self):
        self.make_music()
        for name, branch in (("svm", {"input": "mfcc", "architecture": "svm"}),
                             ("majority", {"input": "mfcc", "architecture": "majority"})):
            self.write(f"{name}.json", {**set_field(TINY_SPEC, "/model/branches", [branch]), "name": name})
        self.write("tiny.json", TINY_SPEC)
        self.call("run", "svm.json", "majority.json", "tiny.json")
        self.call("compare", "runs/svm", "runs/majority", "runs/tiny")
        summary = json.loads((self.folder / "runs/svm/summary.json").read_text(encoding="utf-8"))
        self.assertEqual(summary["test"]["accuracy"], 1.0, "two pitches are no task")
        self.assertEqual(summary["model"], "svm on mfcc")
        summary = json.loads((self.folder / "runs/majority/summary.json").read_text(encoding="utf-8"))
        self.assertEqual(summary["test"]["accuracy"], 0.5)
        first = (self.folder / "runs/svm/seed-1/predictions.csv").read_bytes()
        self.call("run", "svm.json", "--runs", "again")
        self.assertEqual((self.folder / "again/svm/seed-1/predictions.csv").read_bytes(), first)
        fused = {"branches": [{"input": "mfcc", "architecture": "svm"}, {"input": "chromagram", "architecture": "cnn1d"}],
                 "fusion": {"strategy": "late"}}
        self.write("late.json", {**set_field(TINY_SPEC, "/model", fused), "name": "late"})
        self.call("run", "late.json")
        self.write("bad.json", set_field(TINY_SPEC, "/model/branches",
                                         [{"input": "mfcc", "architecture": "svm", "channels": [4]}]))
        self.call("run", "bad.json", exit_code=SPEC, says="/model/branches/0/channels")

    def test_reproduce(self):
        self.make_music()
        self.write("tiny.json", set_field(TINY_SPEC, "/seeds", [1, 2]))
        self.call("run", "tiny.json")
        stdout, _ = self.call("reproduce", "runs/tiny")
        self.assertIn("reproduced: every byte", stdout)
        self.assertIn("seed-2: all", stdout)
        report = json.loads(self.call("reproduce", "runs/tiny/seed-2", "--json", "--keep", "kept")[0])
        self.assertTrue(report["equal"])
        self.assertEqual([training["folder"] for training in report["trainings"]], ["seed-2"])
        self.assertTrue((self.folder / "kept/seed-2/tiny/seed-2/predictions.csv").is_file())
        self.call("reproduce", "runs/absent", exit_code=DATA, says="runs/absent")
        self.write("music/low/1.wav", wav_bytes(tone(300)))
        process = self.start("reproduce", "runs/tiny", "--training", "seed-1")
        stdout, stderr = process.communicate(timeout=240)
        self.assertEqual(process.returncode, FAILURE, stdout + stderr)
        self.assertIn("changed: recording low/1.wav: another sound", stdout)
        self.assertIn("differs first in line", stdout)


if __name__ == "__main__":
    unittest.main()
