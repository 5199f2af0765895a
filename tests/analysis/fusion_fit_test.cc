#include "host/analysis/fusion_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/analysis/stacking_values.h"

namespace genretrack {
namespace {

using Branches = std::vector<std::vector<double>>;

// The clips of make_stacking_values.py.
struct Clips {
  Branches branches{std::size_t(sklearn_values::kBranches)};
  std::vector<std::size_t> truth;
  Clips() {
    using namespace sklearn_values;
    for (int n = 0; n < kClips; ++n) {
      truth.push_back(static_cast<std::size_t>((n * n + n / 3) % kGenres));
      for (int b = 0; b < kBranches; ++b) {
        double sum = 0, e[kGenres];
        for (int g = 0; g < kGenres; ++g)
          sum += e[g] = std::exp(std::sin(1.7 * n + 2.3 * b + 0.9 * g) +
                                 (truth.back() == std::size_t(g) ? 0.8 + b : 0));
        for (const double value : e) branches[std::size_t(b)].push_back(value / sum);
      }
    }
  }
};

TEST(Stacking, FindsWhatScikitLearnFinds) {
  const Clips clips;
  Stacking zero = equal_stacking(2, 3);
  zero.weights.assign(zero.weights.size(), 0);
  const Stacking fitted = fit_stacking(clips.branches, clips.truth, zero, 3);
  ASSERT_EQ(fitted.weights.size(), std::size(sklearn_values::kWeights));
  for (std::size_t i = 0; i < fitted.weights.size(); ++i)
    EXPECT_NEAR(fitted.weights[i], sklearn_values::kWeights[i], 1e-5) << i;
  const std::vector<double> p = stack(clips.branches, fitted);
  for (std::size_t i = 0; i < std::size(sklearn_values::kProbabilities); ++i)
    EXPECT_NEAR(p[i], sklearn_values::kProbabilities[i], 1e-5) << i;
}

TEST(Stacking, StaysAtEqualWeightsUnderAStrongPrior) {
  const Clips clips;
  const Stacking equal = equal_stacking(2, 3);
  const Stacking fitted = fit_stacking(clips.branches, clips.truth, equal, 1e7);
  for (std::size_t i = 0; i < equal.weights.size(); ++i)
    EXPECT_NEAR(fitted.weights[i], equal.weights[i], 1e-4);
}

TEST(Stacking, TakesAnswersThatWereSureAndWrong) {
  const Branches branches = {{1, 0, 0, 1, 1, 0}, {0.5, 0.5, 0.1, 0.9, 0, 1}};
  const std::vector<std::size_t> truth = {1, 0, 0};
  for (const double p : stack(branches, fit_stacking(branches, truth, equal_stacking(2, 2), 1)))
    EXPECT_TRUE(p >= 0 && p <= 1);
}

double log_posterior(const Clips& clips, const std::vector<double>& w, double prior) {
  double sum = 0;
  for (std::size_t b = 0; b < w.size(); ++b) sum += prior / double(w.size()) * std::log(w[b]);
  const std::vector<double> p = weighted_mean(clips.branches, w);
  for (std::size_t n = 0; n < clips.truth.size(); ++n) sum += std::log(p[n * 3 + clips.truth[n]]);
  return sum;
}

TEST(SimplexWeights, AreTheBestOnAFineGrid) {
  const Clips clips;
  for (const double prior : {0.5, 10.0, 1000.0}) {
    const std::vector<double> w = fit_simplex_weights(clips.branches, clips.truth, 3, prior);
    EXPECT_NEAR(w[0] + w[1], 1, 1e-12);
    for (int i = 1; i < 1000; ++i)
      EXPECT_LE(log_posterior(clips, {i / 1000.0, 1 - i / 1000.0}, prior),
                log_posterior(clips, w, prior) + 1e-9);
  }
}

TEST(SimplexWeights, MoveFromEqualOnesAsClipsOutweighThePrior) {
  const Clips clips;  // the second branch knows more
  double before = 0.5;
  for (const double prior : {1e6, 100.0, 10.0, 1.0}) {
    const double second = fit_simplex_weights(clips.branches, clips.truth, 3, prior)[1];
    EXPECT_GT(second, before) << prior;
    before = second;
  }
  EXPECT_NEAR(fit_simplex_weights(clips.branches, clips.truth, 3, 1e9)[1], 0.5, 1e-6);
}

}  // namespace
}  // namespace genretrack
