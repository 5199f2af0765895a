// The figures of one run.
#include <algorithm>

#include "host/analysis/calibration.h"
#include "host/report/comparison_model.h"

namespace genretrack {
namespace {

constexpr double kLevel = 0.05;

Described described(const Predictions& predictions, const ArtistDraws& draws) {
  Described result;
  result.metrics = compute_metrics(predictions);
  result.intervals = figure_intervals(predictions, kLevel, draws);
  const std::size_t bins = reliability_bins(predictions.clips.size());
  if (predictions.clips.size() >= 2 * bins)
    result.reliability = reliability(predictions, bins, kLevel, draws);
  return result;
}

// A t interval knows nothing of the ends that a share has.
SeedSpread share_spread(const std::vector<double>& values) {
  SeedSpread spread = seed_spread(values, kLevel);
  if (spread.interval)
    spread.interval = Interval{std::max(0.0, spread.interval->low), std::min(1.0, spread.interval->high)};
  return spread;
}

void describe_seeds(ComparedRun& result, const RunRecord& run) {
  std::vector<double> macro_f1, log_loss;
  std::vector<std::vector<double>> recall(run.genres.size()), right;
  for (const Predictions& seed : run.test_by_seed) {
    const Metrics metrics = compute_metrics(seed);
    result.seed_accuracies.push_back(metrics.accuracy);
    macro_f1.push_back(metrics.macro_f1);
    log_loss.push_back(metrics.log_loss);
    for (std::size_t genre = 0; genre < recall.size(); ++genre)
      recall[genre].push_back(metrics.genres[genre].recall);
    right.push_back(hits(seed));
  }
  result.seed_accuracy = share_spread(result.seed_accuracies);
  result.seed_macro_f1 = share_spread(macro_f1);
  result.seed_log_loss = seed_spread(log_loss, kLevel);
  for (const auto& values : recall) result.seed_recall.push_back(share_spread(values));
  result.sources = variance_components(right, run.test.artists);
}

}  // namespace

ComparedRun describe_run(RunRecord run, const ArtistDraws& draws) {
  ComparedRun result;
  result.label = run.name;
  result.test = described(run.test, draws);
  if (!run.validation.clips.empty()) {
    result.validation = compute_metrics(run.validation);
    result.temperature = fit_temperature(run.validation).value;
    result.calibrated = described(calibrated(run.test, *result.temperature), draws);
  }
  describe_seeds(result, run);
  result.run = std::move(run);
  return result;
}

}  // namespace genretrack
