// genretrack evaluate: a trained model on a labelled data set.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/analysis/metrics.h"
#include "host/analysis/run_figures.h"
#include "host/cli/apply_models.h"
#include "host/cli/commands.h"
#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/dataset/dataset.h"
#include "host/report/progress.h"
#include "host/report/table.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr double kLevel = 0.05;

struct EvaluateOptions {
  fs::path dataset, model, output;
  bool uncalibrated = false;
};

struct Evaluation {
  Dataset dataset;
  Predictions unseen, seen;  // clips that no model, or every model, learned from
  std::vector<std::string> seen_parts;
  std::map<std::string, std::vector<std::string>> unknown_genres;  // and their clips
  std::vector<std::pair<std::string, std::string>> unreadable;     // clip, why
};

void add(Predictions& to, const Clip& clip, std::size_t truth, const std::vector<double>& probabilities) {
  to.clips.push_back(clip.id);
  to.truth.push_back(truth);
  to.artists.push_back(clip.artist);
  to.probabilities.insert(to.probabilities.end(), probabilities.begin(), probabilities.end());
}

Evaluation hear(const AppliedRun& run, Dataset dataset, const GlobalOptions& global) {
  Evaluation found;
  found.unseen.genres = found.seen.genres = run.models->genres();
  const std::vector<std::string>& genres = run.models->genres();
  std::vector<const Clip*> clips;
  std::vector<fs::path> paths;
  std::vector<std::size_t> truths;
  for (const Clip& clip : dataset.clips) {
    const auto genre = std::find(genres.begin(), genres.end(), clip.genre);
    if (genre == genres.end()) {
      found.unknown_genres[clip.genre].push_back(clip.id);
      continue;
    }
    clips.push_back(&clip);
    paths.push_back(clip.path);
    truths.push_back(static_cast<std::size_t>(genre - genres.begin()));
  }
  if (clips.empty())
    throw Error(ErrorKind::kData, fmt::format("{}: none of its genres is one of the model's ({})",
                                              dataset.name, fmt::join(genres, ", ")));
  std::vector<AnsweredRecording> answers(clips.size());
  {
    Progress progress("evaluating " + dataset.name, "clips");
    std::size_t done = 0;
    apply_models(run, paths, {}, global, [&](AnsweredRecording& answer) {
      AnsweredRecording& kept = answers[answer.recording];
      kept.unreadable = answer.unreadable;
      kept.seen = answer.seen;
      kept.overall = std::move(answer.overall);
      progress.update(++done, paths.size());
    });
  }
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const AnsweredRecording& answer = answers[i];
    if (!answer.unreadable.empty()) {
      found.unreadable.emplace_back(clips[i]->id, answer.unreadable);
    } else if (answer.seen.empty()) {
      add(found.unseen, *clips[i], truths[i], answer.overall);
    } else {
      add(found.seen, *clips[i], truths[i], answer.overall);
      found.seen_parts.push_back(answer.seen);
    }
  }
  if (found.unseen.clips.empty() && found.seen.clips.empty())
    throw Error(ErrorKind::kData, fmt::format("{}: none of its {} clips could be read, such as {}",
                                              dataset.name, clips.size(), answers.front().unreadable));
  found.dataset = std::move(dataset);
  return found;
}

