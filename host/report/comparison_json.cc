#include "host/report/comparison_report.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

Json interval_json(const Interval& interval) { return Json::array({interval.low, interval.high}); }

Json optional_interval(const std::optional<Interval>& interval) {
  return interval ? interval_json(*interval) : Json(nullptr);
}

Json spread_json(const SeedSpread& spread) {
  Json value = {{"seeds", spread.seeds}, {"mean", spread.mean}};
  value["deviation"] = spread.deviation ? Json(*spread.deviation) : Json(nullptr);
  value["interval"] = spread.interval ? interval_json(*spread.interval) : Json(nullptr);
  return value;
}

Json metrics_json(const Metrics& metrics, const std::vector<std::string>& genres) {
  Json value = {{"clips", metrics.clips},
                {"accuracy", metrics.accuracy},
                {"balanced_accuracy", metrics.balanced_accuracy},
                {"macro_f1", metrics.macro_f1},
                {"log_loss", metrics.log_loss},
                {"brier", metrics.brier}};
  for (std::size_t genre = 0; genre < genres.size(); ++genre) {
    const GenreMetrics& one = metrics.genres[genre];
    value["genres"][genres[genre]] = {
        {"clips", one.clips}, {"recall", one.recall}, {"precision", one.precision}, {"f1", one.f1}};
  }
  for (std::size_t truth = 0; truth < genres.size(); ++truth) {
    Json row = Json::array();
    for (std::size_t predicted = 0; predicted < genres.size(); ++predicted)
      row.push_back(metrics.confusion[truth * genres.size() + predicted]);
    value["confusion"].push_back(row);
  }
  return value;
}

Json reliability_json(const std::optional<Reliability>& reliability) {
  if (!reliability) return nullptr;
  Json value = {{"error", reliability->error},
                {"interval", optional_interval(reliability->interval)},
                {"bins", Json::array()}};
  for (const ReliabilityBin& bin : reliability->bins)
    value["bins"].push_back({{"clips", bin.clips},
                             {"confidence", bin.confidence},
                             {"accuracy", bin.accuracy},
                             {"consistent", interval_json(bin.consistent)}});
  return value;
}

Json described_json(const Described& described, const std::vector<std::string>& genres) {
  Json value = metrics_json(described.metrics, genres);
  const RunFigures& intervals = described.intervals;
  value["intervals"] = {{"accuracy", optional_interval(intervals.accuracy)},
                        {"balanced_accuracy", optional_interval(intervals.balanced_accuracy)},
                        {"macro_f1", optional_interval(intervals.macro_f1)},
                        {"log_loss", optional_interval(intervals.log_loss)},
                        {"brier", optional_interval(intervals.brier)}};
  for (std::size_t genre = 0; genre < genres.size(); ++genre) {
    value["genres"][genres[genre]]["recall_interval"] = optional_interval(intervals.recall[genre]);
    value["genres"][genres[genre]]["precision_interval"] = optional_interval(intervals.precision[genre]);
  }
  value["calibration"] = reliability_json(described.reliability);
  return value;
}

Json sources_json(const VarianceComponents& sources) {
  return {{"variance",
           {{"artists", sources.artist},
            {"clips", sources.clip},
            {"seeds", sources.seed},
            {"rest", sources.rest}}},
          {"standard_error",
           {{"artists", sources.artist_error},
            {"clips", sources.clip_error},
            {"seeds", sources.seed_error},
            {"rest", sources.rest_error}}}};
}

Json run_json(const ComparedRun& run, const std::vector<std::string>& genres) {
  Json value = {
      {"name", run.run.name},       {"path", run.run.path.string()},
      {"inputs", run.run.inputs},   {"fusion", run.run.fusion ? Json(*run.run.fusion) : Json(nullptr)},
      {"model", run.run.model},     {"parameters", run.run.parameters},
      {"dataset", run.run.dataset}, {"seeds", run.run.seeds}};
  value["test"] = described_json(run.test, genres);
  value["temperature"] = run.temperature ? Json(*run.temperature) : Json(nullptr);
  value["calibrated"] = run.calibrated ? described_json(*run.calibrated, genres) : Json(nullptr);
  value["sources"] = run.sources ? sources_json(*run.sources) : Json(nullptr);
  value["validation"] = run.validation ? metrics_json(*run.validation, genres) : Json(nullptr);
  Json& seeds = value["over_seeds"] = {{"accuracy", spread_json(run.seed_accuracy)},
                                       {"macro_f1", spread_json(run.seed_macro_f1)},
                                       {"log_loss", spread_json(run.seed_log_loss)}};
  for (std::size_t genre = 0; genre < genres.size(); ++genre)
    seeds["recall"][genres[genre]] = spread_json(run.seed_recall[genre]);
  value["notes"] = run.run.notes;
  return value;
}

