"""Sets our training steps beside PyTorch's, in turns, and prints a table of ratios; steps.sh makes the Python it needs.

Each round runs every network once on either side in a process of its own, so that a slow minute is both sides'. A
figure is the median of the rounds' medians, in parentheses their smallest and largest; a spread above a tenth is called noisy.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
AIMS = {"cnn2d": 2.3, "lstm": 1.8, "cnn1d": 1.3, "dense": 1.3}

parser = argparse.ArgumentParser(prog="steps.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("build", type=Path, help="build folder with tests/nn_step_bench")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--steps", type=int, default=20, help="of each run")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--networks", default="cnn2d,lstm,gru,rnn,cnn1d,dense")
options = parser.parse_args()


def last_json(command, wait_policy):
    environment = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}
    if wait_policy:
        environment["OMP_WAIT_POLICY"] = wait_policy
    done = subprocess.run([str(c) for c in command], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def spread(values):
    middle = statistics.median(values)
    noisy = (max(values) - min(values)) > 0.1 * middle
    return f"{middle:.2f} ({min(values):.2f} to {max(values):.2f}{', noisy' if noisy else ''})"


networks = options.networks.split(",")
ours, theirs, peer = {n: [] for n in networks}, {n: [] for n in networks}, ""
for _ in range(options.rounds):
    for name in networks:
        shared = ["--network", name, "--steps", options.steps, "--threads", options.threads]
        # As `genretrack run` does; PyTorch must not wait passively.
        ours[name].append(last_json([options.build / "tests" / "nn_step_bench", *shared], "passive")["median_ms"])
        result = last_json([sys.executable, HERE / "torch_step.py", *shared], None)
        theirs[name].append(result["median_ms"])
        peer = result["peer"]
        print(f"  {name}: {ours[name][-1]:.2f} and {theirs[name][-1]:.2f} ms", flush=True)
print(f"\n{peer}, {options.threads} threads of {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}, "
      f"{options.rounds} rounds of {options.steps} steps\n")
print("| network | ours, ms | PyTorch, ms | ratio | aim |\n|---|---|---|---|---|")
for name in networks:
    ratio = statistics.median(theirs[name]) / statistics.median(ours[name])
    print(f"| {name} | {spread(ours[name])} | {spread(theirs[name])} | {ratio:.2f} | {AIMS.get(name, '')} |")
