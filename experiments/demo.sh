#!/usr/bin/env bash
# From a clone to a comparison of music genre recognisers, on a Debian 12 machine that has only git: installs what
# is missing, builds, makes a corpus of synthetic music, computes its transforms, trains four networks on one
# transform each and the four merged, compares them, and draws the four transforms of one recording. Meant for ten
# minutes on two cores (docs/performance.md has what was measured); run again, it does only what is left to do.
#
#   experiments/demo.sh [FOLDER]     (default: build/demo)
set -euo pipefail
cd "$(dirname "$0")/.."

demo="${1:-build/demo}"
program=build/release/genretrack
recording=jazz/jazz.00003.wav

step() {
  current="$1"
  printf '\n== %s (after %d s)\n' "$current" "$SECONDS" >&2
}
say_where_it_stopped() {
  local code=$?
  [ "$code" -eq 0 ] || echo "demo: stopped at \"${current:-the start}\" (exit code $code); the same command goes on from there" >&2
}
trap say_where_it_stopped EXIT

step "installing what is missing"
.ci/dependencies.sh --build --demo
if command -v ccache > /dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi

step "building"
mkdir -p "$demo"
# Only the program: the tests have libraries of their own. A build folder that has tests keeps them.
if [ -f build/release/CMakeCache.txt ]; then
  cmake --preset release > "$demo/build.log"
else
  cmake --preset release -DGENRETRACK_TESTS=OFF > "$demo/build.log"
fi
cmake --build --preset release --target genretrack

step "making the demo corpus"
python3 data/demo_corpus/make_demo_corpus.py "$demo/demo_corpus"

step "computing the four transforms of every recording"
"$program" cache "$demo/demo_corpus/manifest.csv" -o "$demo/features.h5"

step "training on each transform alone, and on all of them"
"$program" run experiments/demo --data-root "$demo" --set "/dataset/cache=$demo/features.h5" --runs "$demo/runs"

step "comparing"
"$program" compare "$demo"/runs/demo-* --html "$demo/comparison.html"

step "drawing the four transforms of one recording"
"$program" show "$demo/demo_corpus/$recording" -o "$demo/transforms.html"
"$program" show "$demo/demo_corpus/$recording" -o "$demo/transforms.png"

cat << END

== done in $SECONDS s. The corpus is synthetic: no figure above says anything about music.
comparison, as a page          $demo/comparison.html
four transforms, as pictures   $demo/transforms.html and $demo/transforms.png ($recording)
runs: predictions, models      $demo/runs/
transforms of all recordings   $demo/features.h5
recordings                     $demo/demo_corpus/
the program                    $program
Next: $program --help, or your own recordings, a folder per genre:  $program cache FOLDER -o features.h5
END
