#!/usr/bin/env python3
"""Writes statistics.h beside it: values of SciPy, statsmodels and scikit-learn for tests/analysis.

Needs scipy, statsmodels, pandas and scikit-learn; their versions are written into the header.
"""

import pathlib

import numpy
import pandas
import scipy
import scipy.optimize
import scipy.stats
import sklearn
import sklearn.metrics
import statsmodels
import statsmodels.api
import statsmodels.formula.api
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


def variance_components(random):
    """Hits of 3 seeds on clips of 7 artists, and the components by the ANOVA table of statsmodels."""
    artists = numpy.repeat(range(7), [2, 5, 1, 4, 3, 6, 2])
    clips, seeds = len(artists), 3
    difficulty = random.normal(size=7)[artists] + random.normal(size=clips)
    hits = (difficulty + random.normal(size=(seeds, clips)) + numpy.array([[0.2], [1.4], [-0.4]]) > 0).astype(int)
    table = pandas.DataFrame({"hit": hits.ravel(), "clip": numpy.tile(range(clips), seeds),
                              "artist": numpy.tile(artists, seeds), "seed": numpy.repeat(range(seeds), clips)})
    squares = {}
    for name, formula in (("artist", "hit ~ C(artist)"), ("clip", "hit ~ C(clip)"), ("all", "hit ~ C(clip) + C(seed)")):
        squares[name] = statsmodels.formula.api.ols(formula, table).fit()
    by_artist = squares["artist"].ess / 6
    by_clip = (squares["clip"].ess - squares["artist"].ess) / (clips - 7)
    by_seed = (squares["all"].ess - squares["clip"].ess) / (seeds - 1)
    rest = squares["all"].ssr / ((clips - 1) * (seeds - 1))
    sizes = numpy.bincount(artists)
    typical = (clips - (sizes**2).sum() / clips) / 6
    components = [(by_artist - by_clip) / (seeds * typical), (by_clip - rest) / seeds, (by_seed - rest) / clips, rest]
    return artists, hits, [max(0, component) for component in components]


def corrected_t(differences, ratio):
    """p-value and 95 % interval of Nadeau and Bengio's test."""
    count = len(differences)
    error = numpy.sqrt(numpy.var(differences, ddof=1) * (1 / count + ratio))
    t = scipy.stats.t(count - 1)
    mean = numpy.mean(differences)
    return [2 * t.sf(abs(mean) / error), *(mean + error * numpy.array(t.interval(0.95)))]


