#include "host/trends/share_estimator.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/core/error.h"

namespace genretrack {
namespace {

// Softmax outputs of float networks reach 0; their logarithms must not.
constexpr float kLeast = 1e-6f;

void fill_logs(PeriodSongs& made) {
  made.logs = made.probabilities;
  for (std::size_t song = 0; song < made.logs.stride; ++song) {
    float largest = kLeast;
    for (std::size_t genre = 0; genre < made.logs.genres; ++genre)
      largest = std::max(largest, made.logs.row(genre)[song]);
    for (std::size_t genre = 0; genre < made.logs.genres; ++genre) {
      float& value = made.logs.row(genre)[song];
      value = std::log(std::max(value, kLeast) / largest);
    }
  }
}

}  // namespace

PeriodSongs gather(const SongTable& songs, const Periods& periods, std::size_t period,
                   const std::vector<std::size_t>& seeds) {
  const Period& range = periods.periods[period];
  PeriodSongs made;
  made.probabilities.resize(range.songs, songs.genres.size());
  made.weights.assign(made.probabilities.stride, 0);
  std::int32_t artist = -2;
  for (std::size_t i = 0; i < range.songs; ++i) {
    const std::size_t song = periods.order[range.begin + i];
    made.weights[i] = static_cast<float>(songs.weights[song]);
    if (songs.artists[song] < 0 || songs.artists[song] != artist) made.artists.starts.push_back(i);
    artist = songs.artists[song];
    for (std::size_t genre = 0; genre < songs.genres.size(); ++genre) {
      float sum = 0;
      for (const std::size_t seed : seeds) sum += songs.row(song, seed)[genre];
      made.probabilities.row(genre)[i] = sum / static_cast<float>(seeds.size());
    }
  }
  made.artists.starts.push_back(range.songs);
  fill_logs(made);
  return made;
}

LabelledClips sort_labelled(const SongTable& labelled) {
  std::vector<std::size_t> order(labelled.songs());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return labelled.truths[a] != labelled.truths[b] ? labelled.truths[a] < labelled.truths[b]
                                                    : labelled.artists[a] < labelled.artists[b];
  });
  const std::size_t genres = labelled.genres.size();
  LabelledClips made;
  made.probabilities.resize(static_cast<long>(order.size()), static_cast<long>(genres));
  made.artists.resize(genres);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::int32_t truth = labelled.truths[order[i]], artist = labelled.artists[order[i]];
    const bool same = i > 0 && truth == labelled.truths[order[i - 1]] && artist >= 0 &&
                      artist == labelled.artists[order[i - 1]];
    if (!same) made.artists[static_cast<std::size_t>(truth)].starts.push_back(i);
    made.truths.push_back(truth);
    for (std::size_t genre = 0; genre < genres; ++genre)
      made.probabilities(static_cast<long>(i), static_cast<long>(genre)) = labelled.row(order[i], 0)[genre];
  }
  for (std::size_t genre = 0; genre < genres; ++genre) {
    std::vector<std::size_t>& starts = made.artists[genre].starts;
    const auto end =
        std::upper_bound(made.truths.begin(), made.truths.end(), static_cast<std::int32_t>(genre));
    const auto begin =
        std::lower_bound(made.truths.begin(), made.truths.end(), static_cast<std::int32_t>(genre));
    if (end - begin < 2)
      throw Error(ErrorKind::kData,
                  "genre \"" + labelled.genres[genre] + "\" has " + std::to_string(end - begin) +
                      " labelled clips; a correction needs two at least, and more to be worth it");
    starts.push_back(static_cast<std::size_t>(end - made.truths.begin()));
  }
  made.logs = made.probabilities.cwiseMax(kLeast).array().log();
  return made;
}

LabelledFit fit_labelled(const LabelledClips& clips, const Eigen::VectorXd& weights,
                         const Calibration& start) {
  const long genres = clips.probabilities.cols();
  LabelledFit fit;
  fit.mean_probabilities = Eigen::MatrixXd::Zero(genres, genres);
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(genres);
  for (long clip = 0; clip < clips.probabilities.rows(); ++clip) {
    const std::int32_t truth = clips.truths[static_cast<std::size_t>(clip)];
    fit.mean_probabilities.col(truth) += weights(clip) * clips.probabilities.row(clip).transpose();
    sums(truth) += weights(clip);
  }
  for (long genre = 0; genre < genres; ++genre) fit.mean_probabilities.col(genre) /= sums(genre);
  fit.calibration = fit_calibration(clips.logs, clips.truths, weights, start);
  return fit;
}

Eigen::VectorXd plain_shares(const PeriodSongs& songs, const std::vector<float>& weights) {
  Eigen::VectorXd shares(static_cast<long>(songs.probabilities.genres));
  for (std::size_t genre = 0; genre < songs.probabilities.genres; ++genre) {
    const float* row = songs.probabilities.row(genre);
    double sum = 0;
    for (std::size_t song = 0; song < songs.probabilities.songs; ++song)
      sum += static_cast<double>(weights[song]) * row[song];
    shares(static_cast<long>(genre)) = sum;
  }
  return shares / shares.sum();
}

Eigen::VectorXd em_shares(const PeriodSongs& songs, const std::vector<float>& weights,
                          const Calibration& calibration, const Eigen::VectorXd& start, double tolerance,
                          Likelihoods& scratch) {
  scratch.resize(songs.logs.songs, songs.logs.genres);
  const float exponent = static_cast<float>(calibration.exponent);
  for (std::size_t genre = 0; genre < scratch.genres; ++genre) {
    const float* from = songs.logs.row(genre);
    float* to = scratch.row(genre);
    const double prior = calibration.priors(static_cast<long>(genre)),
                 bias = calibration.bias(static_cast<long>(genre));
    // Bounded, so that a song that is surely of one genre keeps a finite likelihood of the others.
    const float factor = static_cast<float>(std::exp(std::clamp(bias, -20.0, 20.0)) / prior);
    for (std::size_t song = 0; song < scratch.songs; ++song)
      to[song] = factor * std::exp(std::max(exponent * from[song], -50.0f));
  }
  return fit_shares_by_em(scratch, weights, start, tolerance);
}

}  // namespace genretrack
