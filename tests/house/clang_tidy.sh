#!/usr/bin/env bash
# clang-tidy, with the checks of .clang-tidy, on the sources of a build. Slow: some minutes on two cores.
#
#   tests/house/clang_tidy.sh BUILD_FOLDER [FILE…]     (default: every .cc of host/)
set -euo pipefail
build="$(cd "${1:?usage: $0 BUILD_FOLDER [FILE…]}" && pwd)"
shift
cd "$(dirname "$0")/../.."
if [ $# -gt 0 ]; then files=("$@"); else mapfile -t files < <(find host -name '*.cc' | sort); fi
# g++'s warning flags are not all clang's.
printf '%s\n' "${files[@]}" |
  xargs -P "$(nproc)" -n 4 clang-tidy --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option
