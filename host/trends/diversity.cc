#include "host/trends/diversity.h"

#include <algorithm>
#include <cmath>

#include "host/trends/share_estimator.h"
#include "host/trends/simplex_fit.h"

namespace genretrack {
namespace {

double deviation(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  double mean = 0, square = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) square += (value - mean) * (value - mean);
  return std::sqrt(square / static_cast<double>(values.size() - 1));
}

// The first `count` of a partial shuffle.
void choose(std::vector<std::size_t>& items, std::size_t count, Random& random) {
  for (std::size_t i = 0; i < count; ++i)
    std::swap(items[i], items[i + random.below(static_cast<std::uint32_t>(items.size() - i))]);
}

Eigen::VectorXd mean_of(const SongTable& songs, const std::vector<std::size_t>& chosen, std::size_t count) {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(static_cast<long>(songs.genres.size()));
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t seed = 0; seed < songs.seeds; ++seed) {
      const float* row = songs.row(chosen[i], seed);
      for (std::size_t genre = 0; genre < songs.genres.size(); ++genre)
        sum(static_cast<long>(genre)) += songs.weights[chosen[i]] * row[genre];
    }
  return sum / sum.sum();
}

void fill_errors(const Shares& shares, std::size_t period, Diversity& made) {
  const std::size_t genres = shares.genres.size(), cells = shares.periods.periods.size() * genres;
  std::vector<double> shannon, simpson, row(genres);
  for (std::size_t draw = 0; draw < shares.draws; ++draw) {
    const float* from = shares.primary().draws.data() + draw * cells + period * genres;
    std::copy_n(from, genres, row.begin());
    shannon.push_back(effective_genres_shannon(row.data(), genres));
    simpson.push_back(effective_genres_simpson(row.data(), genres));
  }
  made.shannon.errors.push_back(deviation(shannon));
  made.simpson.errors.push_back(deviation(simpson));
}

}  // namespace

double effective_genres_shannon(const double* shares, std::size_t genres) {
  double entropy = 0;
  for (std::size_t i = 0; i < genres; ++i)
    if (shares[i] > 0) entropy -= shares[i] * std::log(shares[i]);
  return std::exp(entropy);
}

double effective_genres_simpson(const double* shares, std::size_t genres) {
  double squares = 0;
  for (std::size_t i = 0; i < genres; ++i) squares += shares[i] * shares[i];
  return 1 / squares;
}

Diversity measure_diversity(const SongTable& songs, const Shares& shares, const SongTable* labelled,
                            std::size_t rounds, std::uint64_t seed) {
  const std::vector<Period>& periods = shares.periods.periods;
  Eigen::MatrixXd mixing;
  if (labelled != nullptr) {
    const LabelledClips clips = sort_labelled(*labelled);
    mixing = fit_labelled(clips, Eigen::VectorXd::Ones(clips.probabilities.rows()), {}).mean_probabilities;
  }
  Diversity made;
  made.songs = std::min_element(periods.begin(), periods.end(), [](const Period& a, const Period& b) {
                 return a.songs < b.songs;
               })->songs;
  for (std::size_t i = 0; i < periods.size(); ++i) {
    Random random(seed, Purpose::kPermutation, 3'000'000 + i);
    std::vector<std::size_t> items(shares.periods.order.begin() + static_cast<long>(periods[i].begin),
                                   shares.periods.order.begin() + static_cast<long>(periods[i].end));
    double shannon = 0, simpson = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
      choose(items, made.songs, random);
      Eigen::VectorXd drawn = mean_of(songs, items, made.songs);
      if (labelled != nullptr) drawn = fit_on_simplex(mixing, drawn);
      shannon += effective_genres_shannon(drawn.data(), songs.genres.size()) / static_cast<double>(rounds);
      simpson += effective_genres_simpson(drawn.data(), songs.genres.size()) / static_cast<double>(rounds);
    }
    for (Series* series : {&made.shannon, &made.simpson}) {
      series->times.push_back(periods[i].time);
      series->gaps.push_back(periods[i].gap);
    }
    made.shannon.values.push_back(shannon);
    made.simpson.values.push_back(simpson);
    fill_errors(shares, i, made);
  }
  return made;
}

}  // namespace genretrack
