"""Makes recurrent_golden.h with PyTorch: logits, loss and gradients of small recurrent networks in both directions.

python -m venv venv && venv/bin/pip install torch==2.11.0 && venv/bin/python make_recurrent.py
"""
from pathlib import Path

import torch
from torch import nn

CLIPS, FEATURES, FRAMES, HIDDEN, CLASSES = 2, 3, 5, 4, 3


def biases(name, first, second):
    """Ours from PyTorch's two: their sum, but a GRU's new gate keeps both."""
    if name != "Gru":
        return first + second
    return torch.cat([first[: 2 * HIDDEN] + second[: 2 * HIDDEN], first[2 * HIDDEN :], second[2 * HIDDEN :]])


def bias_gradients(name, first, second):
    return first if name != "Gru" else torch.cat([first, second[2 * HIDDEN :]])


def flat(parts):
    return torch.cat([p.reshape(-1) for p in parts])


def array(name, values):
    numbers = ", ".join(f"{v:.9g}f" if "." in f"{v:.9g}" or "e" in f"{v:.9g}" else f"{v:.9g}.0f" for v in values.reshape(-1).tolist())
    return f"inline const std::vector<float> {name} = {{{numbers}}};\n"


def case(name, cell):
    torch.manual_seed(3)
    body, head = cell(FEATURES, HIDDEN, batch_first=True, bidirectional=True), nn.Linear(2 * HIDDEN, CLASSES)
    x = torch.randn(CLIPS, FRAMES, FEATURES)
    logits = head(body(x)[0].mean(1))
    loss = nn.functional.cross_entropy(logits, torch.arange(CLIPS) % CLASSES)
    loss.backward()
    parameters, gradients = [], []
    for direction in ("", "_reverse"):
        get = lambda part, d=direction: getattr(body, f"{part}_l0{d}")
        for part in ("weight_ih", "weight_hh"):
            parameters.append(get(part))
            gradients.append(get(part).grad)
        parameters.append(biases(name, get("bias_ih"), get("bias_hh")))
        gradients.append(bias_gradients(name, get("bias_ih").grad, get("bias_hh").grad))
    for p in (head.weight, head.bias):
        parameters.append(p)
        gradients.append(p.grad)
    key = f"k{name}"
    return (array(key + "Parameters", flat(parameters)) + array(key + "Input", x.transpose(1, 2)) + array(key + "Logits", logits)
            + f"constexpr double {key}Loss = {loss.item():.9g};\n" + array(key + "Gradients", flat(gradients)))


text = ("// Made by make_recurrent.py with PyTorch " + torch.__version__.split("+")[0] + "; not edited by hand.\n#pragma once\n\n#include <vector>\n\n"
        "// clang-format off\nnamespace genretrack::golden {\n\n"
        f"constexpr int kClips = {CLIPS}, kFeatures = {FEATURES}, kFrames = {FRAMES}, kHidden = {HIDDEN}, kClasses = {CLASSES};\n")
for label, kind in (("Rnn", nn.RNN), ("Lstm", nn.LSTM), ("Gru", nn.GRU)):
    text += case(label, kind)
text += "\n}  // namespace genretrack::golden\n// clang-format on\n"
Path(__file__).with_name("recurrent_golden.h").write_text(text, encoding="utf-8")
