#!/usr/bin/env python3
"""Writes trend_statistics.h beside it: values of SciPy, statsmodels, pymannkendall and ruptures for tests/trends.

Needs numpy, scipy, statsmodels, pymannkendall and ruptures; their versions are written into the header.
"""

import importlib.metadata
import pathlib

import numpy
import pymannkendall
import ruptures
import scipy.optimize
import scipy.signal
import scipy.special
import scipy.stats
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.stats.multitest import multipletests
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.holtwinters import Holt

LENGTH, GENRES, CLIPS = 40, 4, 120
PACKAGES = ("numpy", "scipy", "statsmodels", "pymannkendall", "ruptures")


def array(values, pattern="{:.17g}"):
    lines, line = [], "   "
    for value in numpy.ravel(values):
        word = " " + pattern.format(value) + ","
        if len(line) + len(word) > 108:
            lines.append(line)
            line = "   "
        line += word
    lines.append(line)
    return "{\n" + "\n".join(lines) + "\n}"


def red_series(random, rho):
    values = [random.normal()]
    while len(values) < LENGTH:
        values.append(rho * values[-1] + numpy.sqrt(1 - rho**2) * random.normal())
    return numpy.array(values)


def on_simplex(matrix, target):
    """Least squares over shares, from several starts, to the last digits that SLSQP gives."""
    best = None
    for start in [numpy.full(GENRES, 1 / GENRES), *numpy.eye(GENRES) * 0.97 + 0.01]:
        found = scipy.optimize.minimize(
            lambda x: ((matrix @ x - target) ** 2).sum() * 1e4, start, jac=lambda x: 2e4 * matrix.T @ (matrix @ x - target),
            bounds=[(0, 1)] * GENRES, constraints={"type": "eq", "fun": lambda x: x.sum() - 1, "jac": lambda x: numpy.ones(GENRES)},
            method="SLSQP", options={"ftol": 1e-15, "maxiter": 1000})
        if best is None or found.fun < best.fun:
            best = found
    return best.x


def calibration(logs, truth):
    """Exponent and biases that minimise the log loss with the penalty that host/trends/calibration.cc states."""
    def loss(x):
        logits = x[0] * logs + x[1:]
        return (scipy.special.logsumexp(logits, axis=1) - logits[numpy.arange(CLIPS), truth]).mean() + 0.5e-4 * (x[1:] ** 2).sum()
    return scipy.optimize.minimize(loss, numpy.array([1.0] + [0.0] * GENRES), method="BFGS", options={"gtol": 1e-10}).x


def main():
    random = numpy.random.default_rng(20261124)
    times = 1960 + numpy.cumsum(random.choice([1, 1, 1, 2, 3], LENGTH)).astype(float)
    series = [red_series(random, rho) + slope * numpy.arange(LENGTH) for rho, slope in ((0, 0), (0.6, 0.05), (0.3, -0.03))]
    series.append(numpy.round(series[0]))  # with ties
    pvalues = [0.01, 0.04, 0.03, 0.2, 0.001, 0.0125, 0.6, 0.04]
    frequencies = 2 * numpy.pi * numpy.arange(2, 12.5, 0.5) / (times[-1] - times[0] + 1)
    centred = series[1] - series[1].mean()
    points = numpy.concatenate([random.normal(0, 1, (13, 2)), random.normal(2, 1, (15, 2)), random.normal([0, 3], 1, (12, 2))])
    penalties = [2.0, 8.0, 20.0, 60.0, 300.0]
    changes = [ruptures.Pelt(model="l2", min_size=3, jump=1).fit(points).predict(pen=penalty)[:-1] for penalty in penalties]
    mixing = random.dirichlet([1, 1, 1, 1], GENRES).T * 0.4 + 0.6 * numpy.eye(GENRES)
    targets = [mixing @ random.dirichlet([1] * GENRES) for _ in range(2)] + [random.dirichlet([0.3] * GENRES) for _ in range(4)]
    truth = random.choice(GENRES, CLIPS, p=[0.4, 0.3, 0.2, 0.1])
    logits = 2.5 * (random.normal(size=(CLIPS, GENRES)) + 1.5 * numpy.eye(GENRES)[truth])
    probabilities = numpy.clip(scipy.special.softmax(logits, axis=1), 1e-6, 1)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    # statsmodels' start lies before the first value, ours at it: from the second value on they are the same.
    holt = Holt(series[2][1:], damped_trend=True, initialization_method="known", initial_level=series[2][0],
                initial_trend=series[2][1] - series[2][0]).fit(smoothing_level=0.3, smoothing_trend=0.1, damping_trend=0.9,
                                                               optimized=False)
    autoregression = AutoReg(series[1], 2).fit()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    text = f"""// Written by make_trend_statistics.py with
// {versions}.
#pragma once

#include <cstddef>
#include <vector>

namespace genretrack::golden {{

// clang-format off
inline const std::vector<double> kTrendTimes = {array(times)};
inline const std::vector<std::vector<double>> kTrendSeries = {{{", ".join(array(values) for values in series)}}};
inline constexpr double kSenSlopes[] = {array([scipy.stats.theilslopes(values, times)[0] for values in series])};
inline constexpr double kMannKendallP[] = {array([pymannkendall.original_test(values).p for values in series])};
inline constexpr double kMannKendallScore[] = {array([pymannkendall.original_test(values).s for values in series])};
inline constexpr double kHamedRaoP[] = {array([pymannkendall.hamed_rao_modification_test(values).p for values in series])};
inline constexpr double kHamedRaoVariance[] = {array([pymannkendall.hamed_rao_modification_test(values).var_s for values in series])};
inline constexpr double kLjungBoxP[] = {array([acorr_ljungbox(values, lags=[5]).lb_pvalue.iloc[0] for values in series])};  // 5 lags

inline const std::vector<double> kFamily = {array(pvalues)};
inline constexpr double kBenjaminiHochberg[] = {array(multipletests(pvalues, method="fdr_bh")[1])};

inline const std::vector<double> kFrequencies = {array(frequencies)};  // angular, per year
inline constexpr double kPowers[] = {array(scipy.signal.lombscargle(times, centred, frequencies))};  // of series 1 without its mean

inline constexpr double kPoints[] = {array(points)};  // ({LENGTH}, 2)
inline constexpr double kPenalties[] = {array(penalties)};
inline const std::vector<std::vector<std::size_t>> kChanges = {{{", ".join("{" + ", ".join(map(str, found)) + "}" for found in changes)}}};

inline constexpr double kMixing[] = {array(mixing)};  // ({GENRES}, {GENRES}), row-major
inline constexpr double kTargets[] = {array(targets)};  // (6, {GENRES})
inline constexpr double kOnSimplex[] = {array([on_simplex(mixing, target) for target in targets])};

inline const std::vector<int> kLabelledTruth = {array(truth, "{}")};
inline constexpr double kLabelledProbabilities[] = {array(probabilities)};  // ({CLIPS}, {GENRES})
inline constexpr double kCalibration[] = {array(calibration(numpy.log(probabilities), truth))};  // exponent, biases

inline constexpr double kHoltForecast[] = {array(holt.forecast(5))};  // of series 2; 0.3, 0.1, 0.9
inline constexpr double kAutoregression[] = {array(autoregression.params)};  // of series 1: constant, two weights
// clang-format on

}}  // namespace genretrack::golden
"""
    pathlib.Path(__file__).with_name("trend_statistics.h").write_text(text)


if __name__ == "__main__":
    main()
