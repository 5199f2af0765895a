// Shares of one draw of songs, labelled clips and seeds. Used by estimate_shares; see there.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "host/trends/calibration.h"
#include "host/trends/mixture.h"
#include "host/trends/periods.h"
#include "host/trends/resample.h"
#include "host/trends/song_table.h"

namespace genretrack {

// The songs of one period, in the order of Periods.
struct PeriodSongs {
  Likelihoods probabilities;   // averaged over seeds
  Likelihoods logs;            // their logarithms, less the largest of each song
  std::vector<float> weights;  // (stride); padding 0
  Runs artists;
};

// Labelled clips, sorted by genre and artist.
struct LabelledClips {
  Eigen::MatrixXd probabilities, logs;  // (clips, genres)
  std::vector<std::int32_t> truths;
  std::vector<Runs> artists;  // per genre
};

struct LabelledFit {
  Eigen::MatrixXd mean_probabilities;  // a column per true genre
  Calibration calibration;
};

LabelledClips sort_labelled(const SongTable& labelled);
LabelledFit fit_labelled(const LabelledClips& clips, const Eigen::VectorXd& weights,
                         const Calibration& start);

// The songs of a period with their probabilities averaged over `seeds` (indices, repeated where drawn twice).
PeriodSongs gather(const SongTable& songs, const Periods& periods, std::size_t period,
                   const std::vector<std::size_t>& seeds);

Eigen::VectorXd plain_shares(const PeriodSongs& songs, const std::vector<float>& weights);
// `scratch` is memory that one thread may use again.
Eigen::VectorXd em_shares(const PeriodSongs& songs, const std::vector<float>& weights,
                          const Calibration& calibration, const Eigen::VectorXd& start, double tolerance,
                          Likelihoods& scratch);

}  // namespace genretrack
