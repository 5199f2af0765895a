"""Event files that compare writes, read by TensorBoard itself. Exit code 77, which CTest counts as skipped, where it is
not installed."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "program"))
from program import PROGRAM  # noqa: E402

SKIPPED = 77
try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError:
    print("no TensorBoard here; .ci/dependencies.sh --test installs it, then configure again")
    sys.exit(SKIPPED)


def scalars(folder):
    """Tag -> [(step, value)], as TensorBoard reads them."""
    events = EventAccumulator(str(folder))
    events.Reload()
    return {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


class EventFiles(unittest.TestCase):
    def test_tensorboard_reads_what_the_run_folder_holds(self):
        with tempfile.TemporaryDirectory(prefix="genretrack-events-") as scratch:
            folder = pathlib.Path(scratch)
            subprocess.run([os.environ["GENRETRACK_FAKE_RUNS"], folder], check=True)
            runs = sorted(path.name for path in folder.glob("demo-*"))
            text = subprocess.run([PROGRAM, "compare", *runs, "--tensorboard", "events", "--json"], cwd=folder, check=True,
                                  capture_output=True, text=True).stdout
            lines = (folder / "demo-late" / "seed-2" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
            for branch in ("spectrogram", "percussion", "chromagram"):
                epochs = [epoch for epoch in map(json.loads, lines) if epoch["branch"] == branch]
                found = scalars(folder / "events" / "demo-late" / "seed-2" / branch)
                for tag, key in (("loss/train", "train_loss"), ("loss/validation", "validation_loss"),
                                 ("accuracy/validation", "validation_accuracy"), ("learning_rate", "learning_rate")):
                    self.assertEqual([step for step, _ in found[tag]], [epoch["epoch"] for epoch in epochs])
                    for (_, value), epoch in zip(found[tag], epochs):
                        self.assertAlmostEqual(value, epoch[key], delta=1e-6)
            late = next(run for run in json.loads(text)["runs"] if run["name"] == "demo-late")
            test = scalars(folder / "events" / "demo-late" / "test")
            self.assertAlmostEqual(test["test/accuracy"][0][1], late["test"]["accuracy"], delta=1e-6)
            self.assertAlmostEqual(test["test/brier"][0][1], late["test"]["brier"], delta=1e-6)


if __name__ == "__main__":
    unittest.main()
