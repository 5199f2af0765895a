// Weights of a fusion, fitted after training on clips that trained nothing and are not reported. Matrices of
// probabilities are (clips, genres), row-major, one per branch.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace genretrack {

// The weights on the simplex, one per branch, that make sum_b w_b p_b(truth) most likely, after `prior_clips`
// further clips (> 0) for which every branch answered equally well: the mode behind a Dirichlet prior. With
// few clips they are near equal, with many near the maximum of the likelihood. The problem is concave;
// expectation-maximisation reaches its one maximum.
std::vector<double> fit_simplex_weights(std::span<const std::vector<double>> branches,
                                        std::span<const std::size_t> truth, std::size_t genres,
                                        double prior_clips);

// sum over branches of w_b p_b.
std::vector<double> weighted_mean(std::span<const std::vector<double>> branches,
                                  std::span<const double> weights);

// Multinomial logistic regression on the branches' log-probabilities.
struct Stacking {
  std::vector<double> weights;  // (genres, branches * genres): of genre g for genre h of branch b
  std::vector<double> bias;     // (genres), their sum 0
};

// Equal weights: each genre's logit is the mean of the branches' log-probabilities of it.
Stacking equal_stacking(std::size_t branches, std::size_t genres);

// The one minimum of the sum over clips of -log p(truth) + prior_clips / 2 * |weights - start.weights|^2,
// with free biases, by Newton's method. prior_clips > 0.
Stacking fit_stacking(std::span<const std::vector<double>> branches, std::span<const std::size_t> truth,
                      const Stacking& start, double prior_clips);

// Its probabilities (clips, genres).
std::vector<double> stack(std::span<const std::vector<double>> branches, const Stacking& stacking);

}  // namespace genretrack
