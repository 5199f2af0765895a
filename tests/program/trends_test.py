"""trends: genres over the years from tables of probabilities, as text, JSON, CSV and pages."""
import csv
import io
import json
import random
import unittest

from program import DATA, ProgramTest, TINY_SPEC, USAGE, tone, wav_bytes

GENRES = ["blues", "jazz", "pop"]
FAST = ["--draws", "99", "--surrogates", "99"]


def probabilities(truth, numbers):
    """What a recogniser might say of a song: the true genre more probable than the others, most of the time."""
    scores = [numbers.expovariate(1) * (4 if genre == truth else 1) for genre in range(len(GENRES))]
    return [score / sum(scores) for score in scores]


def line(fields, row):
    return ",".join(map(str, fields)) + "," + ",".join(f"{p:.6f}" for p in row) + "\n"


def table(years, songs_a_year, share_of_pop, seed=1):
    """Songs whose pop share is a function of the year; the others are blues and jazz alike."""
    numbers = random.Random(seed)
    text = "path,artist,year," + ",".join(GENRES) + "\n"
    for year in years:
        for song in range(songs_a_year):
            truth = 2 if numbers.random() < share_of_pop(year) else numbers.randrange(2)
            text += line([f"{year}/{song}.wav", f"artist {numbers.randrange(200)}", year], probabilities(truth, numbers))
    return text


def labelled(clips=60, seed=2):
    numbers = random.Random(seed)
    rows = [line(["test", f"{genre}.{clip}", name], probabilities(genre, numbers))
            for genre, name in enumerate(GENRES) for clip in range(clips)]
    return "part,clip,truth," + ",".join(GENRES) + "\n" + "".join(rows)


def rising(year):
    return 0.1 + 0.7 * (year - 1970) / 39


