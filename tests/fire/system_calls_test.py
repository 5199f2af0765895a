"""The program killed at, or refused, each of its system calls in turn, whatever calls it makes: those that concern its
files are found in a trace of an undisturbed run."""
import re
import unittest

from fire import DATA, DONE, FAILURE, LONG, SPEC_REFUSED, FireTest, States, count, needs_strace, strace, traced

# Calls that change a file, a name or a lock, with the errors they may give.
CHANGING = {
    "write": ["ENOSPC", "EIO", "EINTR"], "pwrite64": ["ENOSPC", "EIO", "EINTR"],
    "writev": ["ENOSPC", "EIO"], "pwritev": ["ENOSPC", "EIO"], "pwritev2": ["ENOSPC", "EIO"],
    "fsync": ["EIO", "ENOSPC"], "fdatasync": ["EIO", "ENOSPC"], "msync": ["EIO"], "sync_file_range": ["EIO"], "syncfs": ["EIO"],
    "openat": ["EACCES", "EMFILE", "EINTR"], "open": ["EACCES", "EMFILE"], "creat": ["EACCES"],
    "rename": ["EACCES", "EIO"], "renameat": ["EACCES", "EIO"], "renameat2": ["EACCES", "EIO"],
    "unlink": ["EACCES"], "unlinkat": ["EACCES"], "link": ["EACCES"], "linkat": ["EACCES"], "symlink": ["EACCES"],
    "ftruncate": ["ENOSPC", "EIO", "EINTR"], "truncate": ["ENOSPC"], "fallocate": ["ENOSPC", "EIO", "EOPNOTSUPP", "EINTR"],
    "mkdir": ["EACCES"], "mkdirat": ["EACCES"], "flock": ["ENOLCK", "EINTR"], "copy_file_range": ["ENOSPC"], "sendfile": ["EIO"],
    "close": ["EIO"], "mmap": ["ENOMEM"], "madvise": ["EINVAL"], "posix_fadvise": ["EINVAL"], "io_uring_enter": ["EIO"],
}
# Calls that only ask.
ASKING = {
    "read": ["EIO", "EINTR"], "pread64": ["EIO", "EINTR"], "readv": ["EIO"], "preadv": ["EIO"], "lseek": ["EIO"],
    "stat": ["EIO"], "lstat": ["EIO"], "fstat": ["EIO"], "newfstatat": ["EIO"], "statx": ["EIO"], "getdents64": ["EIO"],
    "fcntl": ["EIO"], "readlink": ["EIO"],
}
# What a quick run does: so many points, spread over all.
SAMPLE = 24

LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")


def known_calls():
    """Those of the tables that this machine has; strace refuses names that it does not know."""
    return ",".join("?" + call for call in {**CHANGING, **ASKING})


