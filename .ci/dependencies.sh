#!/usr/bin/env bash
# Installs what is missing to build, try and test genretrack on Debian 12, and is done in a moment where
# nothing is. docs/architecture.md says why each library is there.
#
#   .ci/dependencies.sh [--build] [--demo] [--test]     (default: all three)
set -euo pipefail

build=(
  g++ cmake ninja-build pkg-config git ca-certificates python3 python3-venv
  libhdf5-dev nlohmann-json3-dev libdnnl-dev ocl-icd-opencl-dev libsndfile1-dev libsoxr-dev libcli11-dev
  libspdlog-dev librandom123-dev libboost-dev libboost-math-dev libeigen3-dev libxxhash-dev libcsv-dev libcairo2-dev libprotozero-dev libsvm-dev
)
demo=(mma fluidsynth timgm6mb-soundfont)
tests=(libgtest-dev libvalijson-dev libboost-context-dev clang-format clang-tidy chromium strace util-linux)
python_tests=(playwright==1.49.1 h5py==3.12.1 "numpy<3" tensorboard==2.21.0)

cache="${XDG_CACHE_HOME:-$HOME/.cache}/genretrack"

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    echo "dependencies: not root and no sudo; as root, run: $*" >&2
    return 1
  fi
}

# The given packages that are not installed, one a line. One query for all of them.
missing_packages() {
  local installed
  # It returns 1 where it does not know one of them, which is then missing.
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2> /dev/null) || [ $? -eq 1 ]
  installed=$(sed -n 's/^installed //p' <<< "$installed")
  comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<< "$installed")
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -eq 0 ] && return
  echo "dependencies: installing ${missing[*]}" >&2
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "${missing[@]}")
  # Lists may be old or absent: fetch them, and once more try where a package has moved on meanwhile.
  as_root apt-get -q update >&2
  as_root "${install[@]}" >&2 || { as_root apt-get -q update >&2 && as_root "${install[@]}" >&2; }
}

# A virtual environment in the user's cache, made again whenever its list of packages changes.
install_python() {
  local folder="$cache/$1"
  shift
  if [ -f "$folder/packages.txt" ] && [ "$(cat "$folder/packages.txt")" = "$*" ]; then return; fi
  echo "dependencies: installing $* into $folder" >&2
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
  echo "$*" > "$folder/packages.txt"
}

# Vega, which draws the charts of pages, comes in a wheel; Debian has it in modules only.
install_vega() {
  local script="$cache/vega-5.21.0.js" scratch
  [ -s "$script" ] && return
  echo "dependencies: fetching Vega into $script" >&2
  mkdir -p "$cache"
  scratch=$(mktemp -d)
  echo "altair_viewer==0.4.0 --hash=sha256:5da49c52ad9fc56b823cc479b8e5332324d1544b3f7ae4939c25a8585eae5245" > "$scratch/wheel.txt"
  python3 -m venv "$scratch/venv"
  "$scratch/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --require-hashes -r "$scratch/wheel.txt" -d "$scratch" >&2
  python3 -m zipfile -e "$scratch"/altair_viewer-*.whl "$scratch/wheel"
  mv "$scratch/wheel/altair_viewer/scripts/vega-5.21.0.js" "$script.part"
  mv "$script.part" "$script"
  rm -rf "$scratch"
}

# Headers of cuDNN's C++ front end, which NVIDIA keeps in a wheel; asked for where there is a CUDA compiler.
install_cudnn_frontend() {
  local folder="$cache/cudnn-frontend-1.32.0" scratch
  [ -s "$folder/include/cudnn_frontend.h" ] && return
  echo "dependencies: fetching the headers of cuDNN's front end into $folder" >&2
  mkdir -p "$cache"
  scratch=$(mktemp -d)
  echo "nvidia-cudnn-frontend==1.32.0 --hash=sha256:c6006556017a4d1c914c52a556c71b1267f2d6a0500f742e7b4edef539878df0" > "$scratch/wheel.txt"
  python3 -m venv "$scratch/venv"
  # One wheel for every Python here: only its headers are used.
  "$scratch/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    --python-version 3.11 --platform manylinux_2_28_x86_64 -r "$scratch/wheel.txt" -d "$scratch" >&2
  python3 -m zipfile -e "$scratch"/nvidia_cudnn_frontend-*.whl "$scratch/wheel"
  rm -rf "$folder.part" "$folder"
  mkdir "$folder.part"
  mv "$scratch/wheel/include" "$folder.part/include"
  mv "$folder.part" "$folder"
  rm -rf "$scratch"
}

sets=("$@")
[ "${#sets[@]}" -gt 0 ] || sets=(--build --demo --test)
packages=()
for set in "${sets[@]}"; do
  case "$set" in
    --build) packages+=("${build[@]}") ;;
    --demo) packages+=("${demo[@]}") ;;
    --test) packages+=("${tests[@]}" "${demo[@]}") ;;
    *)
      echo "usage: $0 [--build] [--demo] [--test]" >&2
      exit 2
      ;;
  esac
done
install_packages "${packages[@]}"
for set in "${sets[@]}"; do
  case "$set" in
    --build)
      install_vega
      if command -v nvcc > /dev/null; then install_cudnn_frontend; fi
      ;;
    --test) install_python test-venv "${python_tests[@]}" ;;
  esac
done
