"""The demo corpus generator: the same bytes each time, repairs what is missing, leaves others' recordings alone,
and plants the drift that its README describes. Argument: the source root."""
import csv
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
GENERATOR = ROOT / "data" / "demo_corpus" / "make_demo_corpus.py"
sys.path.insert(0, str(GENERATOR.parent))
import make_demo_corpus as corpus  # noqa: E402


def make(folder):
    return subprocess.run([sys.executable, "-B", GENERATOR, folder, "--clips-per-genre", "2"], capture_output=True,
                          text=True, check=False)


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class DemoCorpus(unittest.TestCase):
    def test_gives_the_same_bytes_and_repairs_what_is_missing(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            result = make(folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            first = contents(folder)
            self.assertEqual(sum(name.endswith(".wav") for name in first), 20)
            (folder / "jazz/jazz.00001.wav").unlink()
            (folder / "rock/rock.00000.wav").write_bytes(b"cut")
            (folder / "manifest.csv").unlink()
            self.assertEqual(make(folder).returncode, 0)
            self.assertEqual(contents(folder), first)
            rows = list(csv.DictReader((folder / "manifest.csv").read_text().splitlines()))
            self.assertEqual(len(rows), 20)
            self.assertTrue(all((folder / row["path"]).is_file() for row in rows))

    def test_refuses_a_folder_with_other_recordings(self):
        with tempfile.TemporaryDirectory() as scratch:
            theirs = pathlib.Path(scratch) / "jazz" / "mine.wav"
            theirs.parent.mkdir()
            theirs.write_bytes(b"precious")
            self.assertNotEqual(make(pathlib.Path(scratch)).returncode, 0)
            self.assertEqual(theirs.read_bytes(), b"precious")

    def test_every_genre_has_artists_enough_for_grouped_splits(self):
        for genre, artists in corpus.read_artists().items():
            self.assertGreaterEqual(len({artist["artist"] for artist in artists}), 6, genre)
            self.assertEqual(len({artist["groove"] for artist in artists}), len(artists), genre)

    def test_the_planted_shares_follow_the_law(self):
        self.assertAlmostEqual(sum(corpus.SLOPE.values()), 0)
        clips = corpus.plan(3000)
        for genre, slope in corpus.SLOPE.items():
            for first in range(1960, 2020, 10):
                decade = [clip for clip in clips if first <= clip["year"] < first + 10]
                share = sum(clip["genre"] == genre for clip in decade) / len(decade)
                wanted = 0.1 * (1 + slope * (first + 4.5 - 1989.5) / 30)
                self.assertAlmostEqual(share, wanted, delta=0.002, msg=f"{genre} {first}")


if __name__ == "__main__":
    unittest.main()
