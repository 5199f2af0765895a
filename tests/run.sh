#!/usr/bin/env bash
# Installs what is missing, builds, and runs the whole test suite: at most 20 minutes on two cores from nothing.
#
#   tests/run.sh [--quick | --long]
#
#   --quick   the quick tests of the release build only
#   --long    instead of them the long tests of the release build: the cache killed, refused and damaged everywhere, where
#             the suite takes a sample; some twenty minutes on two busy cores. Prints how often it did what.
set -euo pipefail
cd "$(dirname "$0")/.."

which=all
case "${1:-}" in
  "") ;;
  --quick) which=quick ;;
  --long) which=long ;;
  *)
    echo "usage: $0 [--quick | --long]" >&2
    exit 2
    ;;
esac

step() { printf '\n== %s (after %d s)\n' "$*" "$SECONDS"; }

step "dependencies"
.ci/dependencies.sh --build --test
if command -v ccache > /dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
cuda=OFF
if command -v nvcc > /dev/null; then cuda=ON; fi

step "release build"
cmake --preset release -DGENRETRACK_TESTS=ON -DGENRETRACK_CUDA="$cuda"
cmake --build --preset release

if [ "$which" = all ]; then
  step "build with address and undefined-behaviour sanitizers"
  cmake --preset asan
  cmake --build --preset asan
  step "quick tests and emulated kernels under the sanitizers"
  ctest --preset asan -L '^(quick|emulated)$' -j "$(nproc)"
fi

step "tests"
case "$which" in
  quick) ctest --preset release -L quick -j "$(nproc)" ;;
  all) ctest --preset release -j "$(nproc)" ;;
  long)
    # Without the preset, which leaves them out.
    GENRETRACK_COUNTS=$(mktemp)
    export GENRETRACK_COUNTS
    failed=0
    ctest --test-dir build/release -L '^long$' --output-on-failure --no-tests=error -j "$(nproc)" || failed=$?
    step "what the long tests did"
    sort -k2 "$GENRETRACK_COUNTS"
    rm -f "$GENRETRACK_COUNTS"
    exit "$failed"
    ;;
esac
