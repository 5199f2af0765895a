#!/usr/bin/env bash
# Builds and runs the tests and benches that need a GPU, in a few minutes, on a machine with a GPU, nvcc, CMake,
# g++ and the CUDA libraries, cuDNN among them, but without network or the program's other libraries. What else it needs comes from a
# bundle that was prepared where Debian's googletest is installed and .ci/dependencies.sh has run.
#
#   tests/gpu.sh --bundle DIR                       prepare the bundle (some MB)
#   tests/gpu.sh --from DIR [--sanitize] [--json F] build, test, time
#
# --sanitize: the tests also under compute-sanitizer (memcheck; racecheck for shared memory). --json: the table of
# ratios as JSON, too. Where Python has torch and torchaudio, their time on the same GPU stands beside ours.
# GENRETRACK_GPU_BUILD names the build folder, to keep it (build/gpu). A test that is skipped is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() { sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2; }
step() { printf '\n== %s (after %d s)\n' "$*" "$SECONDS" >&2; }

bundle='' from='' sanitize=no json=''
while [ $# -gt 0 ]; do
  case "$1" in
    --bundle) bundle=${2:-}; [ -n "$bundle" ] || usage; shift ;;
    --from) from=${2:-}; [ -n "$from" ] || usage; shift ;;
    --json) json=${2:-}; [ -n "$json" ] || usage; shift ;;
    --sanitize) sanitize=yes ;;
    *) usage ;;
  esac
  shift
done

if [ -n "$bundle" ]; then
  sources=/usr/src/googletest
  [ -f "$sources/CMakeLists.txt" ] || { echo "gpu.sh: $sources is missing: apt-get install googletest" >&2; exit 1; }
  mkdir -p "$bundle"
  cp -r "$sources" "$bundle/"
  frontend="${XDG_CACHE_HOME:-$HOME/.cache}/genretrack/cudnn-frontend-1.32.0/include"
  [ -d "$frontend" ] || { echo "gpu.sh: $frontend is missing: run .ci/dependencies.sh --build where nvcc is" >&2; exit 1; }
  rm -rf "$bundle/cudnn-frontend" "$bundle/include"
  mkdir "$bundle/include" "$bundle/cudnn-frontend"
  cp -r "$frontend" "$bundle/cudnn-frontend/include"  # its headers name this folder
  cp -r /usr/include/Random123 "$bundle/include/"
  du -sh "$bundle" >&2
  exit 0
fi
[ -n "$from" ] || usage
from=$(cd "$from" && pwd)
build=${GENRETRACK_GPU_BUILD:-build/gpu}

step "build"
cmake -S tests/gpu -B "$build" -DCMAKE_BUILD_TYPE=Release -DGENRETRACK_BUNDLE="$from" \
  -DCMAKE_CUDA_ARCHITECTURES="${GENRETRACK_GPU_ARCHITECTURES:-native}" >&2
cmake --build "$build" -j "$(nproc)" --target gpu_test gpu_bench gpu_networks_bench >&2

"$build/gpu_bench" 1 1 > /dev/null || {
  code=$?
  [ "$code" -ne 5 ] || echo "gpu.sh: no GPU answers here; it builds, and that is all that can be said" >&2
  exit "$code"
}

step "tests"
"$build/gpu_test" --gtest_output="json:$build/tests.json" >&2
if grep -q '"result": "SKIPPED"' "$build/tests.json"; then
  echo "gpu.sh: a test was skipped although there is a GPU" >&2
  exit 1
fi

if [ "$sanitize" = yes ]; then
  # The reference tests take every path with few frames; the others would take hours here.
  step "compute-sanitizer memcheck"
  compute-sanitizer --tool memcheck --leak-check full --error-exitcode 1 "$build/gpu_test" --gtest_filter='*Reference*' >&2
  step "compute-sanitizer racecheck"
  compute-sanitizer --tool racecheck --error-exitcode 1 "$build/gpu_test" --gtest_filter='*Reference*:*Kinds.GiveTheSame*' >&2
fi

step "benches"
"$build/gpu_bench" | tee "$build/ours.jsonl" >&2
"$build/gpu_networks_bench" | tee "$build/our_steps.jsonl" >&2
: > "$build/peers.jsonl"
: > "$build/peer_steps.jsonl"
if python3 -c 'import torch, torchaudio' 2> /dev/null; then
  for batch in 16 64; do
    python3 tests/bench/peers/torch_transforms.py --device cuda --compile --batch "$batch" >> "$build/peers.jsonl" ||
      echo "gpu.sh: torch_transforms.py failed with a batch of $batch" >&2
  done
  for batch in 32 512; do
    for network in cnn2d lstm; do
      for tf32 in '' --tf32; do
        python3 tests/bench/peers/torch_step.py --device cuda --compile --network "$network" --batch "$batch" $tf32 >> "$build/peer_steps.jsonl" ||
          echo "gpu.sh: torch_step.py failed for $network with a batch of $batch" >&2
      done
    done
  done
else
  echo "gpu.sh: no torch and torchaudio here: no ratios" >&2
fi

step "ratios"
python3 tests/gpu/ratios.py "$build/ours.jsonl" "$build/peers.jsonl" "$build/our_steps.jsonl" "$build/peer_steps.jsonl" ${json:+"$json"}
