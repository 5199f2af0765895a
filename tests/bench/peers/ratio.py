"""Medians and ratio of what run.sh measured: ratio.py PEER_LINES OUR_NANOSECONDS OUR_CLIPS"""
import json
import os
import statistics
import sys
from pathlib import Path

peer = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
theirs = [p["clips_per_second"] for p in peer]
clips = int(sys.argv[3])
ours = [1e9 * clips / int(line) for line in Path(sys.argv[2]).read_text().split()]


def text(values):
    return f"{statistics.median(values):.1f} clips/s ({min(values):.1f} to {max(values):.1f})"


print(f"{os.cpu_count()} cores, {clips} clips ({peer[0]['clips']} for librosa), medians of {len(ours)} (range)")
print(f"{peer[0]['peer']}, numpy {peer[0]['numpy']}, {peer[0]['processes']} processes, computing only: {text(theirs)}")
print(f"genretrack cache, recordings to file, start-up included: {text(ours)}")
print(f"ratio: {statistics.median(ours) / statistics.median(theirs):.1f}")
