"""Sets `genretrack` beside others on this machine and prints one table of ratios; run.sh makes the Python it needs.

What stands in one row ran in turns, so that a slow minute is everybody's; figures are medians (smallest to largest).
"""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
UNSUPPORTED = 5
MANY = 10_000

parser = argparse.ArgumentParser(prog="run.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program", type=Path, help="build/release/genretrack; its benches are looked for beside it, in tests/")
parser.add_argument("--folder", type=Path, help="folder of recordings per genre (default: 448 generated wav files of 30 s)")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--quick", action="store_true", help="two rounds, and not the rows that need ten thousand clips or PyTorch")
parser.add_argument("--rows", default="flux,tempogram,hpss,memory,read,rerun", help="which of these (default: all)")
options = parser.parse_args()
rounds = 2 if options.quick else options.rounds
rows = options.rows.split(",")
program = options.program.resolve()
scratch = tempfile.TemporaryDirectory(prefix="genretrack-peers-")
work = Path(scratch.name)
environment = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}  # PyTorch must not wait passively
table, notes, versions = [], [], set()


def json_of(command):
    """The JSON line that a peer or bench prints."""
    done = subprocess.run([str(c) for c in command], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def python(script, *arguments):
    result = json_of([sys.executable, HERE / script, *arguments])
    versions.add(result["peer"])
    return result["clips_per_second"]


def cache(output, *arguments, folder=None, lanes=None):
    """Runs `genretrack cache` as a whole; returns seconds and clips, or None where this version refuses the work."""
    extra = {} if lanes is None else {"GENRETRACK_LANES": str(lanes)}
    start = time.perf_counter()
    done = subprocess.run([program, "cache", folder or recordings, "-o", output, "--json", *arguments],
                          env={**environment, **extra}, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode == UNSUPPORTED:
        notes.append("not computed by this version: " + done.stderr.strip())
        return None
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return seconds, json.loads(done.stdout)["clips"]


def spread(values, digits=0):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def add_row(name, ours, theirs, aim, unit="clips/s", digits=0):
    ratio = statistics.median(ours) / statistics.median(theirs)
    table.append((name, f"{spread(ours, digits)} {unit}", f"{spread(theirs, 1)} {unit}", f"{ratio:.1f}", aim))
    print(f"  {name}: {ratio:.1f}", flush=True)


def write_by_hand(size):
    """Seconds to write and sync as many bytes in one plain loop: what the disk alone asks for."""
    block, path = os.urandom(1 << 20), work / "plain"
    start = time.perf_counter()
    with open(path, "wb", buffering=0) as file:
        for _ in range(size >> 20):
            file.write(block)
        os.fsync(file.fileno())
    seconds = time.perf_counter() - start
    path.unlink()
    return seconds


def build_rows(kind, variants, limit):
    """Recordings to a cache file against librosa in two processes; variants: name, arguments, lanes, aim."""
    spec = work / f"{kind}.json"
    spec.write_text(json.dumps({"name": kind, "dataset": {"path": str(recordings)}, "features": {"percussion": {"kind": kind}},
                                "model": {"branches": [{"input": "mfcc", "architecture": "dense"}]}}))
    checked = cache(work / "check.h5", "--spec", spec)
    if checked is None:
        return
    subprocess.run([sys.executable, HERE / "check_cache.py", work / "check.h5", recordings, "--clips", "4"], check=True)
    size = (work / "check.h5").stat().st_size
    (work / "check.h5").unlink()
    theirs, ours, disk = [], {v[0]: [] for v in variants}, []
    for _ in range(rounds):
        # Librosa's rate does not depend on how many clips there are; a part of them is enough for it.
        theirs.append(python("librosa_transforms.py", recordings, "--percussion", kind, "--limit", str(limit)))
        for name, arguments, lanes, _ in variants:
            seconds, clips = cache(work / "timed.h5", "--spec", spec, *arguments, lanes=lanes)
            ours[name].append(clips / seconds)
            (work / "timed.h5").unlink()
        disk.append(size / 1e6 / write_by_hand(size))
    for name, _, _, aim in variants:
        add_row(name, ours[name], theirs, aim)
    notes.append(f"{kind}: the float32 file has {size / 1e6:.0f} MB; a plain loop wrote and synced as much at {spread(disk)} MB/s")


def memory_rows():
    bench = program.parent / "tests" / "memory_bench"
    if not bench.exists():
        return notes.append("transforms in memory: no tests/memory_bench beside the program (ninja memory_bench)")
    ours, theirs = [], {1: [], 8: []}
    for _ in range(rounds):
        ours.append(json_of([bench])["clips_per_second"])
        for batch in theirs:
            theirs[batch].append(python("torch_transforms.py", "--batch", batch))
    best = max(theirs, key=lambda batch: statistics.median(theirs[batch]))
    add_row(f"four transforms in memory, PyTorch's best batch ({best})", ours, theirs[best], "15 to 25")


def read_row():
    bench = program.parent / "tests" / "cache_read_bench"
    if not bench.exists():
        return notes.append("reading: no tests/cache_read_bench beside the program (ninja cache_read_bench)")
    cache(work / "read.h5")
    got = [json_of([bench, work / "read.h5", "2"]) for _ in range(rounds)]
    (work / "read.h5").unlink()
    add_row("reading a cache, all of it, against H5Dread", [g["ours_mb_per_second"] for g in got],
            [g["hdf5_mb_per_second"] for g in got], "1.5 to 2", "MB/s")


def rerun_row():
    """Ten thousand clips, names for the same few hundred files; float16, to spare the disk."""
    clips = 1000 if options.quick else MANY
    if shutil.disk_usage(work).free < clips * 1.0e6:
        return notes.append(f"nothing to do: needs {clips * 1e-3:.0f} GB of free disk")
    many, files = work / "many", sorted(p for p in recordings.rglob("*") if p.is_file())
    for i in range(clips):
        link = many / f"genre{i % 10}" / f"{i:05d}{files[i % len(files)].suffix}"
        link.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(files[i % len(files)], link)
        except OSError:
            link.symlink_to(files[i % len(files)])
    built = cache(work / "many.h5", "--float16", folder=many)[0]
    again = [cache(work / "many.h5", "--float16", folder=many)[0] for _ in range(max(rounds, 3))]
    table.append((f"nothing to do, {clips} clips, against building them", f"{1e3 * statistics.median(again):.0f} ms "
                  f"({1e3 * min(again):.0f} to {1e3 * max(again):.0f})", f"{built:.1f} s", f"{built / statistics.median(again):.0f}", ">= 200"))
    (work / "many.h5").unlink()
    shutil.rmtree(many)


def startup_row():
    times = []
    for _ in range(20):
        start = time.perf_counter()
        subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True)
        times.append(1e3 * (time.perf_counter() - start))
    table.append(("genretrack --version", f"{spread(times, 1)} ms", "", "", "50 to 10 ms"))


def processor():
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(": ", 1)[1]
    return platform.processor()


recordings = options.folder
if recordings is None:
    recordings = work / "wavs"
    subprocess.run([sys.executable, HERE / "make_wavs.py", recordings], check=True)
if "flux" in rows:
    build_rows("flux", [("wav to cache, flux", [], None, "28 to 40"), ("wav to cache, flux, float16", ["--float16"], None, ""),
                        ("wav to cache, flux, 8 lanes (AVX2)", [], 8, "18 to 25")], 56)
if "tempogram" in rows:
    build_rows("tempogram", [("wav to cache, tempogram", [], None, "19 to 30"),
                             ("wav to cache, tempogram, float16", ["--float16"], None, "")], 56)
if "hpss" in rows:
    build_rows("hpss", [("wav to cache, HPSS", [], None, "250 to 400"), ("wav to cache, HPSS, float16", ["--float16"], None, "")], 8)
if "memory" in rows and not options.quick:
    memory_rows()
if "read" in rows:
    read_row()
if "rerun" in rows:
    rerun_row()
startup_row()

print(f"\n{subprocess.run([program, '--version'], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()}; {processor()}, "
      f"{os.cpu_count()} cores; {time.strftime('%Y-%m-%d')}; medians of {rounds} (smallest to largest), in turns")
for version in sorted(versions):
    print(version)
print("\n| | genretrack | other | ratio | aim |\n|---|---|---|---|---|")
for row in table:
    print("| " + " | ".join(row) + " |")
for note in dict.fromkeys(notes):
    print("- " + note)
print("- librosa: two processes, computing only, on part of the recordings; genretrack: the whole command, start-up, hashing and fsync included")