class SystemCalls(FireTest):
    def points(self, state, more, calls, elsewhere=False):
        """(call, n) of each call that concerns the test's files (or, `elsewhere`, stdout and stderr)."""
        self.restore(state)
        code, stderr, log = strace(self, self.arguments("--threads", "1", *more), ["-e", "trace=" + known_calls()])
        self.assertEqual(code, DONE, stderr)
        seen, found = {}, set()
        for line in log.splitlines():
            match = LINE.match(line)
            if not match:
                continue
            thread, call, rest = match.groups()
            n = seen[thread, call] = seen.get((thread, call), 0) + 1
            concerned = re.match(r"[12]<", rest) if elsewhere else str(self.folder) in rest
            if call in calls and concerned:
                found.add((call, n))
        self.assertGreater(len(found), 0, log)
        return sorted(found)

    def trials(self, calls):
        """(state's name, state, options, call, n), all of them or a sample. Of the calls that only ask, which are many and
        much alike, every one in the first state and every eighth in the others."""
        states = States(self)
        all_trials = []
        for name, (state, more) in states.all.items():
            points = self.points(state, more, calls)
            asking = [point for point in points if point[0] in ASKING]
            kept = asking if name == "nothing" else asking[::8]
            all_trials += [(name, state, more, call, n) for call, n in points if call in CHANGING or (call, n) in kept]
        return states.whole, all_trials if LONG else all_trials[::max(1, len(all_trials) // SAMPLE)]

    @needs_strace
    def test_killed_at_any_call_that_changes_something(self):
        whole, trials = self.trials(CHANGING)
        for name, state, more, call, n in trials:
            shown = f"{name}: SIGKILL at {call} {n}"
            with self.subTest(shown):
                self.restore(state)
                code, stderr = traced(self, self.arguments("--threads", "1", *more), call, "signal=SIGKILL", n)
                self.assertEqual(code, -9, f"{shown}\n{stderr}")
                self.check_target(state, whole, shown)
                self.check_rerun(whole, shown, *more)
        count("kills at system calls", len(trials))

    def check_refused(self, code, stderr, shown):
        # The spec is a file that is read, too.
        self.assertIn(code, (DONE, SPEC_REFUSED if "spec.json" in stderr else DATA), f"{shown}\n{stderr}")
        if code != DONE:
            self.assertRegex(stderr, r"(?m)^error: .*", shown)
            self.assertIn(str(self.folder), stderr, f"{shown}: does not name the place")
        for flood in ("unexpected", "terminate", "HDF5-DIAG", "Sanitizer"):
            self.assertNotIn(flood, stderr, shown)

    @needs_strace
    def test_refused_any_call(self):
        whole, trials = self.trials({**CHANGING, **ASKING})
        done = 0
        for number, (name, state, more, call, n) in enumerate(trials):
            errors = {**CHANGING, **ASKING}[call]
            for error in errors if LONG else [errors[number % len(errors)]]:
                shown = f"{name}: {error} of {call} {n}"
                done += 1
                with self.subTest(shown):
                    self.restore(state)
                    code, stderr = traced(self, self.arguments("--threads", "1", *more), call, f"error={error}", n)
                    self.check_refused(code, stderr, shown)
                    self.check_target(state, whole, shown)
                    if code == DONE:
                        self.assertTrue(self.target.read_bytes() == whole, f"success, but other bytes: {shown}")
                    elif error == "EINTR":
                        # HDF5 does not try again, and no system interrupts these.
                        self.assertIn(call, ("openat", "close", "flock", "ftruncate"),
                                      f"{shown}: interrupted is not failed\n{stderr}")
                    self.check_rerun(whole, shown, *more)
        count("system calls refused", done)

    @needs_strace
    def test_a_disk_that_fails_from_some_call_on(self):
        """Not one call, but all of a kind from the n-th on."""
        whole, trials = self.trials({call: errors for call, errors in CHANGING.items() if call not in ("mmap", "openat", "close")})
        for name, state, more, call, n in trials:
            shown = f"{name}: {CHANGING[call][0]} of {call} from {n} on"
            with self.subTest(shown):
                self.restore(state)
                code, stderr = traced(self, self.arguments("--threads", "1", *more), call, f"error={CHANGING[call][0]}", f"{n}+")
                # Where stderr cannot be written either, nothing can be said.
                if call != "write":
                    self.check_refused(code, stderr, shown)
                self.assertIn(code, (DONE, DATA, FAILURE), f"{shown}\n{stderr}")
                self.check_target(state, whole, shown)
                self.check_rerun(whole, shown, *more)
        count("system calls refused for good", len(trials))

    @needs_strace
    def test_results_that_cannot_be_printed_are_told(self):
        whole = self.undisturbed()
        for call, n in self.points({}, [], {"write": [], "writev": []}, elsewhere=True):
            shown = f"ENOSPC of {call} {n}"
            with self.subTest(shown):
                self.restore({})
                code, stderr = traced(self, self.arguments("--threads", "1"), call, "error=ENOSPC", n)
                self.assertIn(code, (DONE, FAILURE), f"{shown}\n{stderr}")
                if code == FAILURE:
                    self.assertIn("stdout", stderr, shown)
                self.assertTrue(self.target.read_bytes() == whole, shown)


if __name__ == "__main__":
    unittest.main()
