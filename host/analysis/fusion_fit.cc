#include "host/analysis/fusion_fit.h"

#include <algorithm>
#include <cmath>

namespace genretrack {
namespace {

// A probability of 0 would have no logarithm; no network that answers in float is surer than this.
constexpr double kLeastProbability = 1e-7;

// (clips, branches * genres + 1): log-probabilities, branch by branch, and a 1 for the bias.
std::vector<double> inputs_of(std::span<const std::vector<double>> branches, std::size_t genres) {
  const std::size_t clips = branches.front().size() / genres, width = branches.size() * genres + 1;
  std::vector<double> x(clips * width, 1);
  for (std::size_t n = 0; n < clips; ++n)
    for (std::size_t b = 0; b < branches.size(); ++b)
      for (std::size_t g = 0; g < genres; ++g)
        x[n * width + b * genres + g] = std::log(std::max(branches[b][n * genres + g], kLeastProbability));
  return x;
}

// Softmax of theta x for one clip; theta is (genres, width).
void probabilities_of(const std::vector<double>& theta, const double* x, std::size_t width,
                      std::span<double> p) {
  for (std::size_t g = 0; g < p.size(); ++g) {
    p[g] = 0;
    for (std::size_t d = 0; d < width; ++d) p[g] += theta[g * width + d] * x[d];
  }
  const double top = *std::max_element(p.begin(), p.end());
  double sum = 0;
  for (double& v : p) sum += v = std::exp(v - top);
  for (double& v : p) v /= sum;
}

// Solves H s = g in place for a symmetric positive definite H (n, n), by Cholesky; g becomes s.
void solve(std::vector<double>& h, std::vector<double>& g) {
  const std::size_t n = g.size();
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      double sum = h[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= h[i * n + k] * h[j * n + k];
      h[i * n + j] = i == j ? std::sqrt(sum) : sum / h[j * n + j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) g[i] -= h[i * n + k] * g[k];
    g[i] /= h[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) g[i] -= h[k * n + i] * g[k];
    g[i] /= h[i * n + i];
  }
}

// The objective with its first and second derivatives.
class Objective {
 public:
  Objective(std::vector<double> x, std::span<const std::size_t> truth, std::vector<double> centre,
            std::size_t genres, double penalty)
      : x_(std::move(x)),
        truth_(truth),
        centre_(std::move(centre)),
        genres_(genres),
        width_(centre_.size() / genres),
        penalty_(penalty) {}

  double value(const std::vector<double>& theta) const {
    double sum = 0;
    std::vector<double> p(genres_);
    for (std::size_t n = 0; n < truth_.size(); ++n) {
      probabilities_of(theta, x_.data() + n * width_, width_, p);
      sum -= std::log(std::max(p[truth_[n]], 1e-300));
    }
    for (std::size_t i = 0; i < theta.size(); ++i)
      sum += ridge(i) / 2 * (theta[i] - centre_[i]) * (theta[i] - centre_[i]);
    return sum;
  }

  // The step that Newton's method subtracts, and how much the objective falls along it at first.
  std::vector<double> step(const std::vector<double>& theta, double* fall) const {
    const std::size_t size = theta.size();
    std::vector<double> gradient(size), hessian(size * size), p(genres_);
    for (std::size_t i = 0; i < size; ++i) {
      gradient[i] = ridge(i) * (theta[i] - centre_[i]);
      hessian[i * size + i] = ridge(i);
    }
    for (std::size_t n = 0; n < truth_.size(); ++n) {
      const double* x = x_.data() + n * width_;
      probabilities_of(theta, x, width_, p);
      for (std::size_t g = 0; g < genres_; ++g) {
        const double off = p[g] - (truth_[n] == g ? 1 : 0);
        for (std::size_t d = 0; d < width_; ++d) gradient[g * width_ + d] += off * x[d];
        for (std::size_t h = 0; h <= g; ++h) {
          const double curve = p[g] * ((g == h ? 1 : 0) - p[h]);
          for (std::size_t d = 0; d < width_; ++d)
            for (std::size_t e = 0; e < width_; ++e)
              hessian[(g * width_ + d) * size + h * width_ + e] += curve * x[d] * x[e];
        }
      }
    }
    std::vector<double> direction = gradient;
    solve(hessian, direction);
    *fall = 0;
    for (std::size_t i = 0; i < size; ++i) *fall += gradient[i] * direction[i];
    return direction;
  }

 private:
  // Biases are free but for a touch that picks, of all that differ by a constant, those around 0.
  double ridge(std::size_t i) const { return i % width_ == width_ - 1 ? 1e-6 : penalty_; }

