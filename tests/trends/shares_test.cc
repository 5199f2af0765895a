#include "host/trends/shares.h"

#include <gtest/gtest.h>

#include "host/core/error.h"
#include "host/trends/diversity.h"
#include "host/trends/mixture.h"
#include "tests/trends/simulated_series.h"

namespace genretrack::testing {
namespace {

const std::vector<std::string> kGenres = {"blues", "jazz", "pop", "rock"};

// Blues falls from 60 % to 10 % and pop rises; the labelled clips have equal shares.
std::vector<double> shifting(int year) {
  const double t = (year - 1960) / 19.0;
  return {0.6 - 0.5 * t, 0.2, 0.1 + 0.5 * t, 0.1};
}

double mean_error(const Shares& shares, const ShareSeries& series) {
  double error = 0;
  for (std::size_t i = 0; i < shares.periods.periods.size(); ++i) {
    const std::vector<double> truth = shifting(1960 + static_cast<int>(i));
    for (std::size_t genre = 0; genre < truth.size(); ++genre)
      error +=
          std::abs(shares.value(series, i, genre) - truth[genre]) / static_cast<double>(series.values.size());
  }
  return error;
}

double coverage(const Shares& shares, const ShareSeries& series) {
  double covered = 0;
  for (std::size_t i = 0; i < shares.periods.periods.size(); ++i) {
    const std::vector<double> truth = shifting(1960 + static_cast<int>(i));
    for (std::size_t genre = 0; genre < truth.size(); ++genre) {
      const std::size_t cell = i * truth.size() + genre;
      covered += series.low[cell] <= truth[genre] && truth[genre] <= series.high[cell];
    }
  }
  return covered / static_cast<double>(series.values.size());
}

Shares estimate(std::size_t songs_a_year, std::size_t draws, std::uint64_t seed, bool corrected = true) {
  const Collection collection = simulate_collection(kGenres, 1960, 1979, songs_a_year, shifting, {}, seed);
  const SongTable labelled = simulate_labelled(kGenres, 100, {}, seed);
  return estimate_shares(collection.songs, make_periods(collection.songs, Step::kYear, 20),
                         corrected ? &labelled : nullptr, {draws, 0.05, seed, 1});
}

TEST(Shares, CorrectionsBeatPlainAveragesWhereTheMixShifts) {
  const Shares shares = estimate(300, 0, 1);
  const double plain = mean_error(shares, shares.plain);
  EXPECT_GT(plain, 0.06);
  EXPECT_LT(mean_error(shares, *shares.adjusted), 0.5 * plain);
  EXPECT_LT(mean_error(shares, *shares.em), 0.5 * plain);
}

TEST(Shares, IntervalsOfCorrectedSharesCoverTheTruth) {
  double adjusted = 0, em = 0, plain = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Shares shares = estimate(60, 99, seed);
    adjusted += coverage(shares, *shares.adjusted) / 3;
    em += coverage(shares, *shares.em) / 3;
    plain += coverage(shares, shares.plain) / 3;
  }
  EXPECT_GT(adjusted, 0.88);
  EXPECT_GT(em, 0.88);
  EXPECT_LT(plain, 0.7);
}

TEST(Shares, AreTheSameForEveryNumberOfThreads) {
  const Collection collection = simulate_collection(kGenres, 1960, 1965, 40, shifting, {}, 3);
  const SongTable labelled = simulate_labelled(kGenres, 20, {}, 3);
  const Periods periods = make_periods(collection.songs, Step::kYear, 20);
  const Shares one = estimate_shares(collection.songs, periods, &labelled, {30, 0.05, 1, 1});
  const Shares two = estimate_shares(collection.songs, periods, &labelled, {30, 0.05, 1, 2});
  EXPECT_EQ(one.em->draws, two.em->draws);
  EXPECT_EQ(one.adjusted->low, two.adjusted->low);
}

TEST(Shares, WeightsAndArtistsCount) {
  SongTable songs;
  songs.genres = {"a", "b"};
  for (int song = 0; song < 40; ++song) {
    songs.dates.push_back({1984, 0, 0});
    songs.weights.push_back(song < 20 ? 3 : 1);
    songs.artists.push_back(song < 20 ? 0 : song);
    songs.probabilities.insert(songs.probabilities.end(), {song < 20 ? 1.0f : 0.0f, song < 20 ? 0.0f : 1.0f});
  }
  const auto width = [&](const SongTable& table) {
    const Shares shares =
        estimate_shares(table, make_periods(table, Step::kYear, 2), nullptr, {199, 0.05, 1, 1});
    EXPECT_NEAR(shares.plain.values[0], 0.75, 1e-6);
    return shares.plain.high[0] - shares.plain.low[0];
  };
  SongTable apart = songs;
  apart.artists.assign(40, -1);
  // Twenty songs of one artist are drawn together or not at all.
  EXPECT_GT(width(songs), 1.5 * width(apart));
}

TEST(Shares, RefuseAGenreWithoutLabelledClips) {
  const Collection collection = simulate_collection(kGenres, 1960, 1961, 30, shifting, {}, 3);
  SongTable labelled = simulate_labelled(kGenres, 20, {}, 3);
  for (std::int32_t& truth : labelled.truths) truth = truth == 3 ? 2 : truth;
  EXPECT_THROW(
      estimate_shares(collection.songs, make_periods(collection.songs, Step::kYear, 20), &labelled, {}),
      Error);
}

// The EM of the paper, a song and a genre at a time.
TEST(Mixture, MatchesThePlainAlgorithm) {
  Random random(5, Purpose::kNoise);
  Likelihoods likelihoods;
  likelihoods.resize(101, 3);
  std::vector<float> weights(likelihoods.stride, 0);
  for (std::size_t song = 0; song < 101; ++song) {
    weights[song] = 1 + static_cast<float>(song % 3);
    for (std::size_t genre = 0; genre < 3; ++genre)
      likelihoods.row(genre)[song] =
          static_cast<float>(std::exp(standard_normal(random) + (genre == song % 2 ? 1 : 0)));
  }
  std::vector<double> shares(3, 1.0 / 3);
  for (int round = 0; round < 5000; ++round) {
    std::vector<double> next(3, 0);
    for (std::size_t song = 0; song < 101; ++song) {
      double mixed = 0;
      for (std::size_t genre = 0; genre < 3; ++genre) mixed += shares[genre] * likelihoods.row(genre)[song];
      for (std::size_t genre = 0; genre < 3; ++genre)
        next[genre] += weights[song] * shares[genre] * likelihoods.row(genre)[song] / mixed;
    }
    const double sum = next[0] + next[1] + next[2];
    for (std::size_t genre = 0; genre < 3; ++genre) shares[genre] = next[genre] / sum;
  }
  const Eigen::VectorXd found =
      fit_shares_by_em(likelihoods, weights, Eigen::VectorXd::Constant(3, 1.0 / 3), 1e-8);
  for (long genre = 0; genre < 3; ++genre)
    EXPECT_NEAR(found(genre), shares[static_cast<std::size_t>(genre)], 2e-5);
}

TEST(Diversity, IsComparedAtEqualNumbersOfSongs) {
  // The same even mix in every year, but ten times the songs in the second half: plain counts would rise.
  SongTable songs;
  songs.genres = {"a", "b", "c", "d", "e", "f", "g", "h"};
  Random random(3, Purpose::kNoise);
  for (int year = 1960; year < 1970; ++year)
    for (int song = 0; song < (year < 1965 ? 20 : 200); ++song) {
      songs.dates.push_back({year, 0, 0});
      songs.weights.push_back(1);
      songs.artists.push_back(-1);
      std::vector<float> row(8, 0);
      row[random.below(8)] = 1;
      songs.probabilities.insert(songs.probabilities.end(), row.begin(), row.end());
    }
  const Shares shares =
      estimate_shares(songs, make_periods(songs, Step::kYear, 20), nullptr, {49, 0.05, 1, 1});
  const Diversity diversity = measure_diversity(songs, shares, nullptr, 100, 1);
  EXPECT_EQ(diversity.songs, 20u);
  double early = 0, late = 0;
  for (std::size_t i = 0; i < 10; ++i) (i < 5 ? early : late) += diversity.shannon.values[i] / 5;
  EXPECT_NEAR(early, late, 1.0);
  EXPECT_LT(late, 7.2);
  EXPECT_GT(effective_genres_shannon(&shares.plain.values[9 * 8], 8), 7.5);
}

}  // namespace
}  // namespace genretrack::testing
