"""Experiment files that are refused: exit code 3 (5 for what is not there yet), with file, line and pointer."""
import json
import os
import unittest

from program import DATA, ProgramTest, SPEC, TINY_SPEC, UNSUPPORTED, USAGE, set_field

# what it is, the file's bytes, exit code, what stderr says beside the file's name
BAD_FILES = [
    ("not JSON", b"name: tiny\n", SPEC, ["bad.json:1:"]),
    ("empty", b"", SPEC, ["bad.json:1:"]),
    ("binary", bytes(range(256)), SPEC, ["bad.json:1:"]),
    ("cut", json.dumps(TINY_SPEC, indent=1).encode()[:-20], SPEC, ["bad.json:"]),
    ("nested 100,000 deep", b"[" * 100000 + b"]" * 100000, SPEC, ["bad.json:1:", "deep"]),
    ("nested 100,000 deep below a key", b'{"model": ' * 100000 + b"1" + b"}" * 100000, SPEC, ["bad.json:1:", "deep"]),
    ("a duplicate key", b'{\n "name": "a",\n "name": "b"\n}', SPEC, ["bad.json:3:2", "name", "twice"]),
    ("a list", b"[]", SPEC, ["bad.json:1:1"]),
    ("no data set", b'{"model": {"branches": [{"input": "mfcc", "architecture": "dense"}]}}', SPEC, ["dataset"]),
    ("no model", b'{"dataset": {"path": "music"}}', SPEC, ["model"]),
    ("1e999", b'{"dataset": {"path": "m"}, "model": {"branches": [{"input": "mfcc", "architecture": "dense"}]},\n'
              b' "training": {"optimizer": {"learning_rate": 1e999}}}', SPEC, ["bad.json:2:"]),
    ("a key with control characters", rb'{"\u001b[31m\u0000": 1, "\u001b[31m\u0000": 2}', SPEC,
     [r"bad.json:1:25: /\u001b[31m\u0000: the key stands twice"]),
    ("text that is not UTF-8", b'{"name": "\xff\xfe"}', SPEC, ["bad.json:1:"]),
]

# pointer, value, exit code, what stderr says beside the pointer
BAD_FIELDS = [
    ("/trianing", {}, SPEC, ["training"]),
    ("/training/epoch", 3, SPEC, ["epochs"]),
    ("/training/epochs", "many", SPEC, []),
    ("/training/epochs", -1, SPEC, []),
    ("/training/epochs", 2.5, SPEC, []),
    ("/training/epochs", 10**30, SPEC, []),
    ("/training/epochs", None, SPEC, []),
    ("/training/batch_size", 0, SPEC, []),
    ("/training/batch_size", 2**40, SPEC, []),
    ("/training/optimizer", {"learning_rate": -1}, SPEC, ["learning_rate"]),
    ("/training/optimizer", {"type": "sgdd"}, SPEC, ["adamw"]),
    ("/features/n_fft", 2047, SPEC, []),
    ("/features/n_fft", 2**31, SPEC, []),
    ("/features/sample_rate", -22050, SPEC, []),
    ("/features/clip_seconds", 1e300, SPEC, []),
    ("/features/mfcc", {"n_mfcc": 4000}, SPEC, ["n_mfcc"]),
    ("/model/branches", [], SPEC, []),
    ("/model/branches", "mfcc", SPEC, []),
    ("/model/branches", [{"input": "mfc", "architecture": "dense"}], SPEC, ["mfcc"]),
    ("/model/branches", [{"input": "mfcc", "architecture": "lstm", "channels": [8]}], SPEC, ["channels", "cnn2d"]),
    ("/model/branches", [{"input": "chromagram", "architecture": "cnn2d", "kernel_size": 13}], SPEC, ["kernel_size", "12"]),
    ("/model", {"branches": [{"input": "mfcc", "architecture": "dense"}] * 2}, SPEC, ["fusion"]),
    ("/model/branches", [{"input": "mfcc", "architecture": "cnn1d", "channels": [10**9]}], SPEC, ["channels"]),
    ("/dataset/split", "alphabetical", SPEC, ["fault-filtered"]),
    ("/dataset/split", {"type": "k-fold", "folds": 1}, SPEC, ["folds"]),
    ("/dataset/split", {"type": "random", "test_fraction": 2}, SPEC, ["test_fraction"]),
    ("/training/schedule", {"type": "one-circle"}, SPEC, ["one-cycle"]),
    ("/training/augment", {"mixup": 1.5}, SPEC, ["mixup"]),
    ("/seeds", [], SPEC, []),
    ("/seeds", [1, 1], SPEC, []),
    ("/seeds", [-1], SPEC, []),
    ("/name", "../x", SPEC, []),
    ("/name", "a/b", SPEC, []),
    ("/name", "", SPEC, []),
    ("/name", "x" * 10000, SPEC, []),
]

