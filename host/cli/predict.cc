// genretrack predict: genres of recordings by a trained model.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/cli/apply_models.h"
#include "host/cli/commands.h"
#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/utf8.h"
#include "host/report/progress.h"
#include "host/report/table.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct PredictOptions {
  std::vector<fs::path> audio;
  fs::path model, csv;
  bool uncalibrated = false;
};

struct Predicted {
  std::string path, unreadable, seen;
  double seconds = 0;
  std::vector<double> probabilities;
  std::size_t best() const {
    return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) -
                                    probabilities.begin());
  }
};

std::string csv_of(const std::vector<Predicted>& all, const std::vector<std::string>& genres) {
  std::vector<std::string> fields = {"path", "seconds", "genre", "trained_on"};
  fields.insert(fields.end(), genres.begin(), genres.end());
  std::string text = csv_line(fields);
  for (const Predicted& one : all) {
    if (!one.unreadable.empty()) continue;
    fields = {one.path, number_text(one.seconds), genres[one.best()], one.seen};
    for (const double p : one.probabilities) fields.push_back(number_text(p));
    text += csv_line(fields);
  }
  return text;
}

Json json_of(const AppliedRun& run, const std::vector<Predicted>& all) {
  const std::vector<std::string>& genres = run.models->genres();
  Json recordings = Json::array(), unreadable = Json::array();
  for (const Predicted& one : all) {
    if (!one.unreadable.empty()) {
      unreadable.push_back({{"path", one.path}, {"reason", one.unreadable}});
      continue;
    }
    Json probabilities;
    for (std::size_t g = 0; g < genres.size(); ++g) probabilities[genres[g]] = one.probabilities[g];
    recordings.push_back({{"path", one.path},
                          {"seconds", one.seconds},
                          {"genre", genres[one.best()]},
                          {"probabilities", probabilities},
                          {"trained_on", one.seen.empty() ? Json(nullptr) : Json(one.seen)}});
  }
  return {{"model", model_json(run)}, {"recordings", recordings}, {"unreadable", unreadable}};
}

void print_text(const AppliedRun& run, const std::vector<Predicted>& all) {
  const std::vector<std::string>& genres = run.models->genres();
  Table table;
  table.header = {"recording", "genre", "probability", "then", "length"};
  std::size_t seen = 0;
  for (const Predicted& one : all) {
    if (!one.unreadable.empty()) continue;
    const std::size_t best = one.best();
    std::size_t second = best == 0 ? 1 : 0;
    for (std::size_t g = 0; g < genres.size(); ++g)
      if (g != best && one.probabilities[g] > one.probabilities[second]) second = g;
    seen += one.seen.empty() ? 0 : 1;
    table.rows.push_back({one_line(one.path) + (one.seen.empty() ? "" : " *"), genres[best],
                          fmt::format("{:.3f}", one.probabilities[best]),
                          fmt::format("{} {:.3f}", genres[second], one.probabilities[second]),
                          duration_text(one.seconds)});
  }
  std::cout << table.text() << describe(run) << '\n';
  if (seen > 0)
    std::cout << "* " << seen
              << " that every model was trained on or stopped by: what is said of them means nothing\n";
}

void predict(const PredictOptions& options, const GlobalOptions& global) {
  const AppliedRun run = open_run(options.model, global, !options.uncalibrated);
  const std::vector<fs::path> paths = find_recordings(options.audio);
  std::vector<Predicted> all(paths.size());
  std::size_t done = 0, unreadable = 0;
  {
    Progress progress("predicting", "recordings");
    apply_models(run, paths, {}, global, [&](AnsweredRecording& answer) {
      Predicted& one = all[answer.recording];
      one.path = paths[answer.recording].string();
      one.unreadable = answer.unreadable;
      one.seen = answer.seen;
      one.seconds = answer.seconds;
      one.probabilities = std::move(answer.overall);
      unreadable += one.unreadable.empty() ? 0 : 1;
      if (paths.size() > 1) progress.update(++done, paths.size());
    });
  }
  for (const Predicted& one : all)
    if (!one.unreadable.empty()) spdlog::warn("left out: {}", one.unreadable);
  if (unreadable == all.size())
    throw Error(ErrorKind::kData, fmt::format("none of {} recordings could be read", all.size()));
  if (unreadable > 0) spdlog::warn("{} of {} recordings could not be read", unreadable, all.size());
  if (!options.csv.empty()) write_file_atomically(options.csv, csv_of(all, run.models->genres()));
  if (global.json)
    std::cout << json_of(run, all).dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  else
    print_text(run, all);
}

}  // namespace

void add_predict(CLI::App& app, GlobalOptions& global) {
  auto options = std::make_shared<PredictOptions>();
  CLI::App* command = app.add_subcommand("predict", "genres of recordings by a trained model");
  command->add_option("AUDIO", options->audio, "recordings of any length, or folders of them")
      ->required()
      ->type_name("");
  command->add_option("--model", options->model, "a run's folder (all its models averaged) or one training's")
      ->required()
      ->type_name("RUN");
  command->add_option("--csv", options->csv, "also write a table with every genre's probability")
      ->type_name("FILE");
  command->add_flag("--uncalibrated", options->uncalibrated, "probabilities as the networks give them");
  command->footer(
      "Examples:\n"
      "  genretrack predict song.mp3 --model runs/fused-late\n"
      "  genretrack predict ~/music --model runs/fused-late/seed-1 --csv genres.csv");
  command->callback([options, &global] {
    wait_passively();
    predict(*options, global);
  });
}

}  // namespace genretrack
