#!/bin/sh
# Times one training step of the reference networks against PyTorch, in turns: steps.sh BUILD_FOLDER [--rounds 5]
# [--networks cnn2d,lstm,gru,rnn,cnn1d,dense]. BUILD_FOLDER holds tests/nn_step_bench (ninja nn_step_bench). Makes a Python environment
# with PyTorch (PyPI, once); GENRETRACK_PEERS names its folder, to keep it. Leave the machine alone meanwhile.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
export PYTHONDONTWRITEBYTECODE=1
venv=${GENRETRACK_PEERS:-}
if [ -z "$venv" ]; then
  venv=$(mktemp -d)
  trap 'rm -rf "$venv"' EXIT INT TERM
fi
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
[ -d "$(echo "$venv"/lib/python3*/site-packages/torch)" ] || "$venv/bin/python" -m pip install --quiet torch
"$venv/bin/python" "$here/steps.py" "$@"
