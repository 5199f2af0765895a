#!/bin/sh
# Times genretrack against librosa, PyTorch and HDF5 on this machine: run.sh PROGRAM [--quick] [--folder FOLDER] [--rounds 5]
# Makes a Python environment with the newest librosa, PyTorch, torchaudio and scipy (PyPI, once; without PyTorch for
# --quick); GENRETRACK_PEERS names its folder, to keep it. Results are compared before they are timed.
# First: cmake --build --preset release --target genretrack memory_bench cache_read_bench. Leave the machine alone meanwhile.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
export PYTHONDONTWRITEBYTECODE=1
venv=${GENRETRACK_PEERS:-}
if [ -z "$venv" ]; then
  venv=$(mktemp -d)
  trap 'rm -rf "$venv"' EXIT INT TERM
fi
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
packages="librosa scipy h5py torch torchaudio"
case " $* " in *" --quick "*) packages="librosa scipy h5py" ;; esac
for package in $packages; do
  [ -d "$(echo "$venv"/lib/python3*/site-packages/"$package")" ] || missing="${missing:-} $package"
done
# shellcheck disable=SC2086
[ -z "${missing:-}" ] || "$venv/bin/python" -m pip install --quiet $missing
"$venv/bin/python" "$here/bench.py" "$@"