# --set, exit code, what stderr says
BAD_OVERRIDES = [
    ("/training/epoch=3", USAGE, "epochs"),
    ("/nowhere/at/all=1", USAGE, "nowhere"),
    ("training.epochs=3", USAGE, "training.epochs"),
    ("/training/epochs", USAGE, "/training/epochs"),
    ("/training/epochs=many", USAGE, "/training/epochs"),
    ("/model/branches/7/dropout=0.5", USAGE, "/model/branches/7"),
    ("/features/clip_seconds=0.5", USAGE, ["--set /features/clip_seconds=0.5: tiny.json:1:", "/training/segment_seconds"]),
    ("/training/epochs=" + "x" * 10000, USAGE, "xxx...: /training/epochs"),
]


class Specs(ProgramTest):
    def test_refuses_bad_files(self):
        for what, content, exit_code, says in BAD_FILES:
            with self.subTest(what):
                self.write("bad.json", content)
                self.call("run", "bad.json", "--dry-run", exit_code=exit_code, says=["bad.json", *says])

    def test_refuses_bad_fields(self):
        for pointer, value, exit_code, says in BAD_FIELDS:
            with self.subTest(f"{pointer} = {str(value)[:60]}"):
                self.write("bad.json", json.dumps(set_field(TINY_SPEC, pointer, value), indent=1))
                self.call("run", "bad.json", "--dry-run", exit_code=exit_code, says=["bad.json:", pointer, *says])
        self.assertEqual([path.name for path in self.folder.iterdir()], ["bad.json"])

    def test_refuses_bad_overrides(self):
        self.write("tiny.json", TINY_SPEC)
        for override, exit_code, says in BAD_OVERRIDES:
            with self.subTest(override):
                self.call("run", "tiny.json", "--dry-run", "--set", override, exit_code=exit_code, says=says)

    def test_refuses_specs_that_are_not_there(self):
        (self.folder / "empty").mkdir()
        for path in ("absent.json", "empty"):
            with self.subTest(path):
                self.call("run", path, "--dry-run", exit_code=SPEC, says=path)

    def test_refuses_what_is_no_file_without_reading_it(self):
        with open(self.write("features.h5", b""), "wb") as file:
            file.truncate(1 << 40)
        os.mkfifo(self.folder / "pipe.json")
        self.call("run", "features.h5", "pipe.json", "--dry-run", exit_code=SPEC, timeout=30,
                  says=["features.h5: is longer than 4 MiB", "\npipe.json: is a directory, a pipe or a device"])

    def test_reports_the_first_error_of_every_file(self):
        self.write("specs/a.json", set_field(TINY_SPEC, "/training/epochs", -1))
        self.write("specs/b.json", {**TINY_SPEC, "name": "b"})
        self.write("specs/c.json", "{")
        self.call("run", "specs", "--dry-run", exit_code=SPEC, says=["error: specs/a.json:1:", "\nspecs/c.json:1:"])

    def test_refuses_two_experiments_of_one_name(self):
        self.write("specs/a.json", TINY_SPEC)
        self.write("specs/b.json", TINY_SPEC)
        self.call("run", "specs", "--dry-run", exit_code=SPEC, says="tiny")

    def test_a_bad_spec_stops_all_before_the_first_starts(self):
        self.make_music()
        self.write("specs/a.json", TINY_SPEC)
        self.write("specs/b.json", {**TINY_SPEC, "name": "b", "training": {"epochs": -1}})
        self.call("run", "specs", exit_code=SPEC, says="b.json:")
        self.assertFalse((self.folder / "runs").exists())

    def test_names_the_places_it_looked_for_data(self):
        self.write("tiny.json", TINY_SPEC)
        self.call("run", "tiny.json", "--data-root", "elsewhere", exit_code=DATA, says=["elsewhere", "music"])


if __name__ == "__main__":
    unittest.main()
