#include "host/trends/genre_drift.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "host/core/random.h"
#include "host/core/run_on_threads.h"
#include "host/trends/rank_trend.h"
#include "host/trends/series.h"

namespace genretrack {
namespace {

constexpr std::size_t kLeastUnits = 10;

// Artists of one genre: mean features, each dimension centred and of unit length, and mean times.
struct Units {
  Eigen::MatrixXf features;  // (units, dimensions)
  std::vector<float> times;  // centred, of unit length
  std::size_t songs = 0;
};

std::vector<std::size_t> genres_of(const SongTable& songs) {
  std::vector<std::size_t> found(songs.songs(), songs.genres.size());
  for (std::size_t song = 0; song < songs.songs(); ++song) {
    if (!songs.truths.empty()) {
      if (songs.truths[song] >= 0) found[song] = static_cast<std::size_t>(songs.truths[song]);
      continue;
    }
    std::vector<float> sum(songs.genres.size(), 0);
    for (std::size_t seed = 0; seed < songs.seeds; ++seed)
      for (std::size_t genre = 0; genre < sum.size(); ++genre) sum[genre] += songs.row(song, seed)[genre];
    found[song] = static_cast<std::size_t>(std::max_element(sum.begin(), sum.end()) - sum.begin());
  }
  return found;
}

Units gather_units(const SongTable& songs, const std::vector<double>& times, const Eigen::MatrixXf& features,
                   const std::vector<std::size_t>& members) {
  std::map<std::int64_t, std::vector<std::size_t>> artists;
  for (const std::size_t song : members)
    artists[songs.artists[song] >= 0 ? songs.artists[song] : -1 - static_cast<std::int64_t>(song)].push_back(
        song);
  Units units;
  units.songs = members.size();
  units.features = Eigen::MatrixXf::Zero(static_cast<long>(artists.size()), features.cols());
  std::vector<double> mean_times;
  long row = 0;
  for (const auto& [artist, own] : artists) {
    double time = 0;
    for (const std::size_t song : own) {
      units.features.row(row) += features.row(static_cast<long>(song)) / static_cast<float>(own.size());
      time += times[song] / static_cast<double>(own.size());
    }
    mean_times.push_back(time);
    ++row;
  }
  Eigen::VectorXd centred = Eigen::Map<Eigen::VectorXd>(mean_times.data(), row);
  centred.array() -= centred.mean();
  if (centred.norm() > 0) centred.normalize();
  for (const double time : centred) units.times.push_back(static_cast<float>(time));
  units.features.rowwise() -= units.features.colwise().mean().eval();
  for (long column = 0; column < units.features.cols(); ++column)
    if (units.features.col(column).norm() > 1e-6f) units.features.col(column).normalize();
  return units;
}

Eigen::VectorXf correlations(const Units& units, const std::vector<float>& times) {
  return units.features.transpose() *
         Eigen::Map<const Eigen::VectorXf>(times.data(), static_cast<long>(times.size()));
}

GenreDrift test_one(const Units& units, std::optional<std::size_t> own, std::size_t permutations,
                    std::uint64_t seed, std::size_t stream) {
  GenreDrift drift;
  drift.songs = units.songs;
  drift.units = units.times.size();
  if (drift.units < kLeastUnits) return drift;
  const Eigen::VectorXf observed = correlations(units, units.times);
  drift.explained = observed.squaredNorm() / static_cast<double>(observed.size());
  for (long i = 0; i < observed.size(); ++i) {
    if (own == static_cast<std::size_t>(i)) continue;
    if (drift.direction && std::abs(observed(i)) <= std::abs(drift.correlation)) continue;
    drift.direction = static_cast<std::size_t>(i);
    drift.correlation = observed(i);
  }
  Random random(seed, Purpose::kPermutation, stream);
  std::vector<float> times = units.times;
  std::vector<double> null;
  for (std::size_t i = 0; i < permutations; ++i) {
    random.shuffle(times);
    null.push_back(correlations(units, times).squaredNorm() / static_cast<double>(observed.size()));
  }
  drift.p = p_of_rank(drift.explained, null);
  return drift;
}

}  // namespace

Eigen::MatrixXf probability_profiles(const SongTable& songs) {
  Eigen::MatrixXf profiles(static_cast<long>(songs.songs()), static_cast<long>(songs.genres.size()));
  for (std::size_t song = 0; song < songs.songs(); ++song) {
    const long row = static_cast<long>(song);
    for (std::size_t genre = 0; genre < songs.genres.size(); ++genre) {
      float sum = 0;
      for (std::size_t seed = 0; seed < songs.seeds; ++seed) sum += songs.row(song, seed)[genre];
      profiles(row, static_cast<long>(genre)) =
          std::log(std::max(sum / static_cast<float>(songs.seeds), 1e-3f));
    }
    profiles.row(row).array() -= profiles.row(row).mean();
  }
  return profiles;
}

std::vector<GenreDrift> test_genre_drift(const SongTable& songs, const std::vector<double>& times,
                                         const Eigen::MatrixXf& features, bool own_dimension,
                                         std::size_t permutations, std::uint64_t seed, int threads) {
  std::vector<std::vector<std::size_t>> members(songs.genres.size() + 1);
  const std::vector<std::size_t> genres = genres_of(songs);
  for (std::size_t song = 0; song < genres.size(); ++song) members[genres[song]].push_back(song);
  std::vector<GenreDrift> drifts(songs.genres.size());
  run_on_threads(
      threads, drifts.size(), "nothing is kept; run it again", [] { return 0; },
      [&](int&, std::size_t genre) {
        if (members[genre].empty()) return;
        drifts[genre] = test_one(gather_units(songs, times, features, members[genre]),
                                 own_dimension ? std::optional(genre) : std::nullopt, permutations, seed,
                                 4'000'000 + genre);
      },
      [](int&) {});
  std::vector<double> p;
  for (const GenreDrift& drift : drifts)
    if (drift.units >= kLeastUnits) p.push_back(drift.p);
  const std::vector<double> adjusted = benjamini_hochberg(p);
  std::size_t next = 0;
  for (GenreDrift& drift : drifts)
    if (drift.units >= kLeastUnits) drift.adjusted_p = adjusted[next++];
  return drifts;
}

}  // namespace genretrack
