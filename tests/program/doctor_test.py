"""genretrack doctor: what it prints, writes and returns, and that it leaves the data set as it was."""
import hashlib
import json
import random
import unittest

from program import DATA, GOOD_WAV, ProgramTest, RATE, USAGE, tone, wav_bytes


def music(seed, seconds=6.0):
    """Notes of random pitch and length: no two seeds are alike."""
    generator = random.Random(seed)
    samples = []
    while len(samples) < seconds * RATE:
        samples += tone(generator.uniform(150, 2500), generator.uniform(0.1, 0.4))
    return samples[:int(seconds * RATE)]


class Doctor(ProgramTest):
    def make_sick_music(self):
        for number in range(3):
            self.write(f"music/jazz/{number}.wav", wav_bytes(music(number)))
            self.write(f"music/rock/{number}.wav", wav_bytes(music(10 + number)))
        self.write("music/rock/louder.wav", wav_bytes([1.5 * x for x in music(10)][RATE // 2:]))
        self.write("music/jazz/silent.wav", wav_bytes([0.0] * 6 * RATE))
        self.write("music/jazz/cut.wav", wav_bytes(music(5))[:50000])
        self.write("music/jazz/notes.txt", "words")

    def digest(self):
        """Of every file's name, time and bytes."""
        files = sorted(path for path in (self.folder / "music").rglob("*") if path.is_file())
        return [(str(path), path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]

    def test_says_what_is_wrong_worst_first_and_changes_nothing(self):
        self.make_sick_music()
        before = self.digest()
        stdout, stderr = self.call("doctor", "music")
        self.assertEqual(self.digest(), before)
        self.assertIn("examining 9/9 clips", stderr)
        kinds = [line for line in stdout.splitlines() if line.startswith(("error: ", "warning: ", "note: "))]
        severities = [("error", "warning", "note").index(kind.split(":")[0]) for kind in kinds]
        self.assertEqual(severities, sorted(severities))
        for text in ("jazz/silent.wav", "jazz/cut.wav", "rock/0.wav = rock/louder.wav", "-> ", "1 file passed over"):
            self.assertIn(text, stdout)

    def test_json_is_one_document(self):
        self.make_sick_music()
        report = json.loads(self.call("doctor", "music", "--json")[0])
        found = {(finding["kind"], *finding["clips"]) for finding in report["findings"] if finding["severity"] == "error"}
        self.assertEqual(found, {("silent", "jazz/silent.wav"), ("truncated", "jazz/cut.wav"),
                                 ("near-duplicate", "rock/0.wav", "rock/louder.wav")})
        self.assertEqual(report["left_out"], ["jazz/cut.wav", "jazz/silent.wav", "rock/louder.wav"])
        self.assertEqual(len(report["clips"]), 9)
        self.assertTrue(all(finding["message"] and finding["remedy"] for finding in report["findings"]))

    def test_clean_manifest_is_taken_by_cache_and_found_healthy(self):
        self.make_sick_music()
        self.call("cache", "music", "-o", "f.h5", exit_code=DATA)
        self.call("doctor", "music", "--write-manifest", "clean.csv")
        self.assertIn("6 clips", self.call("cache", "clean.csv", "-o", "f.h5")[0])
        report = json.loads(self.call("doctor", "clean.csv", "--json", "--strict")[0])
        self.assertEqual([finding for finding in report["findings"] if finding["severity"] == "error"], [])
        self.assertEqual(report["left_out"], [])

    def test_clean_manifest_elsewhere_says_how_it_is_read(self):
        self.make_sick_music()
        (self.folder / "lists").mkdir()
        self.call("doctor", "music", "--write-manifest", "lists/clean.csv", says="--data-root")
        self.call("cache", "lists/clean.csv", "--data-root", "music", "-o", "f.h5")

    def test_strict_fails_on_errors_and_still_reports(self):
        self.make_sick_music()
        process = self.start("doctor", "music", "--strict")
        stdout, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, DATA, stderr)
        self.assertIn("jazz/silent.wav", stdout)

    def test_never_writes_over_the_data_set(self):
        self.make_sick_music()
        before = self.digest()
        self.call("doctor", "music", "--html", "music/jazz/0.wav", exit_code=USAGE, says="data set")
        self.write("list.csv", "path,genre\nmusic/jazz/0.wav,jazz\nmusic/rock/0.wav,rock\n")
        listed = (self.folder / "list.csv").read_bytes()
        self.call("doctor", "list.csv", "--write-manifest", "list.csv", exit_code=USAGE, says="data set")
        self.assertEqual((self.folder / "list.csv").read_bytes(), listed)
        self.assertEqual(self.digest(), before)

    def test_replaces_only_manifests_of_its_own(self):
        self.make_sick_music()
        self.write("tracks.csv", "track_id,genre\n1,Jazz\n")
        self.call("doctor", "music", "--write-manifest", "tracks.csv", exit_code=USAGE, says="no manifest that doctor wrote")
        self.assertEqual((self.folder / "tracks.csv").read_text(encoding="utf-8"), "track_id,genre\n1,Jazz\n")
        self.call("doctor", "music", "--write-manifest", "both", "--html", "both", exit_code=USAGE, says="name two files")
        self.call("doctor", "music", "--write-manifest", "clean.csv")
        self.call("doctor", "music", "--write-manifest", "clean.csv")

    def test_names_cannot_command_a_terminal(self):
        name = "\u009b31m\u202egnp.<b>.wav"
        self.write(f"music/jazz/{name}", wav_bytes([0.0] * RATE))
        self.write("music/rock/a.wav", GOOD_WAV)
        stdout, _ = self.call("doctor", "music", "--html", "doctor.html")
        self.assertNotIn("\u009b", stdout)
        self.assertNotIn("\u202e", stdout)
        self.assertIn("\\u{9b}31m", stdout)
        page = (self.folder / "doctor.html").read_text(encoding="utf-8")
        self.assertIn("&lt;b&gt;.wav", page)
        self.assertNotIn("<b>", page)

    def test_refuses_what_is_no_data_set_or_cannot_be_written(self):
        self.call("doctor", "absent", exit_code=DATA, says="absent")
        self.make_sick_music()
        self.call("doctor", "music", "--html", "absent/page.html", exit_code=DATA, says="absent")


if __name__ == "__main__":
    unittest.main()
