#!/usr/bin/env python3
"""Rules of the house that a glance can check: no file of code past 500 lines, headers with `#pragma once`, no
notes to oneself, no tabs, a line feed at the end. Prints what breaks a rule and fails.

    file_rules.py [SOURCE_ROOT]
"""
import pathlib
import re
import sys

MOST_LINES = 500
CODE = {".h", ".cc", ".cu", ".cuh", ".inc", ".py", ".sh", ".cmake"}
NOTES = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def problems_of(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        yield f"{path}: {len(lines)} lines, {MOST_LINES} are allowed: split it"
    if path.suffix in {".h", ".cuh"} and "#pragma once" not in lines:
        yield f"{path}: no #pragma once"
    if text and not text.endswith("\n"):
        yield f"{path}: no line feed at the end"
    for number, line in enumerate(lines, 1):
        if NOTES.search(line):
            yield f"{path}:{number}: a note to oneself: {line.strip()}"
        if "\t" in line:
            yield f"{path}:{number}: a tab"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    files = sorted(path for top in ("host", "cuda", "tests", "data", "experiments", ".ci") for path in (root / top).rglob("*")
                   if path.suffix in CODE and path.is_file())
    if len(files) < 10:
        sys.exit(f"{root}: hardly any files here; is this the source root?")
    problems = [problem for path in files for problem in problems_of(path)]
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(files)} files keep the rules")


if __name__ == "__main__":
    main()
