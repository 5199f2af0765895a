#include "host/cli/sweep_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <map>
#include <optional>

#include "host/analysis/metrics.h"
#include "host/analysis/selection.h"
#include "host/analysis/uncertainty.h"
#include "host/core/csv.h"
#include "host/core/files.h"
#include "host/core/utf8.h"
#include "host/report/run_predictions.h"
#include "host/report/run_reader.h"
#include "host/report/table.h"
#include "host/train/run_folder.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

struct Member {
  const Planned* planned = nullptr;
  const RunOutcome* outcome = nullptr;
  std::optional<RunRecord> run;  // of a finished one
  Metrics validation;            // probabilities averaged over seeds, folds pooled
  SeedSpread spread;             // of the accuracy
};

// Validation accuracy of each seed alone, folds pooled.
std::vector<double> accuracy_by_seed(const RunRecord& run) {
  std::map<std::uint64_t, std::vector<const Predictions*>> by_seed;
  for (const TrainingRecord& training : run.trainings) by_seed[training.seed].push_back(&training.validation);
  std::vector<double> accuracies;
  for (const auto& [seed, sets] : by_seed) accuracies.push_back(compute_metrics(pooled(sets)).accuracy);
  return accuracies;
}

Member read_member(const Planned* planned, const RunOutcome* outcome, const std::filesystem::path& runs) {
  Member member{planned, outcome, {}, {}, {}};
  if (!outcome->finished()) return member;
  member.run = read_run(runs / planned->experiment.name);
  member.validation = compute_metrics(member.run->validation);
  member.spread = seed_spread(accuracy_by_seed(*member.run), 0.95);
  return member;
}

// Finished ones first, the most accurate on validation clips in front, ties by log loss.
bool stands_before(const Member& a, const Member& b) {
  if (a.run.has_value() != b.run.has_value()) return a.run.has_value();
  if (!a.run) return false;
  if (a.validation.accuracy != b.validation.accuracy) return a.validation.accuracy > b.validation.accuracy;
  return a.validation.log_loss < b.validation.log_loss;
}

// Nothing where runs were validated on different clips: they cannot be held against each other clip by clip.
std::optional<Selection> select(const std::vector<Member>& ranked) {
  std::vector<std::vector<double>> hit_lists;
  for (const Member& member : ranked) {
    if (!member.run) continue;
    if (member.run->validation.clips != ranked.front().run->validation.clips) return std::nullopt;
    hit_lists.push_back(hits(member.run->validation));
  }
  if (hit_lists.size() < 2) return std::nullopt;
  return selection_of(hit_lists, ranked.front().run->validation.artists);
}

Json metrics_of(const Metrics& metrics) {
  return {{"clips", metrics.clips},
          {"accuracy", metrics.accuracy},
          {"macro_f1", metrics.macro_f1},
          {"log_loss", metrics.log_loss}};
}

Json member_json(const Member& member, std::size_t rank) {
  const Experiment& experiment = member.planned->experiment;
  Json varied = Json::object();
  for (const auto& [pointer, value] : experiment.point->varied) varied[pointer] = Json::parse(value);
  Json entry = {
      {"rank", member.run ? Json(rank) : Json(nullptr)}, {"run", experiment.name}, {"varied", varied}};
  if (!member.run) {
    entry["status"] = member.outcome->problem.empty() ? "unfinished" : "failed";
    if (!member.outcome->problem.empty()) entry["problem"] = member.outcome->problem;
    return entry;
  }
  entry["status"] = "finished";
  entry["split"] = member.run->split;
  entry["seeds"] = member.run->seeds.size();
  entry["validation"] = metrics_of(member.validation);
  entry["validation"]["accuracy_mean_over_seeds"] = member.spread.mean;
  entry["validation"]["accuracy_deviation_over_seeds"] =
      member.spread.deviation ? Json(*member.spread.deviation) : Json(nullptr);
  return entry;
}

std::string cell(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_number_float()) return number_text(value.get<double>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string csv_of(const Json& report) {
  std::vector<std::string> header = {"rank", "run", "status"};
  const std::vector<std::string> axes = report.at("axes");
  header.insert(header.end(), axes.begin(), axes.end());
  const std::vector<const char*> figures = {
      "clips",    "accuracy", "accuracy_mean_over_seeds", "accuracy_deviation_over_seeds",
      "macro_f1", "log_loss"};
  header.emplace_back("seeds");
  for (const char* figure : figures) header.push_back(std::string("validation_") + figure);
  for (const char* column : {"chosen", "test_accuracy", "test_macro_f1", "test_log_loss", "split"})
    header.emplace_back(column);
  std::string text = csv_line(header);
  for (const Json& run : report.at("runs")) {
    std::vector<std::string> fields = {cell(run.at("rank")), run.at("run"), run.at("status")};
    for (const std::string& axis : axes)
      fields.push_back(run.at("varied").contains(axis) ? cell(run.at("varied").at(axis)) : "");
    const bool finished = run.contains("validation");
    fields.push_back(finished ? cell(run.at("seeds")) : "");
    for (const char* figure : figures)
      fields.push_back(finished ? cell(run.at("validation").at(figure)) : "");
    const bool chosen = run.contains("test");
    fields.emplace_back(chosen ? "true" : "false");
    for (const char* figure : {"accuracy", "macro_f1", "log_loss"})
      fields.push_back(chosen ? cell(run.at("test").at(figure)) : "");
    fields.push_back(finished ? cell(run.at("split")) : "");
    text += csv_line(fields);
  }
  return text;
}

std::string percent(const Json& share) { return fmt::format("{:.1f}", 100 * share.get<double>()); }

std::string selection_text(const Json& selection) {
  return fmt::format(
      "It leads the mean of {} runs by {} points on {} validation clips. The best of as many equally good "
      "runs "
      "would lead by {} (p = {:.3f} for a lead as large){}.\n",
      selection.at("candidates").get<std::size_t>(), percent(selection.at("lead")),
      selection.at("clips").get<std::size_t>(), percent(selection.at("expected_lead_of_equal_runs")),
      selection.at("p").get<double>(),
      selection.at("p").get<double>() > 0.05 ? ": selection explains it" : "");
}

}  // namespace

