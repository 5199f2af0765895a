// Series and collections with a planted truth.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "host/trends/series.h"
#include "host/trends/song_table.h"

namespace genretrack::testing {

struct SeriesDesign {
  std::size_t length = 40;
  double autocorrelation = 0, deviation = 1;  // of the red noise
  double error = 0.5;                         // of sampling, in the middle; twice that at the start
  double slope = 0;                           // per year
  double amplitude = 0, cycle_years = 8;
};

inline std::vector<double> red_noise(std::size_t length, double rho, double deviation, Random& random) {
  std::vector<double> values;
  double state = deviation * standard_normal(random);
  for (std::size_t i = 0; i < length; ++i) {
    if (i > 0) state = rho * state + deviation * std::sqrt(1 - rho * rho) * standard_normal(random);
    values.push_back(state);
  }
  return values;
}

inline Series simulate(const SeriesDesign& design, std::uint64_t seed) {
  Random random(seed, Purpose::kNoise, 77);
  Series series;
  series.values = red_noise(design.length, design.autocorrelation, design.deviation, random);
  const double phase = 2 * std::numbers::pi * random.uniform();
  for (std::size_t i = 0; i < design.length; ++i) {
    const double time = static_cast<double>(i), share = time / static_cast<double>(design.length);
    series.errors.push_back(design.error * (2 - 2 * share + share * share));
    series.times.push_back(1960.5 + time);
    series.gaps.push_back(1);
    series.values[i] += design.slope * time + series.errors[i] * standard_normal(random) +
                        design.amplitude * std::sin(2 * std::numbers::pi * time / design.cycle_years + phase);
  }
  return series;
}

// Five binomial standard deviations of a rate over so many experiments, which chance exceeds less than once
// in a million.
inline double rate_error(double rate, std::size_t experiments) {
  return 5 * std::sqrt(rate * (1 - rate) / static_cast<double>(experiments));
}

// A recogniser: its probabilities for a song of a genre are a softmax of normal scores.
struct Recogniser {
  double strength = 2.0;   // how far the true genre's score lies above the others
  double confusion = 0.5;  // added to the score of the next genre, which it is mistaken for
  double spread = 1.0;
};

inline void add_song(SongTable& songs, std::size_t truth, const Recogniser& recogniser, Random& random) {
  const std::size_t genres = songs.genres.size();
  std::vector<double> scores;
  double sum = 0;
  for (std::size_t genre = 0; genre < genres; ++genre) {
    const double mean = genre == truth                  ? recogniser.strength
                        : genre == (truth + 1) % genres ? recogniser.confusion
                                                        : 0;
    scores.push_back(std::exp(mean + recogniser.spread * standard_normal(random)));
    sum += scores.back();
  }
  for (const double score : scores) songs.probabilities.push_back(static_cast<float>(score / sum));
  songs.weights.push_back(1);
  songs.artists.push_back(-1);
  songs.dates.emplace_back();
}

inline std::size_t draw_genre(const std::vector<double>& shares, Random& random) {
  double place = random.uniform();
  for (std::size_t genre = 0; genre + 1 < shares.size(); ++genre) {
    if (place < shares[genre]) return genre;
    place -= shares[genre];
  }
  return shares.size() - 1;
}

// `shares_of` gives the true shares of a year.
template <class SharesOf>
Collection simulate_collection(const std::vector<std::string>& genres, int first_year, int last_year,
                               std::size_t songs_a_year, const SharesOf& shares_of,
                               const Recogniser& recogniser, std::uint64_t seed) {
  Collection made;
  made.songs.genres = genres;
  Random random(seed, Purpose::kNoise, 78);
  for (int year = first_year; year <= last_year; ++year) {
    const std::vector<double> shares = shares_of(year);
    for (std::size_t song = 0; song < songs_a_year; ++song) {
      add_song(made.songs, draw_genre(shares, random), recogniser, random);
      made.songs.dates.back() = {year, 0, 0};
    }
  }
  made.counts.rows = made.counts.used = made.songs.songs();
  return made;
}

inline SongTable simulate_labelled(const std::vector<std::string>& genres, std::size_t clips_per_genre,
                                   const Recogniser& recogniser, std::uint64_t seed) {
  SongTable labelled;
  labelled.genres = genres;
  Random random(seed, Purpose::kNoise, 79);
  for (std::size_t genre = 0; genre < genres.size(); ++genre)
    for (std::size_t clip = 0; clip < clips_per_genre; ++clip) {
      add_song(labelled, genre, recogniser, random);
      labelled.truths.push_back(static_cast<std::int32_t>(genre));
    }
  return labelled;
}

}  // namespace genretrack::testing