def chance_to_win(first, second):
    """U / (mn) of SciPy, and Newcombe's method 5 by root finding."""
    m, n = len(first), len(second)
    chance = scipy.stats.mannwhitneyu(first, second).statistic / (m * n)
    z = scipy.stats.norm.ppf(0.975)

    def beyond(theta):
        variance = theta * (1 - theta) * (1 + ((m + n) / 2 - 1) * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (m * n)
        return (chance - theta) ** 2 - z * z * variance

    ends = [scipy.optimize.brentq(beyond, *sorted((end, chance)), xtol=1e-14) for end in (1e-9, 1 - 1e-9)]
    return [chance, *ends]


def bootstrap_t(random, sums, sizes, draws=400_000):
    """95 % interval of a ratio of sums over groups."""
    def figure(weights):
        total = weights @ sizes
        mean = weights @ sums / total
        squares = (weights * (sums - mean[..., None] * sizes) ** 2).sum(axis=-1)
        return mean, numpy.sqrt(squares * len(sums) / (len(sums) - 1)) / total

    mean, error = figure(numpy.ones((1, len(sums))))
    drawn = random.multinomial(len(sums), numpy.full(len(sums), 1 / len(sums)), size=draws)
    means, errors = figure(drawn)
    low, high = numpy.quantile((means - mean) / numpy.maximum(errors, 1e-12), [0.025, 0.975])
    return [float((mean - high * error)[0]), float((mean - low * error)[0])]


def calibration(confidence, hits, bins):
    """Debiased calibration error over bins of equal mass, and the quantiles of consistent accuracies, by SciPy."""
    order = numpy.argsort(confidence, kind="stable")
    edges = [bin * len(order) // bins for bin in range(bins + 1)]
    square, bars = 0.0, []
    for first, last in zip(edges, edges[1:]):
        members = order[first:last]
        mean, accuracy, count = confidence[members].mean(), hits[members].mean(), len(members)
        square += count / len(order) * ((mean - accuracy) ** 2 - accuracy * (1 - accuracy) / (count - 1))
        bars += list(scipy.stats.poisson_binom(confidence[members]).ppf([0.025, 0.975]) / count)
    return numpy.sqrt(max(0, square)), bars


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

    sign_sums, sign_sizes = [3, -1, 2, 0, 1, 4, -2, 2, 1, 0, 3], [5, 2, 4, 1, 3, 6, 4, 2, 2, 3, 5]
    sign_p = scipy.stats.permutation_test((numpy.array(sign_sums, float),), numpy.sum, permutation_type="samples",
                                          n_resamples=numpy.inf, alternative="two-sided").pvalue
    artists, seed_hits, components = variance_components(random)
    repeats = numpy.round(random.normal(0.02, 0.03, size=10), 3)
    many_a, many_b = numpy.round(random.normal(0.82, 0.01, 12), 3), numpy.round(random.normal(0.81, 0.01, 10), 3)
    boot_sizes = numpy.array([4, 7, 3, 9, 5, 6, 2, 8, 5, 4, 6, 3, 7, 5, 4, 6, 5, 3, 8, 5.0])
    boot_sums = numpy.round(boot_sizes * random.gamma(2, 0.3, size=20), 3)

    confidence = probabilities.max(axis=1)
    calibration_error, bars = calibration(confidence, (predicted == truth).astype(float), 6)

    versions = ", ".join(f"{m.__name__} {m.__version__}" for m in (numpy, pandas, scipy, statsmodels, sklearn))
    text = f"""// Written by make_statistics.py with
// {versions}.
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
inline constexpr double kBalancedAccuracy = {sklearn.metrics.balanced_accuracy_score(truth, predicted):.17g};
inline constexpr double kBrier = {sklearn.metrics.brier_score_loss(truth, probabilities, labels=range(GENRES), scale_by_half=False):.17g};
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

inline constexpr double kCalibrationError = {calibration_error:.17g};  // in 6 bins
inline constexpr double kConsistent[] = {array(bars)};  // low and high of each

inline constexpr double kSignSums[] = {array(sign_sums, "{}")};
inline constexpr double kSignSizes[] = {array(sign_sizes, "{}")};
inline constexpr double kSignP = {sign_p:.17g};

inline constexpr std::size_t kComponentSeeds = {len(seed_hits)};
inline constexpr int kComponentArtists[] = {array(artists, "{}")};
inline constexpr double kComponentHits[] = {array(seed_hits.ravel(), "{}")};  // (seed, clip)
inline constexpr double kComponents[] = {array(components)};  // artist, clip, seed, rest

inline constexpr double kFoldDifferences[] = {array(repeats)};
inline constexpr double kCorrectedT[] = {array(corrected_t(repeats, 1 / 9))};  // p, interval; test : training = 1 : 9
inline constexpr double kManyA[] = {array(many_a)};
inline constexpr double kManyB[] = {array(many_b)};
inline constexpr double kChanceToWin[] = {array(chance_to_win(many_a, many_b))};  // chance, interval

inline constexpr double kBootSums[] = {array(boot_sums)};
inline constexpr double kBootSizes[] = {array(boot_sizes)};
inline constexpr double kBootstrapT[] = {array(bootstrap_t(random, boot_sums, boot_sizes))};  // from 400,000 draws
// clang-format on

}}  // namespace genretrack::golden
"""
    pathlib.Path(__file__).with_name("statistics.h").write_text(text)


if __name__ == "__main__":
    main()
