#!/usr/bin/env python3
"""Writes stacking_values.h: what scikit-learn's LogisticRegression finds on log-probabilities that a formula
gives, so that the C++ test can make them, too. Needs numpy and scikit-learn.

    make_stacking_values.py | clang-format > tests/analysis/stacking_values.h
"""
import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

CLIPS, BRANCHES, GENRES = 40, 2, 3
truth = np.array([(n * n + n // 3) % GENRES for n in range(CLIPS)])
logits = np.array([[[np.sin(1.7 * n + 2.3 * b + 0.9 * g) + (0.8 + b) * (truth[n] == g) for g in range(GENRES)]
                    for b in range(BRANCHES)] for n in range(CLIPS)])
p = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
x = np.log(p).reshape(CLIPS, BRANCHES * GENRES)
# C is one by the weight of the penalty; 3 in the test.
model = LogisticRegression(C=1 / 3, tol=1e-12, max_iter=100000).fit(x, truth)
print(f"// Written by make_stacking_values.py with scikit-learn {sklearn.__version__}.")
print("#pragma once\n")
print("namespace genretrack::sklearn_values {\n")
print(f"constexpr int kClips = {CLIPS}, kBranches = {BRANCHES}, kGenres = {GENRES};")
print("constexpr double kWeights[] = {" + ", ".join(f"{v:.9f}" for v in model.coef_.ravel()) + "};")
print("constexpr double kProbabilities[] = {" + ", ".join(f"{v:.9f}" for v in model.predict_proba(x)[:5].ravel()) + "};")
print("\n}  // namespace genretrack::sklearn_values")