Json report_sweep(const std::vector<const Planned*>& members, const std::vector<const RunOutcome*>& outcomes,
                  const std::filesystem::path& runs) {
  std::vector<Member> ranked;
  for (std::size_t i = 0; i < members.size(); ++i)
    ranked.push_back(read_member(members[i], outcomes[i], runs));
  std::stable_sort(ranked.begin(), ranked.end(), stands_before);
  const SweepPoint& point = *members.front()->experiment.point;
  Json axes = Json::array(), entries = Json::array();
  for (const auto& [pointer, value] : point.varied) axes.push_back(pointer);
  for (std::size_t i = 0; i < ranked.size(); ++i) entries.push_back(member_json(ranked[i], i + 1));
  Json report = {{"format", 1}, {"sweep", point.sweep}, {"axes", axes}, {"runs", entries}};
  if (ranked.front().run) {
    const RunRecord& chosen = *ranked.front().run;
    report["chosen"] = chosen.name;
    report["notes"] = chosen.notes;
    // The one look at test clips.
    report["runs"][0]["test"] = metrics_of(compute_metrics(chosen.test));
    if (const auto selection = select(ranked))
      report["selection"] = {{"candidates", selection->candidates},
                             {"clips", selection->clips},
                             {"artists", selection->groups},
                             {"lead", selection->lead},
                             {"expected_lead_of_equal_runs", selection->expected_lead},
                             {"p", selection->p}};
  }
  const std::filesystem::path folder = runs / (point.sweep + ".sweep");
  make_folder(folder);
  write_file_atomically(folder / "sweep.csv", csv_of(report));
  write_json_file(folder / "sweep.json", report);
  report["folder"] = folder.string();
  return report;
}

std::string sweep_text(const Json& report) {
  Table table;
  table.header = {"run", "rank"};
  const std::vector<std::string> axes = report.at("axes");
  for (const std::string& axis : axes) table.header.push_back(one_line(axis.substr(axis.rfind('/') + 1)));
  for (const char* column : {"validation %", "sd over seeds", "macro F1", "log loss"})
    table.header.emplace_back(column);
  std::string text, problems;
  for (const Json& run : report.at("runs")) {
    const std::string name = one_line(run.at("run").get<std::string>());
    std::vector<std::string> row = {name, run.at("rank").is_null() ? "-" : cell(run.at("rank"))};
    for (const std::string& axis : axes) row.push_back(one_line(cell(run.at("varied").at(axis))));
    if (run.contains("validation")) {
      const Json& v = run.at("validation");
      const Json& deviation = v.at("accuracy_deviation_over_seeds");
      row.insert(row.end(), {percent(v.at("accuracy")), deviation.is_null() ? "-" : percent(deviation),
                             fmt::format("{:.3f}", v.at("macro_f1").get<double>()),
                             fmt::format("{:.3f}", v.at("log_loss").get<double>())});
    } else {
      row.insert(row.end(), {run.at("status"), "-", "-", "-"});
      if (run.contains("problem"))
        problems += "failed: " + name + ": " + one_line(run.at("problem").get<std::string>()) + "\n";
    }
    table.rows.push_back(std::move(row));
  }
  text = "sweep " + one_line(report.at("sweep").get<std::string>()) + "\n" + table.text() + problems;
  if (report.contains("chosen")) {
    const Json& best = report.at("runs").at(0);
    text += "chosen on validation: " + one_line(report.at("chosen").get<std::string>()) + "\n";
    if (report.contains("selection")) text += selection_text(report.at("selection"));
    text += fmt::format(
        "test, of this one alone: accuracy {} % on {} clips, macro F1 {:.3f}, log loss {:.3f}\n",
        percent(best.at("test").at("accuracy")), best.at("test").at("clips").get<std::size_t>(),
        best.at("test").at("macro_f1").get<double>(), best.at("test").at("log_loss").get<double>());
    text += "split: " + one_line(best.at("split").get<std::string>()) + "\n";
    for (const Json& note : report.at("notes")) text += "note: " + one_line(note.get<std::string>()) + "\n";
  }
  return text + "table: " + one_line(report.at("folder").get<std::string>()) + "/sweep.csv\n";
}

}  // namespace genretrack
