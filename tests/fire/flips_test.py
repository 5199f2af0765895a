"""One flipped bit anywhere in a finished cache: never a wrong row believed, and --verify mends it to the byte."""
import json
import random
import unittest

from edit_cache import TRANSFORMS, Cache
from fire import DATA, DONE, LONG, SPEC, FireTest, count

FLIPS = 1500 if LONG else 40
RUNS = 150 if LONG else 8


class Flips(FireTest):
    def setUp(self):
        super().setUp()
        self.whole = self.undisturbed()
        self.layout = Cache(self.whole)
        self.layout.check(self)

    def places(self, number):
        """(byte, bit): some of each region of the file, and of its first and last bytes, the rest anywhere."""
        chance = random.Random(20261124)
        size = len(self.whole)
        edges = [0, 8, 40, size - 1, size - 8, size - 16, size - 32, self.layout.image, self.layout.image - 1]
        for _, begin, end in self.layout.ranges():
            edges += [begin - 1, begin, end - 1]
        rows = [(begin, end) for name, begin, end in self.layout.ranges() if name in TRANSFORMS]
        regions = [(0, 512), (512, 4096), (4096, 8192), (self.layout.image, size), *rows]
        inside = [chance.randrange(*region) for region in regions for _ in range(max(1, number // 40))]
        anywhere = [chance.randrange(size) for _ in range(number)]
        chosen = (edges + inside + anywhere) if LONG else (edges + inside)[::2] + anywhere
        return [(at, chance.randrange(8)) for at in chosen[:number]]

    def flip(self, at, bit):
        content = bytearray(self.whole)
        content[at] ^= 1 << bit
        self.target.write_bytes(content)
        return bytes(content)

    def test_cache_and_verify(self):
        places = self.places(FLIPS)
        for at, bit in places:
            shown = f"bit {bit} of byte {at}, {self.layout.transform_at(at) or 'outside the rows'}"
            with self.subTest(shown):
                flipped = self.flip(at, bit)
                stdout, _ = self.cache("--json", "--explain")
                reasons = {clip["reason"] for clip in json.loads(stdout)["explain"]}
                if self.layout.transform_at(at):
                    # Not read, not believed: reading it is refused, see below.
                    self.assertEqual(reasons, {"unchanged"})
                    self.assertTrue(self.target.read_bytes() == flipped)
                else:
                    self.assertIn(reasons, ({"the earlier cache file was damaged"}, {"the earlier cache file has another format"}))
                    self.assertTrue(self.target.read_bytes() == self.whole)
                self.flip(at, bit)
                stdout, stderr = self.cache("--verify", "--json")
                self.assertEqual(json.loads(stdout)["computed"], 1 if self.layout.transform_at(at) else 6)
                if self.layout.transform_at(at):
                    self.assertIn("the stored row was damaged and was computed anew", stderr)
                self.assertTrue(self.target.read_bytes() == self.whole)
        count("flipped bits met by cache and --verify", len(places))

    def test_run_believes_no_wrong_row(self):
        """A run reads the rows of one transform: it refuses a flip in them and outside all rows, and is right with a flip
        in the rows of another, which it does not read."""
        spec = {**SPEC, "name": "reader", "dataset": {**SPEC["dataset"], "cache": str(self.target)}}
        self.write("reader.json", spec)
        self.call("run", "reader.json", "--runs", "whole")
        predictions = (self.folder / "whole/reader/seed-1/predictions.csv").read_bytes()
        chosen = self.places(FLIPS)
        mine = [place for place in chosen if self.layout.transform_at(place[0]) == "mfcc"]
        rest = [place for place in chosen if self.layout.transform_at(place[0]) != "mfcc"]
        places = mine[:RUNS // 2] + rest[:RUNS - RUNS // 2]
        for number, (at, bit) in enumerate(places):
            shown = f"bit {bit} of byte {at}, {self.layout.transform_at(at) or 'outside the rows'}"
            with self.subTest(shown):
                flipped = self.flip(at, bit)
                if self.layout.transform_at(at) in (None, "mfcc"):
                    says = [str(self.target), "genretrack cache"]
                    if self.layout.transform_at(at):
                        says += ["the mfcc of ", "is not what was stored", "--verify"]
                    self.call("run", "reader.json", "--runs", f"runs-{number}", exit_code=DATA, says=says)
                    self.assertFalse((self.folder / f"runs-{number}/reader/seed-1/predictions.csv").exists())
                else:
                    self.call("run", "reader.json", "--runs", f"runs-{number}", exit_code=DONE)
                    self.assertEqual((self.folder / f"runs-{number}/reader/seed-1/predictions.csv").read_bytes(), predictions)
                self.assertTrue(self.target.read_bytes() == flipped, "a cache that is named is only read")
        count("flipped bits met by run", len(places))


if __name__ == "__main__":
    unittest.main()
