"""What is computed anew and what is not: each case of the table in docs/cache.md, which says what must happen.

Beside what the table says, in each case: the cache afterwards is what a build from nothing gives (unless the table says
that a change is not seen), and the next run has nothing to do and touches nothing."""
import json
import os
import pathlib
import re
import shutil
import unittest

from edit_cache import Cache
from fire import DATA, FEATURES, SPEC, FireTest, can_trace, count, short_wav, traced, tone, wav_bytes
from program import set_field

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "cache.md"


def documented_cases():
    """{case: (reasons, computed)} of the table in the document; a reason may be given with its number, as in `2 new`."""
    table = DOCUMENT.read_text(encoding="utf-8").split("## Cases\n", 1)[1].split("\n## ", 1)[0]
    cases = {}
    for line in table.splitlines():
        match = re.match(r"\| ([^|]+) \| ([^|]+) \| (\d+) \|", line)
        if match:
            case, says, computed = match.groups()
            reasons = {}
            for part in says.split("; "):
                number, reason = re.match(r"(?:(\d+) )?(.*)", part).groups()
                reasons[reason] = int(number) if number else None
            cases[case] = (reasons, int(computed))
    return cases


class Staleness(FireTest):
    """Each case: a method that changes something and returns what to give the command beside data set and target."""

    def setUp(self):
        super().setUp()
        self.music = self.folder / "music"
        self.one, self.two = self.music / "high/1.wav", self.music / "low/2.wav"
        self.data, self.spec, self.options, self.unseen = self.music, SPEC, [], False

    # -- recordings

    def nothing_changed(self):
        pass

    def nothing_changed_verified(self):
        self.options = ["--verify"]

    def touched(self):
        os.utime(self.one)

    def touched_verified(self):
        self.touched()
        self.options = ["--verify"]

    def time_set_back(self):
        os.utime(self.one, ns=(1, 1))

    def permissions_changed(self):
        self.one.chmod(0o600)

    def same_bytes_written_again(self):
        content = self.one.read_bytes()
        self.one.unlink()
        self.one.write_bytes(content)

    def other_bytes_of_another_size(self):
        self.one.write_bytes(wav_bytes(tone(700, 0.27)))

    def other_bytes_of_the_same_size(self):
        self.one.write_bytes(short_wav(20))

    def one_bit_of_a_recording_changed(self):
        content = bytearray(self.one.read_bytes())
        content[2000] ^= 1
        self.one.write_bytes(content)

    def only_the_header_of_a_recording_changed(self):
        """A chunk that is no audio."""
        content = self.one.read_bytes()
        self.one.write_bytes(content[:36] + b"note" + (4).to_bytes(4, "little") + b"abcd" + content[36:])

    def other_bytes_same_size_and_time(self):
        status = self.one.stat()
        self.one.write_bytes(short_wav(20))
        os.utime(self.one, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.assertEqual(self.one.stat().st_ino, status.st_ino)
        self.unseen = True

    def other_bytes_same_size_and_time_verified(self):
        self.other_bytes_same_size_and_time()
        self.options, self.unseen = ["--verify"], False

    def replaced_with_its_time(self):
        status = self.one.stat()
        other = self.folder / "other.wav"
        other.write_bytes(short_wav(20))
        os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
        other.rename(self.one)

    def changed_and_changed_back(self):
        content = self.one.read_bytes()
        self.one.write_bytes(short_wav(20))
        self.one.write_bytes(content)

    def two_recordings_swapped(self):
        self.one.rename(self.folder / "aside")
        self.two.rename(self.one)
        (self.folder / "aside").rename(self.two)

    # -- names and places

    def renamed(self):
        self.one.rename(self.music / "high/other name.wav")

    def moved_to_another_genre(self):
        self.one.rename(self.music / "low/1 moved.wav")

    def genre_renamed(self):
        (self.music / "high").rename(self.music / "treble")

    def data_set_moved(self):
        self.data = self.folder / "elsewhere"
        self.music.rename(self.data)

    def data_set_copied(self):
        self.data = self.folder / "elsewhere"
        shutil.copytree(self.music, self.data)

    def data_set_reached_through_a_link(self):
        self.data = self.folder / "link"
        self.data.symlink_to("music")

    def recording_became_a_link(self):
        self.one.rename(self.folder / "kept.wav")
        self.one.symlink_to(self.folder / "kept.wav")

    def cache_moved(self):
        self.target.rename(self.out / "g.h5")
        self.target = self.out / "g.h5"

    # -- clips that come and go

    def recording_added(self):
        self.write("music/low/new.wav", short_wav(30))

    def copy_of_a_recording_added(self):
        self.write("music/low/copy.wav", self.one.read_bytes())

    def recording_removed(self):
        self.one.unlink()

    def recording_removed_and_brought_back(self):
        content = self.one.read_bytes()
        self.one.unlink()
        self.command()
        self.one.write_bytes(content)

    def recording_became_unreadable(self):
        self.one.write_bytes(b"not audio")
        self.options = ["--skip-unreadable"]

    def unreadable_recording_repaired(self):
        content = self.one.read_bytes()
        self.one.write_bytes(b"not audio")
        self.command("--skip-unreadable")
        self.one.write_bytes(content)

    # -- labels, of a data set in a table

    def table(self, columns, *rows):
        self.data = self.write("table.csv", "\n".join([columns, *rows]) + "\n")

    def with_a_table(self, columns, *rows):
        self.table(columns, *rows)
        self.target.unlink()
        self.command()

    def label_changed(self):
        self.with_a_table("path,genre", "music/high/0.wav,a", "music/high/1.wav,a", "music/low/0.wav,b", "music/low/1.wav,b")
        self.table("path,genre", "music/high/0.wav,a", "music/high/1.wav,b", "music/low/0.wav,b", "music/low/1.wav,a")

    def artist_and_year_changed(self):
        self.with_a_table("path,genre,artist,year", "music/high/0.wav,a,x,1970", "music/low/0.wav,b,y,1980")
        self.table("path,genre,artist,year", "music/high/0.wav,a,z,1970", "music/low/0.wav,b,y,1981")

    def split_changed(self):
        self.with_a_table("path,genre,split", "music/high/0.wav,a,train", "music/low/0.wav,b,test")
        self.table("path,genre,split", "music/high/0.wav,a,test", "music/low/0.wav,b,train")

    def order_of_the_table_changed(self):
        self.with_a_table("path,genre", "music/high/0.wav,a", "music/low/0.wav,b", "music/low/1.wav,b")
        self.table("path,genre", "music/low/1.wav,b", "music/high/0.wav,a", "music/low/0.wav,b")

    # -- parameters

    def with_features(self, key, value):
        self.spec = {**SPEC, "features": set_field(FEATURES, "/" + key, value)}

    def another_sample_rate(self):
        self.with_features("sample_rate", 11025)

    def another_clip_length(self):
        self.with_features("clip_seconds", 0.25)

    def another_n_fft(self):
        self.with_features("n_fft", 1024)

    def another_hop_length(self):
        self.with_features("hop_length", 128)

    def another_n_mels(self):
        self.with_features("spectrogram/n_mels", 24)

    def another_n_mfcc(self):
        self.with_features("mfcc/n_mfcc", 7)

    def another_lifter(self):
        self.with_features("mfcc/lifter", 22)

    def deltas(self):
        self.with_features("mfcc/deltas", 1)

    def a_linear_spectrogram(self):
        self.with_features("spectrogram/scale", "linear")

    def another_percussion(self):
        self.with_features("percussion/kind", "tempogram")

    def another_tuning(self):
        self.with_features("chromagram/tuning", "none")

    def another_profile(self):
        self.with_features("profile", "torchaudio")

    def another_training(self):
        self.spec = {**SPEC, "training": {**SPEC["training"], "epochs": 2}, "name": "other"}

    def another_split_in_the_spec(self):
        self.spec = set_field(SPEC, "/dataset/split/test_fraction", 0.5)

    def half_precision(self):
        self.options = ["--float16"]

    # -- versions, devices, threads

    def edit(self, **changes):
        self.target.write_bytes(Cache(self.target.read_bytes()).edited(**changes))

    def another_version_of_the_transforms(self):
        self.edit(extractor_version=Cache(self.target.read_bytes()).extractor_version + 1)

    def another_version_of_the_program(self):
        self.edit(program_version="0.0.9")
        self.unseen = True

    def another_device(self):
        self.edit(device="another device")
        self.unseen = True

    def another_format(self):
        self.edit(version=1)

    def another_number_of_threads(self):
        self.options = ["--threads", "1"]

    # -- damage and interruption

    def cache_removed(self):
        self.target.unlink()

    def cache_cut_short(self):
        os.truncate(self.target, self.target.stat().st_size - 100)

    def cache_empty(self):
        os.truncate(self.target, 0)

    def flip(self, at):
        content = bytearray(self.target.read_bytes())
        content[at] ^= 1
        self.target.write_bytes(content)

    def bit_flipped_outside_the_rows(self):
        self.flip(Cache(self.target.read_bytes()).offsets["audio_hash"])

    def bit_flipped_in_a_row(self):
        self.flip(Cache(self.target.read_bytes()).offsets["mfcc"])
        self.unseen = True

    def bit_flipped_in_a_row_verified(self):
        self.bit_flipped_in_a_row()
        self.options, self.unseen = ["--verify"], False

    def bit_flipped_in_a_row_and_recording_added(self):
        self.bit_flipped_in_a_row()
        self.recording_added()
        self.unseen = False

    def build_interrupted(self):
        self.target.unlink()
        if not can_trace():
            self.skipTest("to stop a build at its third clip takes strace")
        # The journal's lines are its only calls of write: one for the build, and one behind each clip.
        traced(self, self.arguments("--threads", "1"), "write", "signal=SIGKILL", 4)

    def build_interrupted_and_recording_changed(self):
        self.build_interrupted()
        (self.music / "high/0.wav").write_bytes(short_wav(20))

    # -- and what must happen

    def command(self, *more, target=None, **expect):
        self.write("spec.json", self.spec)
        arguments = ["cache", self.data, "--spec", self.folder / "spec.json", "-o", target or self.target, "--json", "--explain"]
        return self.call(*arguments, *self.options, *more, **expect)

    def explained(self):
        done = json.loads(self.command()[0])
        reasons = {}
        for clip in done["explain"]:
            reasons[clip["reason"]] = reasons.get(clip["reason"], 0) + 1
        self.assertEqual(done["computed"], sum(clip["computed"] for clip in done["explain"]))
        return reasons, done["computed"], len(done["explain"])

    def check_case(self, case, says, computed):
        self.cache()
        getattr(self, method_of(case))()
        reasons, did, clips = self.explained()
        # A reason without a number is every clip's that no other reason names.
        rest = clips - sum(number or 0 for number in says.values())
        self.assertEqual(reasons, {reason: rest if number is None else number for reason, number in says.items()})
        self.assertEqual(did, computed)
        now = self.target.read_bytes()
        if not self.unseen:
            self.command(target=self.folder / "fresh.h5")
            self.assertTrue(now == (self.folder / "fresh.h5").read_bytes(), "not what a build from nothing gives")
        before = (self.target.stat().st_mtime_ns, self.target.stat().st_ino)
        self.options = [option for option in self.options if option != "--verify"]
        self.assertEqual(self.explained(), ({"unchanged": clips}, 0, clips), "the next run has something to do")
        self.assertEqual((self.target.stat().st_mtime_ns, self.target.stat().st_ino), before, "and touches the cache")
        self.assertEqual([path.name for path in self.out.iterdir()], [self.target.name])

    def test_a_named_cache_of_other_recordings_is_refused_by_run(self):
        self.cache()
        before = self.target.read_bytes()
        run = {**SPEC, "dataset": {**SPEC["dataset"], "path": str(self.music), "cache": str(self.target)}}
        self.write("run.json", run)
        os.utime(self.two)
        self.call("run", "run.json", "--runs", "touched")
        self.one.write_bytes(short_wav(20))
        self.call("run", "run.json", "--runs", "changed", exit_code=DATA,
                  says=[str(self.target), "1 of 6", "high/1.wav", "genretrack cache"])
        self.assertFalse((self.folder / "changed").exists())
        self.assertEqual(self.target.read_bytes(), before)
        self.cache()
        self.call("run", "run.json", "--runs", "changed")

    def test_a_cache_of_its_own_is_brought_up_to_date_by_run(self):
        run = {**SPEC, "dataset": {**SPEC["dataset"], "path": str(self.music)}}
        self.write("run.json", run)
        self.call("run", "run.json")
        cache = next((self.folder / "runs/.cache").glob("*.h5"))
        before = cache.read_bytes()
        self.one.write_bytes(short_wav(20))
        self.call("run", "run.json", "--force")
        self.target.unlink(missing_ok=True)
        self.cache()
        self.assertNotEqual(cache.read_bytes(), before)
        self.assertTrue(cache.read_bytes() == self.target.read_bytes())


def method_of(case):
    return re.sub(r"\W+", "_", case.lower()).strip("_")


def add_tests():
    """One test for each row of the table, and one that says that there is a row for each case here."""
    cases = documented_cases()
    for case, (says, computed) in cases.items():
        def test(self, case=case, says=says, computed=computed):
            self.check_case(case, says, computed)
        setattr(Staleness, "test_case_" + method_of(case), test)

    def test_every_case_stands_in_the_document(self):
        helpers = {name for name in vars(FireTest)} | {"setUp", "table", "with_a_table", "with_features", "edit", "flip",
                                                       "command", "explained", "check_case"}
        written = {name for name, value in vars(Staleness).items()
                   if callable(value) and not name.startswith(("test_", "_")) and name not in helpers}
        self.assertEqual({method_of(case) for case in cases}, written)
        self.assertGreaterEqual(len(cases), 30)
        count("cases of staleness", len(cases))
    Staleness.test_every_case_stands_in_the_document = test_every_case_stands_in_the_document


add_tests()

if __name__ == "__main__":
    unittest.main()
