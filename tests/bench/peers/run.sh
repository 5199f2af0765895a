#!/bin/sh
# Times `genretrack cache` against librosa on the same recordings: run.sh PROGRAM [FOLDER] [ROUNDS]
# FOLDER holds a folder of recordings per genre; without it, music is generated. First checks that both agree, then
# takes turns, ROUNDS times (5), and prints medians and their ratio. Needs Python with venv, and PyPI once.
# GENRETRACK_PEERS names the folder of the Python environment, to keep it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
program=$1 folder=${2:-} rounds=${3:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
python=${GENRETRACK_PEERS:-$work/venv}/bin/python
export PYTHONDONTWRITEBYTECODE=1
if ! [ -x "$python" ]; then
  python3 -m venv "$(dirname "$(dirname "$python")")"
  "$python" -m pip install --quiet librosa==0.11.0 h5py
fi
if [ -z "$folder" ]; then
  folder=$work/wavs
  "$python" "$here/make_wavs.py" "$folder"
fi

"$program" cache "$folder" -o "$work/check.h5" >"$work/check.log" 2>&1 || { cat "$work/check.log" >&2; exit 1; }
"$python" "$here/check_cache.py" "$work/check.h5" "$folder"
rm -f "$work/check.h5"

for round in $(seq "$rounds"); do
  # Librosa's rate does not depend on how many; a part of the recordings is enough for it.
  "$python" "$here/librosa_transforms.py" "$folder" --limit 56 >>"$work/peer"
  start=$(date +%s%N)
  "$program" cache "$folder" -o "$work/timed.h5" >"$work/timed.log" 2>&1
  echo $(($(date +%s%N) - start)) >>"$work/ours"
  rm -f "$work/timed.h5"*
done
"$program" --version
sed -n 's/^model name[^:]*: /processor: /p' /proc/cpuinfo | head -n 1
"$python" "$here/ratio.py" "$work/peer" "$work/ours" "$(sed -n 's/.*: \([0-9]*\) clips, .*/\1/p' "$work/timed.log")"
