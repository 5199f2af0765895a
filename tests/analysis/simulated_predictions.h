// Made-up probabilities of four genres on clips whose artists cluster. Every artist plays one genre; the
// logit of the true genre lies above the others by `skill` + an artist's effect + a clip's effect, and every
// logit has noise of its own. Probabilities are the softmax of logits times `sharpness`; at 1 nothing says
// that they are calibrated.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "host/analysis/predictions.h"
#include "tests/analysis/simulated_runs.h"

namespace genretrack::testing {

struct PredictionsDesign {
  std::vector<std::size_t> clips_per_artist;
  double skill = 1.6, artist_deviation = 0.8, clip_deviation = 0.6, noise_deviation = 0.8, sharpness = 1;
};

inline Predictions simulate_predictions(const PredictionsDesign& design, std::uint64_t seed) {
  constexpr std::size_t kGenres = 4;
  Random random(seed, Purpose::kBootstrap, 7);
  Predictions predictions;
  predictions.genres = {"a", "b", "c", "d"};
  for (std::size_t artist = 0; artist < design.clips_per_artist.size(); ++artist) {
    const double own = design.artist_deviation * simulated_normal(random);
    for (std::size_t clip = 0; clip < design.clips_per_artist[artist]; ++clip) {
      const double lead = design.skill + own + design.clip_deviation * simulated_normal(random);
      double weights[kGenres], sum = 0;
      for (std::size_t genre = 0; genre < kGenres; ++genre) {
        const double logit =
            (genre == artist % kGenres ? lead : 0) + design.noise_deviation * simulated_normal(random);
        weights[genre] = std::exp(design.sharpness * logit);
        sum += weights[genre];
      }
      for (const double weight : weights) predictions.probabilities.push_back(weight / sum);
      predictions.clips.push_back(std::to_string(predictions.clips.size()));
      predictions.truth.push_back(artist % kGenres);
      predictions.artists.push_back(std::to_string(artist));
    }
  }
  return predictions;
}

}  // namespace genretrack::testing
