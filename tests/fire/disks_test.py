"""Disks that are full or may not be written."""
import os
import shutil
import subprocess
import sys
import unittest

from fire import DATA, DONE, LONG, PROGRAM, FireTest, States, count

PAGE = 4096


def why_no_mounts(cached=[]):  # noqa: B006  asked once
    if not cached:
        done = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, text=True, check=False)
        cached.append("" if done.returncode == 0 and os.geteuid() == 0 else "a disk of our own needs the right to mount one")
    return cached[0]


class Disks(FireTest):
    def mount(self, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", self.out], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.out], check=False)

    def remount(self, options):
        subprocess.run(["mount", "-o", "remount," + options, self.out], check=True)

    def put(self, state):
        for path in self.out.iterdir():
            path.unlink()
        for name, content in state.items():
            (self.out / name).write_bytes(content)

    @unittest.skipIf(why_no_mounts(), why_no_mounts())
    def test_full_disks_of_every_size(self):
        states = States(self)
        self.mount("size=1m")
        trials = 0
        for name, (state, more) in states.all.items():
            held = sum(-(-len(content) // PAGE) for content in state.values())
            most = held + len(states.whole) // PAGE + 6
            ends = set()
            for pages in range(held + 1, most + 1, 1 if LONG else 2):
                shown = f"{name}: a disk of {pages} pages, {held} of them taken"
                with self.subTest(shown):
                    self.remount("size=1m")
                    self.put(state)
                    self.remount(f"size={pages * PAGE}")
                    trials += 1
                    process = self.start(*self.arguments(*more))
                    _, stderr = process.communicate(timeout=60)
                    ends.add(process.returncode)
                    self.assertIn(process.returncode, (DONE, DATA), f"{shown}\n{stderr}")
                    if process.returncode == DATA:
                        self.assertIn("No space left on device", stderr, shown)
                        self.assertIn("free some space", stderr, shown)
                        self.assertIn(str(self.out), stderr, shown)
                    self.check_target(state, states.whole, shown)
                    self.remount("size=1m")
                    self.check_rerun(states.whole, shown, *more)
            # An unfinished build holds its space already.
            self.assertEqual(ends, {DONE} if "unfinished" in name else {DONE, DATA}, f"{name}: sizes on both sides of enough")
        count("full disks", trials)

    @unittest.skipIf(why_no_mounts(), why_no_mounts())
    def test_a_disk_that_may_only_be_read(self):
        states = States(self)
        self.mount("size=1m")
        for name, (state, more) in states.all.items():
            with self.subTest(name):
                self.remount("rw")
                self.put(state)
                self.remount("ro")
                self.cache(*more, exit_code=DATA, says=[str(self.out), "read-only file system", "another disk"])
                self.assertEqual(self.listing(), state)
        self.remount("rw")
        self.put({"f.h5": states.whole})
        self.remount("ro")
        self.cache()
        self.cache("--verify")
        self.write("run.json", {**self.spec_with_cache(), "name": "reads-it"})
        self.call("run", "run.json")
        self.assertEqual(self.listing(), {"f.h5": states.whole})

    def spec_with_cache(self):
        from fire import SPEC
        return {**SPEC, "dataset": {**SPEC["dataset"], "path": str(self.folder / "music"), "cache": str(self.target)}}

    @unittest.skipIf(os.geteuid() != 0 or shutil.which("setpriv") is None, "to become another user one has to be root, with setpriv")
    def test_a_folder_that_may_not_be_written(self):
        """Root may write everywhere, so that somebody else has to try."""
        states = States(self)
        program = shutil.copy(PROGRAM, self.folder / "genretrack")
        for path in (self.folder, self.folder / "music", *(self.folder / "music").rglob("*")):
            path.chmod(0o755)
        self.out.chmod(0o555)
        somebody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program]

        def cache(*more):
            return subprocess.run([*somebody, *map(str, self.arguments(*more))], cwd="/", capture_output=True, text=True,
                                  check=False, timeout=60, env={**os.environ, "OMP_WAIT_POLICY": "passive"})

        done = cache()
        self.assertEqual(done.returncode, DATA, done.stderr)
        self.assertIn("check its permissions and those of its folder", done.stderr)
        self.assertEqual(self.listing(), {})
        self.target.write_bytes(states.whole)
        for options in ([], ["--verify"]):
            done = cache(*options)
            self.assertEqual(done.returncode, DONE, done.stderr)
        # A cache whose bytes may not be read is not taken for a stranger's file.
        self.target.chmod(0o200)
        self.out.chmod(0o755)
        done = cache()
        self.assertEqual(done.returncode, DATA, done.stderr)
        self.assertIn("permission", done.stderr.lower())
        (self.folder / "music/high/1.wav").chmod(0o000)
        self.target.unlink()
        self.out.chmod(0o777)
        done = cache()
        self.assertEqual(done.returncode, DATA, done.stderr)
        self.assertIn("high/1.wav", done.stderr)
        self.assertIn("ermission", done.stderr)


if __name__ == "__main__":
    # Mounts of a namespace of our own go with it, however the tests end.
    if not why_no_mounts() and "GENRETRACK_OWN_MOUNTS" not in os.environ:
        os.environ["GENRETRACK_OWN_MOUNTS"] = "1"
        os.execvp("unshare", ["unshare", "-m", sys.executable, "-B", *sys.argv])
    unittest.main()