Json fold_json(const CorrectedT& test) {
  return {{"fold_repeats", test.repetitions},
          {"mean", test.mean},
          {"interval", interval_json(test.interval)},
          {"p", test.p}};
}

Json pair_json(const Comparison& comparison, const Candidate& candidate) {
  const PairedComparison& pair = candidate.pair;
  Json value = {{"run", comparison.runs[candidate.run].label},
                {"verdict", verdict_word(comparison, candidate)},
                {"text", verdict_sentence(comparison, candidate)},
                {"details", verdict_details(comparison, candidate)},
                {"gain", pair.gain},
                {"interval", interval_json(pair.interval)},
                {"level", pair.level},
                {"p", pair.p},
                {"adjusted_p", pair.adjusted_p},
                {"exact", pair.exact},
                {"mcnemar_mid_p", pair.mcnemar_p},
                {"clips", pair.clips},
                {"unit", pair.artists_known ? "artist" : "clip"},
                {"groups", pair.groups},
                {"only_candidate_right", pair.only_candidate},
                {"only_reference_right", pair.only_reference},
                {"design_effect", pair.design_effect},
                {"smallest_gain", pair.smallest_gain ? Json(*pair.smallest_gain) : Json(nullptr)},
                {"gain_over_seeds", spread_json(candidate.seed_gain)}};
  value["gain_over_folds"] = candidate.fold_gain ? fold_json(*candidate.fold_gain) : Json(nullptr);
  value["chance_to_win"] = candidate.seed_wins
                               ? Json{{"chance", candidate.seed_wins->chance},
                                      {"interval", interval_json(candidate.seed_wins->interval)}}
                               : Json(nullptr);
  for (std::size_t genre = 0; genre < candidate.genres.size(); ++genre)
    value["genres"][comparison.genres[genre]] = {
        {"clips", candidate.genres[genre].clips},
        {"gain", candidate.genres[genre].gain},
        {"interval", interval_json(candidate.genres[genre].interval)}};
  for (const ChangedClip& clip : candidate.changed)
    value["changed"].push_back({{"clip", clip.clip},
                                {"artist", clip.artist},
                                {"truth", comparison.genres[clip.truth]},
                                {"reference", comparison.genres[clip.reference_genre]},
                                {"candidate", comparison.genres[clip.candidate_genre]},
                                {"reference_probability", clip.reference_probability},
                                {"candidate_probability", clip.candidate_probability}});
  return value;
}

Json study_json(const Comparison& comparison, const BranchStudy& study) {
  Json value = {
      {"run", comparison.runs[study.run].label}, {"own_predictions", study.own}, {"oracle", study.oracle}};
  for (std::size_t branch = 0; branch < study.names.size(); ++branch) {
    Json one = {{"branch", study.names[branch]}, {"accuracy", study.accuracies[branch]}};
    if (!study.left_out.empty())
      one["left_out"] = {{"gain", study.left_out[branch].gain},
                         {"interval", interval_json(study.left_out[branch].interval)},
                         {"adjusted_p", study.left_out[branch].adjusted_p}};
    value["branches"].push_back(one);
  }
  std::size_t at = 0;
  for (std::size_t first = 0; first < study.names.size(); ++first)
    for (std::size_t second = first + 1; second < study.names.size(); ++second, ++at)
      value["pairs"].push_back({{"branches", {study.names[first], study.names[second]}},
                                {"disagreement", study.pairs[at].disagreement},
                                {"double_fault", study.pairs[at].double_fault}});
  return value;
}

}  // namespace

nlohmann::ordered_json comparison_json(const Comparison& comparison) {
  Json value = {{"format", 1},
                {"split", comparison.split},
                {"genres", comparison.genres},
                {"clips", comparison.clips},
                {"artists", comparison.artists},
                {"unknown_artists", comparison.unknown_artists},
                {"alpha", comparison.alpha},
                {"reference", nullptr},
                {"reference_reason", comparison.reference_reason},
                {"comparisons", Json::array()},
                {"runs", Json::array()},
                {"notes", comparison.notes}};
  if (comparison.reference) value["reference"] = comparison.runs[*comparison.reference].label;
  for (const Candidate& candidate : comparison.candidates)
    value["comparisons"].push_back(pair_json(comparison, candidate));
  value["branches"] = Json::array();
  for (const BranchStudy& study : comparison.branches)
    value["branches"].push_back(study_json(comparison, study));
  for (const ComparedRun& run : comparison.runs) value["runs"].push_back(run_json(run, comparison.genres));
  return value;
}

}  // namespace genretrack
