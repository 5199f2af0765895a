#!/usr/bin/env bash
# Genres of GTZAN's recordings by their release years: makes a list of the clips that are there, trains folds that
# keep artists apart, and follows the genres over the years with models that did not hear the song.
#
#   experiments/gtzan-years/run.sh GTZAN [FOLDER]
#
# GTZAN holds clips.csv (clip, genre, artist, title, year) and genres/<genre>/<clip>.{au,wav,ogg}; results go to FOLDER
# (default: build/gtzan-years).
set -euo pipefail
cd "$(dirname "$0")/../.."

gtzan="${1:?which folder holds GTZAN\'s clips.csv and genres/?}"
out="${2:-build/gtzan-years}"
program="${GENRETRACK_PROGRAM:-build/release/genretrack}"
mkdir -p "$out"

python3 - "$gtzan" "$out/gtzan-years.csv" << 'END'
import csv, pathlib, sys
gtzan, target = pathlib.Path(sys.argv[1]), sys.argv[2]
with open(target, "w", newline="", encoding="utf-8") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["path", "genre", "artist", "title", "year"])
    for clip in csv.DictReader(open(gtzan / "clips.csv", encoding="utf-8")):
        if clip["genre"] not in ("blues", "classical", "jazz", "pop"):
            continue
        for suffix in ("au", "wav", "ogg"):
            path = f"genres/{clip['genre']}/{clip['clip']}.{suffix}"
            if (gtzan / path).is_file():
                table.writerow([path, clip["genre"], clip["artist"], clip["title"], clip["year"]])
                break
END

"$program" run experiments/gtzan-years/gtzan-years.json --data-root "$gtzan" --set "/dataset/path=$out/gtzan-years.csv" --runs "$out/runs"
"$program" trends "$out/gtzan-years.csv" --data-root "$gtzan" --model "$out/runs/gtzan-years" -o "$out/trends.html" --csv "$out/tables"
