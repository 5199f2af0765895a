"""Times PyTorch on one training step of the reference networks of tests/bench/nn_bench: forward, loss, backward, AdamW.

Prints one JSON line with the median, minimum and maximum milliseconds per step. Convolutions run channels-last.
"""
import argparse
import json
import statistics
import time

import torch
from torch import nn

FRAMES, CLASSES = 130, 10


class MeanOverPositions(nn.Module):
    def forward(self, x):
        return x.flatten(2).mean(2)


class Recurrent(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.body, self.head = cell(20, 128, 2), nn.Linear(128, CLASSES)

    def forward(self, x):
        return self.head(self.body(x)[0][-1])


def cnn(dimensions, previous, channels):
    convolution, norm, pool = {1: (nn.Conv1d, nn.BatchNorm1d, nn.MaxPool1d), 2: (nn.Conv2d, nn.BatchNorm2d, nn.MaxPool2d)}[dimensions]
    layers = []
    for c in channels:
        layers += [convolution(previous, c, 3, padding=1, bias=False), norm(c), nn.ReLU(), pool(2)]
        previous = c
    return nn.Sequential(*layers, MeanOverPositions(), nn.Dropout(0.3), nn.Linear(previous, CLASSES))


def dense():
    layers, previous = [nn.Flatten()], 128 * FRAMES
    for units in (256, 128):
        layers += [nn.Linear(previous, units, bias=False), nn.BatchNorm1d(units), nn.ReLU(), nn.Dropout(0.3)]
        previous = units
    return nn.Sequential(*layers, nn.Linear(previous, CLASSES))


def network(name, batch):
    """The module and a batch of inputs."""
    if name in ("lstm", "gru", "rnn"):
        return Recurrent({"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[name]), torch.randn(FRAMES, batch, 20)
    if name == "cnn1d":
        return cnn(1, 128, (128, 128, 256)), torch.randn(batch, 128, FRAMES)
    x = torch.randn(batch, 1, 128, FRAMES)
    if name == "dense":
        return dense(), x
    to = {"memory_format": torch.channels_last}
    return cnn(2, 1, (32, 64, 128, 256, 256)).to(**to), x.to(**to)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", default="cnn2d", choices=["cnn2d", "lstm", "gru", "rnn", "cnn1d", "dense"])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compile", action="store_true", help="the whole step, with CUDA graphs on a GPU")
    parser.add_argument("--tf32", action="store_true", help="on a GPU; float32 without it")
    parser.add_argument("--bfloat16", action="store_true", help="autocast")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.tf32
    torch.backends.cudnn.benchmark = True
    model, x = network(options.network, options.batch)
    model, x = model.to(options.device), x.to(options.device)
    y = torch.randint(0, CLASSES, (options.batch,), device=options.device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2, fused=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(options.device, dtype=torch.bfloat16, enabled=options.bfloat16):
            loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()

    step_function = torch.compile(step, mode="max-autotune") if options.compile else step
    wait = torch.cuda.synchronize if options.device == "cuda" else (lambda: None)
    for _ in range(5):
        step_function()
    times = []
    for _ in range(options.steps):
        wait()
        start = time.perf_counter()
        step_function()
        wait()
        times.append(1e3 * (time.perf_counter() - start))
    print(json.dumps({"peer": "torch " + torch.__version__, "network": options.network, "batch": options.batch, "device": options.device,
                      "precision": "bfloat16" if options.bfloat16 else "tf32" if options.tf32 else "float32", "compile": options.compile, "threads": torch.get_num_threads(),
                      "median_ms": round(statistics.median(times), 2), "min_ms": round(min(times), 2), "max_ms": round(max(times), 2)}))