class Trends(ProgramTest):
    def analyse(self, text, *arguments):
        self.write("songs.csv", text)
        return json.loads(self.call("trends", "songs.csv", "--json", *FAST, *arguments)[0])

    def test_finds_a_planted_trend_and_corrects_the_shares(self):
        self.write("known.csv", labelled())
        result = self.analyse(table(range(1970, 2010), 60, rising), "--labelled", "known.csv")
        pop = result["genres"][2]
        self.assertEqual(len(result["periods"]), 40)
        self.assertLess(pop["trend"]["adjusted_p"], 0.05)
        self.assertLess(pop["trend"]["low"], 0.7 / 39)
        self.assertGreater(pop["trend"]["high"], 0.7 / 39)
        # Plain averages are drawn towards the recogniser's mistakes.
        self.assertLess(pop["trend"]["plain_slope_per_year"], 0.8 * pop["trend"]["slope_per_year"])
        self.assertAlmostEqual(pop["adjusted"]["share"][-1], 0.8, delta=0.25)
        self.assertTrue(any(sentence.startswith("Rising: pop") for sentence in result["story"]), result["story"])

    def test_says_no_where_nothing_happens(self):
        result = self.analyse(table(range(1980, 2010), 40, lambda year: 0.3))
        self.assertEqual(result["analysed"], "plain")
        self.assertTrue(any("not corrected" in note for note in result["notes"]))
        self.assertIn("no forecast beat the reference", result["backtest"]["answer"])
        self.assertEqual(result["backtest"]["forecasts"], [])

    def test_counts_what_it_cannot_use(self):
        text = table(range(2000, 2004), 30, lambda year: 0.3)
        text += "a,,,0.2,0.2,0.6\nb,,2999,0.2,0.2,0.6\nc,,soon,0.2,0.2,0.6\nd,,2001,,,\n"
        left_out = self.analyse(text)["songs"]["left_out"]
        self.assertEqual([left_out[key] for key in ("without_year", "in_future", "unreadable_date", "unreadable")], [1, 1, 1, 1])
        text, _ = self.call("trends", "songs.csv", *FAST)
        self.assertIn("Left out: 1 without a year, 1 with a date that cannot be read, 1 in the future and 1 that cannot be read", text)
        self.assertIn("line 122: no year", text)

    def test_says_what_one_year_cannot_say(self):
        self.write("songs.csv", table([1999], 30, lambda year: 0.3))
        text, _ = self.call("trends", "songs.csv", *FAST, "-o", "p.html")
        self.assertIn("nothing can be said about time", text)
        self.assertNotIn("Rising", text)
        self.assertTrue((self.folder / "p.html").is_file())

    def test_names_a_genre_that_is_never_predicted(self):
        text = table(range(1990, 2002), 30, lambda year: 0.3).replace("year,blues,jazz,pop", "year,blues,jazz,pop,zydeco")
        head, *rows = text.splitlines()
        result = self.analyse("\n".join([head, *(row + ",0" for row in rows)]) + "\n")
        self.assertFalse(result["genres"][3]["predicted"])
        self.assertNotIn("trend", result["genres"][3])
        self.assertTrue(any("zydeco" in note for note in result["notes"]))

    def test_widens_periods_with_few_songs_and_hides_none(self):
        result = self.analyse(table(range(1960, 2000), 5, rising))
        self.assertEqual(sum(period["songs"] for period in result["periods"]), 200)
        self.assertEqual(result["periods"][0]["period"], "1960 to 1964")
        self.assertTrue(any("5 years" in note for note in result["notes"]))

    def test_writes_tables_and_the_same_page_each_time(self):
        self.write("songs.csv", table(range(1990, 2004), 25, lambda year: 0.3))
        for name in ("a", "b"):
            self.call("trends", "songs.csv", *FAST, "-o", f"{name}.html", "--csv", name, "--threads", "1" if name == "a" else "2")
        self.assertEqual((self.folder / "a.html").read_bytes(), (self.folder / "b.html").read_bytes())
        shares = list(csv.DictReader(io.StringIO((self.folder / "a" / "shares.csv").read_text())))
        self.assertEqual(len(shares), 14 * 3)
        self.assertAlmostEqual(sum(float(row["share"]) for row in shares[:3]), 1, places=6)
        self.assertEqual({path.name for path in (self.folder / "a").iterdir()},
                         {"shares.csv", "genres.csv", "periods.csv", "changes.csv", "lead_lag.csv", "backtest.csv", "forecasts.csv"})

    def test_refuses_with_place_and_remedy(self):
        self.write("songs.csv", table([1999], 30, lambda year: 0.3))
        self.write("no_year.csv", "path,jazz,pop\na,0.5,0.5\n")
        self.write("other.csv", "path,year,label,jazz,pop\na,1999,EMI,0.5,0.5\n")
        self.write("short.csv", "truth,blues,jazz,pop\nblues,0.5,0.2,0.3\n")
        for arguments, code, says in (
                (["absent.csv"], DATA, "absent.csv"),
                (["no_year.csv"], DATA, "year"),
                (["other.csv"], DATA, "\"label\""),
                (["songs.csv", "--labelled", "no_year.csv"], DATA, "no_year.csv"),
                (["songs.csv", "--labelled", "short.csv"], DATA, "too few"),
                (["songs.csv", "--step", "week"], USAGE, "--step"),
                (["songs.csv", "--draws", "3"], USAGE, "--draws"),
                (["songs.csv", "-o", "absent/page.html"], DATA, "absent"),
        ):
            with self.subTest(arguments=arguments):
                self.call("trends", *arguments, exit_code=code, says=says)
    def test_hears_recordings_with_a_model_and_finds_what_was_planted(self):
        self.make_music(clips=12)
        self.write("tiny.json", {**TINY_SPEC, "training": {**TINY_SPEC["training"], "epochs": 8}})
        self.call("run", "tiny.json")
        rows = ["path,year,genre"]
        for year in range(12):
            for song in range(6):
                high = song < round(6 * (year + 0.5) / 12)
                frequency = (900 if high else 230) * (1 + 0.004 * (6 * year + song))
                self.write(f"songs/{year}-{song}.wav", wav_bytes(tone(frequency, 1.5)))
                rows.append(f"songs/{year}-{song}.wav,{2000 + year},{'high' if high else 'low'}")
        self.write("songs/broken.wav", b"no audio")
        known = (self.folder / "runs/tiny").glob("*/split.csv")
        with open(next(known), encoding="utf-8") as split:
            trained = next(row["clip"] for row in csv.DictReader(split) if row["part"] == "train")
        copy = next((self.folder / "music").glob(f"{trained}*"), None) or next((self.folder / "music").rglob("*.wav"))
        rows += ["songs/broken.wav,2005,low", f"{copy.relative_to(self.folder)},2005,low", "songs/absent.wav,,low"]
        self.write("collection.csv", "\n".join(rows) + "\n")
        result = json.loads(self.call("trends", "collection.csv", "--model", "runs/tiny", "--least-songs", "5", "--json", *FAST)[0])
        left_out = result["songs"]["left_out"]
        self.assertEqual((result["songs"]["used"], left_out["unreadable"], left_out["without_year"]), (72, 1, 1), left_out)
        self.assertEqual(left_out["trained_on"], 1)
        self.assertEqual(len(result["periods"]), 12)
        high = next(genre for genre in result["genres"] if genre["genre"] == "high")
        self.assertLess(high["trend"]["p"], 0.05)
        self.assertGreater(high["trend"]["slope_per_year"], 0.02)
        self.assertTrue(any("Heard by" in note for note in result["notes"]))
        self.call("trends", "collection.csv", "--model", "absent", exit_code=DATA, says="absent")


if __name__ == "__main__":
    unittest.main()
