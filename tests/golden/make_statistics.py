#!/usr/bin/env python3
"""Writes statistics.h beside it: values of SciPy, statsmodels and scikit-learn for tests/analysis.

Needs scipy, statsmodels and scikit-learn; their versions are written into the header.
"""

import pathlib

import numpy
import scipy
import scipy.stats
import sklearn
import sklearn.metrics
import statsmodels
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

GENRES = 4
CLIPS = 60


def array(values, pattern="{:.17g}"):
    lines, line = [], "   "
    for value in values:
        word = " " + pattern.format(value) + ","
        if len(line) + len(word) > 108:
            lines.append(line)
            line = "   "
        line += word
    lines.append(line)
    return "{\n" + "\n".join(lines) + "\n}"


def mid_p(first, second):
    """2 P(X < x) + P(X = x), from statsmodels' exact p-value, which is 2 P(X <= x), but never above 1."""
    smaller, total = min(first, second), first + second
    exact = mcnemar([[0, first], [second, 0]], exact=True).pvalue
    point = scipy.stats.binom.pmf(smaller, total, 0.5)
    return 1.0 if first == second else exact - point


def corrected(families):
    return [value for family in families for value in multipletests(family, method="holm")[1]]


def main():
    random = numpy.random.default_rng(20261124)
    # One genre is rare and one is never predicted, so that empty denominators are tested too.
    truth = random.choice(GENRES, size=CLIPS, p=[0.4, 0.35, 0.2, 0.05])
    logits = random.normal(size=(CLIPS, GENRES)) + 1.2 * numpy.eye(GENRES)[truth]
    logits[:, 3] -= 9
    probabilities = numpy.exp(logits) / numpy.exp(logits).sum(axis=1, keepdims=True)
    probabilities[0] = [0, 1, 0, 0] if truth[0] != 1 else [1, 0, 0, 0]  # surely wrong: clamped
    predicted = probabilities.argmax(axis=1)
    precision, recall, f1, _ = sklearn.metrics.precision_recall_fscore_support(
        truth, predicted, labels=range(GENRES), zero_division=0
    )
    clamped = numpy.clip(probabilities[numpy.arange(CLIPS), truth], 1e-12, 1)
    mcnemar_counts = [(0, 1), (1, 3), (2, 9), (5, 5), (12, 30), (40, 28), (0, 20), (150, 190)]
    families = [[0.01, 0.04, 0.03], [0.2, 0.001, 0.0125, 0.6], [0.03, 0.04], [0.5]]
    seeds_a, seeds_b = [0.81, 0.84, 0.79, 0.83, 0.82], [0.78, 0.80, 0.81]
    mean, error = numpy.mean(seeds_a), scipy.stats.sem(seeds_a)
    t_interval = scipy.stats.t.interval(0.95, len(seeds_a) - 1, mean, error)
    welch = scipy.stats.ttest_ind(seeds_a, seeds_b, equal_var=False).confidence_interval(0.95)
    # Clopper and Pearson's interval, which Korn and Graubard's becomes with one clip per artist and many clips.
    clopper = scipy.stats.binomtest(1700, 2000).proportion_ci(0.95, method="exact")

    versions = ", ".join(f"{m.__name__} {m.__version__}" for m in (numpy, scipy, statsmodels, sklearn))
    text = f"""// Written by make_statistics.py with {versions}.
#pragma once

#include <cstddef>

namespace genretrack::golden {{

// clang-format off
inline constexpr std::size_t kGenres = {GENRES}, kClips = {CLIPS};
inline constexpr std::size_t kTruth[] = {array(truth, "{}")};
inline constexpr double kProbabilities[] = {array(probabilities.ravel())};
inline constexpr double kAccuracy = {sklearn.metrics.accuracy_score(truth, predicted):.17g};
inline constexpr double kMacroF1 = {sklearn.metrics.f1_score(truth, predicted, average="macro"):.17g};
inline constexpr double kLogLoss = {-numpy.log(clamped).mean():.17g};
inline constexpr double kPrecision[] = {array(precision)};
inline constexpr double kRecall[] = {array(recall)};
inline constexpr double kF1[] = {array(f1)};
inline constexpr std::size_t kConfusion[] = {array(sklearn.metrics.confusion_matrix(truth, predicted, labels=range(GENRES)).ravel(), "{}")};

inline constexpr std::size_t kMcNemarCounts[][2] = {{{", ".join("{%d, %d}" % pair for pair in mcnemar_counts)}}};
inline constexpr double kMcNemarMidP[] = {array([mid_p(*pair) for pair in mcnemar_counts])};

// Families of p-values one after the other, with their sizes.
inline constexpr std::size_t kHolmSizes[] = {array([len(family) for family in families], "{}")};
inline constexpr double kHolmP[] = {array([p for family in families for p in family])};
inline constexpr double kHolmAdjusted[] = {array(corrected(families))};

inline constexpr double kSeedsA[] = {array(seeds_a)};
inline constexpr double kSeedsB[] = {array(seeds_b)};
inline constexpr double kSeedDeviation = {numpy.std(seeds_a, ddof=1):.17g};
inline constexpr double kSeedInterval[] = {array(t_interval)};
inline constexpr double kWelchInterval[] = {array([welch.low, welch.high])};

inline constexpr double kClopperPearson[] = {array([clopper.low, clopper.high])};  // of 1700 in 2000
// clang-format on

}}  // namespace genretrack::golden
"""
    pathlib.Path(__file__).with_name("statistics.h").write_text(text)


if __name__ == "__main__":
    main()
