#include "host/report/comparison_report.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

Json interval_json(const Interval& interval) { return Json::array({interval.low, interval.high}); }

Json spread_json(const SeedSpread& spread) {
  Json value = {{"seeds", spread.seeds}, {"mean", spread.mean}};
  value["deviation"] = spread.deviation ? Json(*spread.deviation) : Json(nullptr);
  value["interval"] = spread.interval ? interval_json(*spread.interval) : Json(nullptr);
  return value;
}

Json metrics_json(const Metrics& metrics, const std::vector<std::string>& genres) {
  Json value = {{"clips", metrics.clips},
                {"accuracy", metrics.accuracy},
                {"macro_f1", metrics.macro_f1},
                {"log_loss", metrics.log_loss}};
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

Json run_json(const ComparedRun& run, const std::vector<std::string>& genres) {
  Json value = {
      {"name", run.run.name},       {"path", run.run.path.string()},
      {"inputs", run.run.inputs},   {"fusion", run.run.fusion ? Json(*run.run.fusion) : Json(nullptr)},
      {"model", run.run.model},     {"parameters", run.run.parameters},
      {"dataset", run.run.dataset}, {"seeds", run.run.seeds}};
  value["test"] = metrics_json(run.test, genres);
  value["test"]["accuracy_interval"] = interval_json(run.accuracy_interval);
  value["validation"] = run.validation ? metrics_json(*run.validation, genres) : Json(nullptr);
  Json& seeds = value["over_seeds"] = {{"accuracy", spread_json(run.seed_accuracy)},
                                       {"macro_f1", spread_json(run.seed_macro_f1)},
                                       {"log_loss", spread_json(run.seed_log_loss)}};
  for (std::size_t genre = 0; genre < genres.size(); ++genre)
    seeds["recall"][genres[genre]] = spread_json(run.seed_recall[genre]);
  value["notes"] = run.run.notes;
  return value;
}

Json pair_json(const Comparison& comparison, const Candidate& candidate) {
  const PairedComparison& pair = candidate.pair;
  return {{"run", comparison.runs[candidate.run].label},
          {"verdict", verdict_word(comparison, candidate)},
          {"text", verdict_text(comparison, candidate)},
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
  for (const ComparedRun& run : comparison.runs) value["runs"].push_back(run_json(run, comparison.genres));
  return value;
}

}  // namespace genretrack
