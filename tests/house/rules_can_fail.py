#!/usr/bin/env python3
"""Checks the checkers: a small tree that breaks one rule at a time is refused, for that reason."""
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# checker, file, content, what the message must say
CASES = [
    ("include_arrows.py", "host/core/x.cc", '#include "host/dsp/mel.h"\n', "host/core/x.cc:1: may not include host/dsp/mel.h"),
    ("include_arrows.py", "host/nn/x.cc", '\n#include "host/cpu/ops.h"\n', "host/nn/x.cc:2: may not include"),
    ("include_arrows.py", "host/dsp/x.cc", '#include "host/core/absent.h"\n', "does not exist"),
    ("include_arrows.py", "host/dsp/x.cc", '#include "mel.h"\n', "from the source root"),
    ("include_arrows.py", "host/cpu/x.cc", "#include <cuda_runtime.h>\n", "never includes a CUDA header"),
    ("include_arrows.py", "cuda/core/x.cu", '#include "host/nn/layers.h"\n', "cuda/core/x.cu:1: may not include"),
    ("include_arrows.py", "host/elsewhere/x.cc", "", "not in the table"),
    ("file_rules.py", "host/core/x.cc", "\n" * 501, "501 lines"),
    ("file_rules.py", "host/core/x.h", "int x();\n", "no #pragma once"),
    ("file_rules.py", "host/core/x.cc", "// TO" + "DO: later\n", "x.cc:1: a note to oneself"),
    ("file_rules.py", "host/core/x.cc", "int x;", "no line feed"),
]


def check(checker, name, content):
    with tempfile.TemporaryDirectory() as root:
        for i in range(10):
            fine = pathlib.Path(root) / "host" / "core" / f"fine{i}.cc"
            fine.parent.mkdir(parents=True, exist_ok=True)
            fine.write_text("int fine;\n")
        path = pathlib.Path(root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return subprocess.run([sys.executable, HERE / checker, root], capture_output=True, text=True, check=False)


failures = 0
for checker, name, content, message in CASES:
    result = check(checker, name, content)
    if result.returncode == 0 or message not in result.stderr:
        print(f"{checker} on {name}: wanted '{message}', got exit {result.returncode}: {result.stderr}")
        failures += 1
for checker in ("include_arrows.py", "file_rules.py"):
    result = check(checker, "host/core/fine.cc", "int also_fine;\n")
    if result.returncode != 0:
        print(f"{checker} refuses a good tree: {result.stderr}")
        failures += 1
sys.exit(1 if failures else 0)
