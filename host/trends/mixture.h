// Shares of genres among songs of which only probabilities are known, by maximum likelihood.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace genretrack {

// Likelihoods of songs, up to a factor per song: one row of `songs` numbers per genre, so that a round of the
// EM runs over songs in SIMD lanes.
struct Likelihoods {
  std::size_t songs = 0, genres = 0, stride = 0;  // stride: songs, rounded up to whole lanes
  std::vector<float> values;                      // (genres, stride); padding is 1
  void resize(std::size_t song_count, std::size_t genre_count);
  float* row(std::size_t genre) { return values.data() + genre * stride; }
  const float* row(std::size_t genre) const { return values.data() + genre * stride; }
};

// The shares x that maximise sum over songs of weight * log(sum over genres of x * likelihood): the EM of
// Saerens, Latinne and Decaestecker (2002), accelerated by SQUAREM (Varadhan and Roland 2008). `weights`
// (stride, padding 0); `start` has no zeros. Ends when a round moves no share by more than `tolerance`.
Eigen::VectorXd fit_shares_by_em(const Likelihoods& likelihoods, const std::vector<float>& weights,
                                 const Eigen::VectorXd& start, double tolerance);

}  // namespace genretrack
