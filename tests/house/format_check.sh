#!/usr/bin/env bash
# Every C++ and CUDA file is as .clang-format wants it: clang-format -i FILE puts it right.
set -euo pipefail
cd "$(dirname "$0")/../.."
find host cuda tests -name '*.h' -o -name '*.cc' -o -name '*.cu' -o -name '*.cuh' | sort |
  xargs clang-format --dry-run --Werror
