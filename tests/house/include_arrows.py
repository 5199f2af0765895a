#!/usr/bin/env python3
"""Includes point one way: every arrow between folders of host/ and cuda/ stands in the table below, and host/
never includes CUDA's headers. Prints file:line for each include that does not fit and fails.

    include_arrows.py [SOURCE_ROOT]
"""
import pathlib
import re
import sys

# Folder -> the folders whose headers it may include, its own aside. docs/architecture.md explains the order.
ARROWS = {
    "core": [],
    "dsp": ["core"],
    "backend": ["core", "dsp"],
    "cpu": ["core", "dsp", "backend"],
    "audio": ["core", "dsp"],
    "dataset": ["core", "dsp"],
    "cache": ["core", "dsp"],
    "spec": ["core", "dsp", "dataset"],
    "nn": ["core", "dsp", "backend", "spec", "dataset"],
    "pipeline": ["core", "dsp", "audio", "dataset", "cache", "backend"],
    "train": ["core", "dsp", "dataset", "cache", "spec", "backend", "nn", "analysis"],
    "analysis": ["core"],
    "trends": ["core", "analysis"],
    "report": ["core", "analysis", "trends"],
    "doctor": ["core", "dsp", "audio", "dataset", "cache", "backend"],
    "cli": ["core", "dsp", "audio", "dataset", "cache", "spec", "backend", "nn", "pipeline", "train", "analysis",
            "trends", "report", "doctor"],
}
CUDA_SEES = ["core", "dsp", "backend"]
# A file that may do more than its folder.
EXCEPTIONS = {"host/backend/make_backend.cc": ["cpu"]}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
CUDA_HEADER = re.compile(r"^(cuda|cudnn|cufft|cublas|curand|cusparse|nvrtc|nvml|cooperative_groups|thrust/|cub/)")


def allowed_folders(path):
    """Prefixes of the includes that a file may have; path is relative to the root."""
    if path.parts[0] == "cuda":
        return ["cuda/"] + [f"host/{folder}/" for folder in CUDA_SEES]
    folder = path.parts[1]
    if folder not in ARROWS:
        return None
    others = ARROWS[folder] + EXCEPTIONS.get(path.as_posix(), [])
    return [f"host/{name}/" for name in [folder, *others]]


def problems_of(root, path):
    allowed = allowed_folders(path.relative_to(root))
    if allowed is None:
        return [f"{path}: this folder is not in the table of tests/house/include_arrows.py"]
    problems = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        bracket, target = match.groups()
        place = f"{path}:{number}: "
        if target.startswith(("host/", "cuda/")):
            if not target.startswith(tuple(allowed)):
                problems.append(place + f"may not include {target}")
            elif not (root / target).is_file():
                problems.append(place + f"{target} does not exist")
        elif bracket == '"':
            problems.append(place + f'"{target}": name our own headers from the source root, others in <>')
        elif path.relative_to(root).parts[0] == "host" and CUDA_HEADER.match(target):
            problems.append(place + f"host/ never includes a CUDA header ({target})")
    return problems


def cycles():
    """The table itself must be free of cycles."""
    done, found = set(), []

    def visit(folder, trail):
        if folder in trail:
            found.append(" -> ".join([*trail, folder]))
        elif folder not in done:
            for other in ARROWS[folder]:
                visit(other, [*trail, folder])
            done.add(folder)

    for folder in ARROWS:
        visit(folder, [])
    return found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    files = sorted(path for top in ("host", "cuda") for path in (root / top).rglob("*")
                   if path.suffix in {".h", ".cc", ".cu", ".cuh", ".inc"})
    if len(files) < 10:
        sys.exit(f"{root}: hardly any source files here; is this the source root?")
    problems = [f"cycle in the table: {cycle}" for cycle in cycles()]
    for path in files:
        problems += problems_of(root, path)
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(files)} files, every include fits")


if __name__ == "__main__":
    main()
