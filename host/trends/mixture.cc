#include "host/trends/mixture.h"

#include <algorithm>
#include <array>

namespace genretrack {
namespace {

constexpr std::size_t kLanes = 16;
using Lanes = std::array<float, kLanes>;

// One round of the EM. A song's weight over its mixed likelihood is computed once and then shared out.
Eigen::VectorXd em_round(const Likelihoods& songs, const std::vector<float>& weights,
                         const Eigen::VectorXd& shares) {
  const int genres = static_cast<int>(songs.genres);
  std::vector<Lanes> sums(songs.genres, Lanes{});
  for (std::size_t block = 0; block < songs.stride; block += kLanes) {
    Lanes mixed{};
    for (int genre = 0; genre < genres; ++genre) {
      const float share = static_cast<float>(shares(genre));
      const float* row = songs.row(static_cast<std::size_t>(genre)) + block;
      for (std::size_t lane = 0; lane < kLanes; ++lane) mixed[lane] += share * row[lane];
    }
    Lanes factor;
    for (std::size_t lane = 0; lane < kLanes; ++lane) factor[lane] = weights[block + lane] / mixed[lane];
    for (std::size_t genre = 0; genre < songs.genres; ++genre) {
      const float* row = songs.row(genre) + block;
      for (std::size_t lane = 0; lane < kLanes; ++lane) sums[genre][lane] += factor[lane] * row[lane];
    }
  }
  Eigen::VectorXd next(genres);
  for (int genre = 0; genre < genres; ++genre) {
    double sum = 0;
    for (const float lane : sums[static_cast<std::size_t>(genre)]) sum += lane;
    next(genre) = std::max(shares(genre) * sum, 1e-12);
  }
  return next / next.sum();
}

}  // namespace

void Likelihoods::resize(std::size_t song_count, std::size_t genre_count) {
  songs = song_count;
  genres = genre_count;
  stride = (song_count + kLanes - 1) / kLanes * kLanes;
  values.assign(genres * stride, 1.0f);
}

Eigen::VectorXd fit_shares_by_em(const Likelihoods& likelihoods, const std::vector<float>& weights,
                                 const Eigen::VectorXd& start, double tolerance) {
  Eigen::VectorXd shares = start;
  for (int cycle = 0; cycle < 200; ++cycle) {
    const Eigen::VectorXd once = em_round(likelihoods, weights, shares),
                          twice = em_round(likelihoods, weights, once);
    const Eigen::VectorXd first = once - shares, change = twice - once - first;
    if (first.cwiseAbs().maxCoeff() < tolerance) return twice;
    double length = change.norm() > 0 ? -first.norm() / change.norm() : -1;
    // A step that leaves the simplex is shortened until it is the EM's own, which stays inside.
    Eigen::VectorXd leap = twice;
    for (length = std::min(length, -1.0); length < -1.01; length = (length - 1) / 2) {
      leap = shares - 2 * length * first + length * length * change;
      if (leap.minCoeff() > 0) break;
      leap = twice;
    }
    shares = em_round(likelihoods, weights, leap / leap.sum());
  }
  return shares;
}

}  // namespace genretrack
