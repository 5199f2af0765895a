"""Splits: what leaks is refused by name before anything is trained, or marked wherever figures stand."""
import csv
import json
import unittest

from program import DATA, DONE, ProgramTest, RATE, SPEC, TINY_SPEC, set_field, tone, wav_bytes


def melody(seed, seconds=6.0):
    """A tune that no other seed has."""
    state, samples = seed * 7919 + 17, []
    for _ in range(int(seconds * 4)):
        state = (state * 1103515245 + 12345) % 2**31
        samples += tone(220 * 2 ** ((state >> 16) % 24 / 12), 0.25)
    return samples


class Splits(ProgramTest):
    def make_tunes(self, clips=6):
        for genre, first in (("a", 100), ("b", 200)):
            for number in range(clips):
                self.write(f"music/{genre}/{number}.wav", wav_bytes(melody(first + number)))

    def write_split(self, lines):
        self.write("split.csv", "clip,part\n" + "".join(f"{clip},{part}\n" for clip, part in lines))
        return {**set_field(TINY_SPEC, "/dataset", {"path": "music", "split": {
            "type": "file", "path": "split.csv", "validation": {"group": "none"}}})}

    def parts(self):
        return [(f"{genre}/{number}.wav", part) for genre in "ab"
                for number, part in enumerate(("train", "train", "validation", "validation", "test", "test"))]

    def expect_leak(self, *says):
        self.call("run", "leak.json", exit_code=DATA, says=["leaks", *says])
        self.assertFalse((self.folder / "runs/tiny").exists(), "refused before anything is trained")

    def test_a_copy_byte_for_byte_is_refused_by_name(self):
        self.make_tunes()
        self.write("music/a/5.wav", (self.folder / "music/a/0.wav").read_bytes())
        self.write("leak.json", self.write_split(self.parts()))
        self.expect_leak("equal byte for byte: a/0.wav and a/5.wav")

    def test_a_near_copy_is_refused_by_name(self):
        self.make_tunes()
        quieter = [0.4 * x for x in melody(100)[RATE // 2:]]
        self.write("music/a/5.wav", wav_bytes(quieter))
        self.write("leak.json", self.write_split(self.parts()))
        self.expect_leak("the same sound by their fingerprints: a/0.wav and a/5.wav")
        process = self.start("split", "music", "--spec", "leak.json")
        stdout, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, DATA)
        self.assertIn("leak: 1 recording", stdout)
        self.assertIn("a/0.wav and a/5.wav", stdout)

    def test_allowed_leakage_is_marked_wherever_figures_stand(self):
        self.make_tunes()
        self.write("music/a/5.wav", (self.folder / "music/a/0.wav").read_bytes())
        self.write("leak.json", set_field(self.write_split(self.parts()), "/dataset/split/allow_leakage", True))
        stdout, _ = self.call("run", "leak.json")
        self.assertIn("with leakage", stdout)
        summary = json.loads((self.folder / "runs/tiny/summary.json").read_text(encoding="utf-8"))
        self.assertIn("with leakage", summary["split"])
        self.assertTrue(any("a/0.wav and a/5.wav" in note for note in summary["notes"]))
        stdout, _ = self.call("compare", "runs/tiny", "--html", "page.html")
        self.assertIn("leakage was allowed", stdout)
        self.assertIn("leakage was allowed", (self.folder / "page.html").read_text(encoding="utf-8"))

    def test_an_artist_on_both_sides_is_refused_by_name(self):
        self.make_tunes()
        rows = "".join(f"music/{clip},{clip[0]},{'x' if clip in ('b/0.wav', 'b/4.wav') else clip},{part}\n"
                       for clip, part in self.parts())
        self.write("set.csv", "path,genre,artist,split\n" + rows)
        self.write("leak.json", set_field(TINY_SPEC, "/dataset", {"path": "set.csv", "split": "manifest"}))
        self.expect_leak("1 artist has clips in both", "music/b/0.wav and music/b/4.wav")

    def test_grouped_folds_that_cannot_hold_every_genre_are_refused(self):
        self.make_tunes()
        rows = "".join(f"music/{clip},{clip[0]},{'x' if clip[0] == 'b' else clip}\n" for clip, _ in self.parts())
        self.write("set.csv", "path,genre,artist\n" + rows)
        self.write("leak.json", set_field(TINY_SPEC, "/dataset", {
            "path": "set.csv", "split": {"type": "k-fold", "folds": 3, "group": "artist"}}))
        self.call("run", "leak.json", exit_code=DATA, says=["'b'", "1 artist"])

    def test_split_prints_balance_and_writes_a_file_that_run_reads(self):
        self.make_tunes()
        spec = set_field(TINY_SPEC, "/dataset/split", {"type": "k-fold", "folds": 2,
                                                       "validation": {"group": "none"}})
        self.write("tiny.json", spec)
        stdout, _ = self.call("split", "music", "--spec", "tiny.json", "--csv", "split.csv")
        self.assertIn("fold-2 test", stdout)
        self.assertIn("no recording, copy or near copy is in two parts", stdout)
        document = json.loads(self.call("split", "music", "--spec", "tiny.json", "--json")[0])
        self.assertEqual(document["folds"][0]["test"]["genres"], {"a": 3, "b": 3})
        self.assertFalse(document["refused"])
        with open(self.folder / "split.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 24, "every clip in every fold")
        self.write("file.json", {**set_field(TINY_SPEC, "/dataset/split", {"type": "file", "path": "split.csv"}),
                                 "name": "file"})
        again = json.loads(self.call("split", "music", "--spec", "file.json", "--json")[0])
        self.assertEqual(again["folds"], document["folds"])
        self.assertFalse((self.folder / "runs").exists(), "split trains nothing and leaves nothing behind")
        self.write("bad.json", set_field(TINY_SPEC, "/dataset/split", {"type": "file"}))
        self.call("split", "music", "--spec", "bad.json", exit_code=SPEC, says="path")


if __name__ == "__main__":
    unittest.main()