Json interval_json(const std::optional<Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

Json figures_json(const Predictions& predictions) {
  if (predictions.clips.empty()) return nullptr;
  const Metrics metrics = compute_metrics(predictions);
  const RunFigures intervals = figure_intervals(predictions, kLevel);
  const auto figure = [](double value, const std::optional<Interval>& interval) {
    return Json{{"value", value}, {"interval", interval_json(interval)}};
  };
  Json genres = Json::object(), confusion = Json::array();
  for (std::size_t g = 0; g < predictions.genres.size(); ++g) {
    const GenreMetrics& m = metrics.genres[g];
    genres[predictions.genres[g]] = {{"clips", m.clips},
                                     {"recall", figure(m.recall, intervals.recall[g])},
                                     {"precision", figure(m.precision, intervals.precision[g])},
                                     {"f1", m.f1}};
    Json row = Json::array();
    for (std::size_t p = 0; p < predictions.genres.size(); ++p)
      row.push_back(metrics.confusion[g * predictions.genres.size() + p]);
    confusion.push_back(row);
  }
  return {{"clips", metrics.clips},
          {"accuracy", figure(metrics.accuracy, intervals.accuracy)},
          {"balanced_accuracy", figure(metrics.balanced_accuracy, intervals.balanced_accuracy)},
          {"macro_f1", figure(metrics.macro_f1, intervals.macro_f1)},
          {"log_loss", figure(metrics.log_loss, intervals.log_loss)},
          {"brier", figure(metrics.brier, intervals.brier)},
          {"genres", genres},
          {"confusion", confusion}};
}

Json json_of(const AppliedRun& run, const Evaluation& found) {
  Json unreadable = Json::array();
  for (const auto& [clip, why] : found.unreadable) unreadable.push_back({{"clip", clip}, {"reason", why}});
  return {{"model", model_json(run)},
          {"dataset", found.dataset.name},
          {"level", 1 - kLevel},
          {"figures", figures_json(found.unseen)},
          {"trained_on", {{"clips", found.seen.clips}, {"figures", figures_json(found.seen)}}},
          {"unknown_genres", found.unknown_genres},
          {"unreadable", unreadable}};
}

std::string with_interval(double value, const std::optional<Interval>& interval) {
  return interval ? fmt::format("{:.3f} ({:.3f} to {:.3f})", value, interval->low, interval->high)
                  : fmt::format("{:.3f}", value);
}

void print_figures(const Predictions& predictions) {
  const Metrics metrics = compute_metrics(predictions);
  const RunFigures intervals = figure_intervals(predictions, kLevel);
  Table table;
  table.header = {"figure", "value (95 % interval over artists)"};
  table.rows = {{"accuracy", with_interval(metrics.accuracy, intervals.accuracy)},
                {"macro F1", with_interval(metrics.macro_f1, intervals.macro_f1)},
                {"log loss", with_interval(metrics.log_loss, intervals.log_loss)},
                {"Brier score", with_interval(metrics.brier, intervals.brier)}};
  std::cout << table.text() << '\n';
  Table genres;
  genres.header = {"genre", "clips", "recall", "precision", "F1"};
  for (std::size_t g = 0; g < predictions.genres.size(); ++g) {
    const GenreMetrics& m = metrics.genres[g];
    genres.rows.push_back({predictions.genres[g], std::to_string(m.clips),
                           m.clips == 0 ? "–" : with_interval(m.recall, intervals.recall[g]),
                           with_interval(m.precision, intervals.precision[g]), fmt::format("{:.3f}", m.f1)});
  }
  std::cout << genres.text() << '\n';
}

void print_text(const AppliedRun& run, const Evaluation& found) {
  std::cout << fmt::format("{} on {}: {} clips\n\n", run.name, found.dataset.name, found.unseen.clips.size());
  if (!found.unseen.clips.empty()) print_figures(found.unseen);
  if (!found.seen.clips.empty()) {
    const auto trained = std::count(found.seen_parts.begin(), found.seen_parts.end(), "train");
    std::cout << fmt::format(
        "{} more clips were left out of these figures: {} that every model trained on, {} that decided when "
        "training stopped. A figure on them means nothing (accuracy {:.3f}).\n",
        found.seen.clips.size(), trained, found.seen.clips.size() - static_cast<std::size_t>(trained),
        compute_metrics(found.seen).accuracy);
  }
  for (const auto& [genre, clips] : found.unknown_genres)
    std::cout << fmt::format("{} clips of {} were left out: the model does not know this genre\n",
                             clips.size(), genre);
  if (!found.unreadable.empty())
    std::cout << fmt::format("{} clips could not be read and were left out\n", found.unreadable.size());
  std::cout << describe(run) << '\n';
}

std::string csv_of(const Evaluation& found) {
  const std::vector<std::string>& genres = found.unseen.genres;
  std::vector<std::string> fields = {"clip", "truth", "genre", "trained_on"};
  fields.insert(fields.end(), genres.begin(), genres.end());
  std::string text = csv_line(fields);
  const auto add_rows = [&](const Predictions& predictions, bool seen) {
    for (std::size_t i = 0; i < predictions.clips.size(); ++i) {
      fields = {predictions.clips[i], genres[predictions.truth[i]], genres[predicted_genre(predictions, i)],
                seen ? found.seen_parts[i] : ""};
      for (std::size_t g = 0; g < genres.size(); ++g)
        fields.push_back(number_text(predictions.probability(i, g)));
      text += csv_line(fields);
    }
  };
  add_rows(found.unseen, false);
  add_rows(found.seen, true);
  return text;
}

void evaluate(const EvaluateOptions& options, const GlobalOptions& global) {
  const AppliedRun run = open_run(options.model, global, !options.uncalibrated);
  Dataset dataset =
      read_dataset(find_data(options.dataset, global.data_root), {.data_root = global.data_root});
  for (const std::string& note : dataset.notes) spdlog::info("{}: {}", dataset.name, note);
  if (!run.knows_audio)
    spdlog::warn(
        "{}: is of an older version that did not note what was heard, so that clips it trained on cannot be "
        "told; run the experiment again with --force",
        run.path.string());
  const Evaluation found = hear(run, std::move(dataset), global);
  for (const auto& [clip, why] : found.unreadable) spdlog::warn("left out: {}", why);
  if (found.unseen.clips.empty())
    spdlog::warn(
        "every clip that could be read was trained on by every model: no figure here means anything");
  if (!options.output.empty()) write_file_atomically(options.output, csv_of(found));
  if (global.json)
    std::cout << json_of(run, found).dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  else
    print_text(run, found);
}

}  // namespace

void add_evaluate(CLI::App& app, GlobalOptions& global) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand("evaluate", "a trained model on a labelled data set");
  command
      ->add_option(
          "DATASET", options->dataset,
          "folder with one folder of recordings per genre, FMA's folder, or CSV with the columns path "
          "and genre")
      ->required()
      ->type_name("");
  command->add_option("--model", options->model, "a run's folder (all its models averaged) or one training's")
      ->required()
      ->type_name("RUN");
  command->add_option("-o,--output", options->output, "also write a CSV with every clip's probabilities")
      ->type_name("FILE");
  command->add_flag("--uncalibrated", options->uncalibrated, "probabilities as the networks give them");
  command->footer(
      "Clips that a model trained on, or that decided when its training stopped, are known by their bytes. "
      "They\n"
      "are answered by the run's other models (other folds), or stand apart where there are none.\n\n"
      "Examples:\n"
      "  genretrack evaluate other-collection --model runs/fused-late\n"
      "  genretrack evaluate clips.csv --model runs/fused-late -o probabilities.csv --json");
  command->callback([options, &global] {
    wait_passively();
    evaluate(*options, global);
  });
}

}  // namespace genretrack