  std::vector<double> x_;
  std::span<const std::size_t> truth_;
  std::vector<double> centre_;
  std::size_t genres_, width_;
  double penalty_;
};

std::vector<double> joined(const Stacking& stacking) {
  const std::size_t genres = stacking.bias.size(), inputs = stacking.weights.size() / genres;
  std::vector<double> theta;
  for (std::size_t g = 0; g < genres; ++g) {
    theta.insert(theta.end(), stacking.weights.begin() + static_cast<std::ptrdiff_t>(g * inputs),
                 stacking.weights.begin() + static_cast<std::ptrdiff_t>((g + 1) * inputs));
    theta.push_back(stacking.bias[g]);
  }
  return theta;
}

}  // namespace

std::vector<double> fit_simplex_weights(std::span<const std::vector<double>> branches,
                                        std::span<const std::size_t> truth, std::size_t genres,
                                        double prior_clips) {
  const std::size_t count = branches.size();
  const double clips = static_cast<double>(truth.size()), share = prior_clips / static_cast<double>(count);
  std::vector<double> weights(count, 1 / static_cast<double>(count)), next(count);
  for (int round = 0; round < 100000; ++round) {
    next.assign(count, share);
    for (std::size_t n = 0; n < truth.size(); ++n) {
      double all = 0;
      const auto each = [&](std::size_t b) {
        return weights[b] * std::max(branches[b][n * genres + truth[n]], kLeastProbability);
      };
      for (std::size_t b = 0; b < count; ++b) all += each(b);
      for (std::size_t b = 0; b < count; ++b) next[b] += each(b) / all;
    }
    double moved = 0;
    for (std::size_t b = 0; b < count; ++b) {
      next[b] /= clips + prior_clips;
      moved = std::max(moved, std::abs(next[b] - weights[b]));
    }
    weights = next;
    if (moved < 1e-12) break;
  }
  return weights;
}

std::vector<double> weighted_mean(std::span<const std::vector<double>> branches,
                                  std::span<const double> weights) {
  std::vector<double> mean(branches.front().size());
  for (std::size_t b = 0; b < branches.size(); ++b)
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += weights[b] * branches[b][i];
  return mean;
}

Stacking equal_stacking(std::size_t branches, std::size_t genres) {
  Stacking equal;
  equal.weights.assign(genres * branches * genres, 0);
  equal.bias.assign(genres, 0);
  for (std::size_t g = 0; g < genres; ++g)
    for (std::size_t b = 0; b < branches; ++b)
      equal.weights[(g * branches + b) * genres + g] = 1 / static_cast<double>(branches);
  return equal;
}

Stacking fit_stacking(std::span<const std::vector<double>> branches, std::span<const std::size_t> truth,
                      const Stacking& start, double prior_clips) {
  const std::size_t genres = start.bias.size(), inputs = branches.size() * genres;
  std::vector<double> theta = joined(start);
  const Objective objective(inputs_of(branches, genres), truth, theta, genres, prior_clips);
  double value = objective.value(theta);
  for (int round = 0; round < 200; ++round) {
    double fall = 0;
    const std::vector<double> direction = objective.step(theta, &fall);
    if (!(fall > 1e-13 * (1 + value))) break;
    // Halved until the objective falls by a fair share: Newton's whole step may leap too far at first.
    for (double length = 1; length > 1e-10; length /= 2) {
      std::vector<double> tried = theta;
      for (std::size_t i = 0; i < theta.size(); ++i) tried[i] -= length * direction[i];
      const double there = objective.value(tried);
      if (!(there <= value - 1e-4 * length * fall) && length > 1e-9) continue;
      theta = std::move(tried);
      value = there;
      break;
    }
  }
  Stacking fitted;
  for (std::size_t g = 0; g < genres; ++g) {
    const double* row = theta.data() + g * (inputs + 1);
    fitted.weights.insert(fitted.weights.end(), row, row + inputs);
    fitted.bias.push_back(row[inputs]);
  }
  return fitted;
}

std::vector<double> stack(std::span<const std::vector<double>> branches, const Stacking& stacking) {
  const std::size_t genres = stacking.bias.size(), width = branches.size() * genres + 1;
  const std::vector<double> x = inputs_of(branches, genres), theta = joined(stacking);
  std::vector<double> p(branches.front().size());
  for (std::size_t n = 0; n * genres < p.size(); ++n)
    probabilities_of(theta, x.data() + n * width, width, {p.data() + n * genres, genres});
  return p;
}

}  // namespace genretrack
