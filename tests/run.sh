#!/usr/bin/env bash
# Installs what is missing, builds, and runs the whole test suite: at most 20 minutes on two cores from nothing.
#
#   tests/run.sh [--quick]     (--quick: the quick tests of the release build only)
set -euo pipefail
cd "$(dirname "$0")/.."

quick=no
case "${1:-}" in
  "") ;;
  --quick) quick=yes ;;
  *)
    echo "usage: $0 [--quick]" >&2
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

if [ "$quick" = no ]; then
  step "build with address and undefined-behaviour sanitizers"
  cmake --preset asan
  cmake --build --preset asan
  step "quick tests under the sanitizers"
  ctest --preset asan -L quick -j "$(nproc)"
fi

step "tests"
if [ "$quick" = yes ]; then
  ctest --preset release -L quick -j "$(nproc)"
else
  ctest --preset release -j "$(nproc)"
fi
