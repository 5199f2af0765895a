// genretrack decompose: components of genres along recordings and overall.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/cli/commands.h"
#include "host/cli/decompose_page.h"
#include "host/cli/decomposition.h"
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

struct DecomposeOptions {
  std::vector<fs::path> audio;
  fs::path model, output, csv;
  DecomposeSettings settings{0, 0, -1};
  bool uncalibrated = false;
};

Json shares_json(const std::vector<std::string>& genres, const std::vector<double>& shares) {
  Json object;
  for (std::size_t g = 0; g < genres.size(); ++g) object[genres[g]] = shares[g];
  return object;
}

Json song_json(const Decomposition& song, const std::vector<std::string>& genres) {
  Json components = Json::array(), windows = Json::array(), sections = Json::array();
  for (std::size_t g = 0; g < genres.size(); ++g) {
    const Component& c = song.components[g];
    components.push_back({{"genre", genres[g]},
                          {"share", c.share},
                          {"low", c.interval ? Json(c.interval->low) : Json(nullptr)},
                          {"high", c.interval ? Json(c.interval->high) : Json(nullptr)}});
  }
  std::stable_sort(components.begin(), components.end(),
                   [](const Json& a, const Json& b) { return a.at("share") > b.at("share"); });
  for (const DecomposeWindow& w : song.windows)
    windows.push_back({{"start", w.start},
                       {"end", w.end},
                       {"probabilities", shares_json(genres, w.shares)},
                       {"smoothed", shares_json(genres, w.smooth)}});
  for (const Section& s : song.sections)
    sections.push_back({{"start", s.start}, {"end", s.end}, {"shares", shares_json(genres, s.shares)}});
  return {{"path", song.path},
          {"seconds", song.seconds},
          {"trained_on", song.seen.empty() ? Json(nullptr) : Json(song.seen)},
          {"components", components},
          {"none", song.none.share},
          {"confidence", song.none.score},
          {"windows", windows},
          {"sections", sections}};
}

std::string csv_of(const std::vector<Decomposition>& songs, const std::vector<std::string>& genres) {
  std::vector<std::string> fields = {"path", "seconds", "trained_on", "none"};
  for (const std::string& genre : genres)
    for (const char* what : {"", "_low", "_high"}) fields.push_back(genre + what);
  std::string text = csv_line(fields);
  for (const Decomposition& song : songs) {
    if (!song.unreadable.empty()) continue;
    fields = {song.path, number_text(song.seconds), song.seen, number_text(song.none.share)};
    for (const Component& c : song.components) {
      fields.push_back(number_text(c.share));
      fields.push_back(c.interval ? number_text(c.interval->low) : "");
      fields.push_back(c.interval ? number_text(c.interval->high) : "");
    }
    text += csv_line(fields);
  }
  return text;
}

void print_text(const std::vector<Decomposition>& songs, const std::vector<std::string>& genres) {
  Table table;
  table.header = {"recording", "length"};
  table.header.insert(table.header.end(), genres.begin(), genres.end());
  table.header.insert(table.header.end(), {"none", "sections"});
  for (const Decomposition& song : songs) {
    if (!song.unreadable.empty()) continue;
    std::vector<std::string> row = {one_line(song.path) + (song.seen.empty() ? "" : " *"),
                                    duration_text(song.seconds)};
    for (const Component& c : song.components) row.push_back(share_text(c));
    row.push_back(fmt::format("{:.0f} %", 100 * song.none.share));
    row.push_back(std::to_string(song.sections.size()));
    table.rows.push_back(row);
  }
  std::cout << table.text();
}

void decompose(const DecomposeOptions& options, const GlobalOptions& global) {
  const AppliedRun run = open_run(options.model, global, !options.uncalibrated);
  const std::vector<std::string>& genres = run.models->genres();
  const Decomposer decomposer(run, options.settings);
  const std::vector<fs::path> paths = find_recordings(options.audio);
  if (!options.output.empty() && paths.size() > 1)
    throw Error(
        ErrorKind::kUsage,
        fmt::format("-o makes a page of one recording, and {} are named; use --csv or --json for a table",
                    paths.size()));
  std::vector<Decomposition> songs(paths.size());
  std::size_t done = 0, unreadable = 0;
  {
    Progress progress("decomposing", "recordings");
    apply_models(run, paths, decomposer.layout(), global, [&](AnsweredRecording& answer) {
      Decomposition& song = songs[answer.recording];
      if (answer.unreadable.empty()) song = decomposer.decompose(answer);
      song.path = paths[answer.recording].string();
      song.unreadable = answer.unreadable;
      unreadable += song.unreadable.empty() ? 0 : 1;
      if (paths.size() > 1) progress.update(++done, paths.size());
    });
  }
  for (const Decomposition& song : songs)
    if (!song.unreadable.empty()) spdlog::warn("left out: {}", song.unreadable);
  if (unreadable == songs.size())
    throw Error(ErrorKind::kData, fmt::format("none of {} recordings could be read", songs.size()));
  if (!options.output.empty())
    write_file_atomically(options.output, decompose_page(run, songs.front(), decomposer.method(),
                                                         paths.front(), options.output, global.device));
  if (!options.csv.empty()) write_file_atomically(options.csv, csv_of(songs, genres));
  if (global.json) {
    Json list = Json::array(), bad = Json::array();
    for (const Decomposition& song : songs) {
      if (song.unreadable.empty())
        list.push_back(song_json(song, genres));
      else
        bad.push_back({{"path", song.path}, {"reason", song.unreadable}});
    }
    const Json all = {{"model", model_json(run)},
                      {"method", decomposer.method()},
                      {"none_threshold", decomposer.threshold()},
                      {"songs", list},
                      {"unreadable", bad}};
    std::cout << all.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    return;
  }
  print_text(songs, genres);
  std::cout << decomposer.method() << '\n' << describe(run) << '\n';
}

}  // namespace

void add_decompose(CLI::App& app, GlobalOptions& global) {
  auto options = std::make_shared<DecomposeOptions>();
  CLI::App* command = app.add_subcommand("decompose", "what recordings are made of, along them and overall");
  command->add_option("AUDIO", options->audio, "recordings of any length, or folders of them")
      ->required()
      ->type_name("");
  command->add_option("--model", options->model, "a run's folder (all its models averaged) or one training's")
      ->required()
      ->type_name("RUN");
  command->add_option("-o,--output", options->output, "a page of one recording")->type_name("FILE");
  command->add_option("--csv", options->csv, "a table of all recordings")->type_name("FILE");
  command->add_option("--window", options->settings.window, "seconds; default: the model's segments")
      ->check(CLI::PositiveNumber);
  command->add_option("--hop", options->settings.hop, "seconds between windows; default: half a segment")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--smoothing", options->settings.smoothing,
                   "standard deviation of the kernel over time, in seconds, 0 for none; default: one window")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--uncalibrated", options->uncalibrated, "probabilities as the networks give them");
  command->footer(
      "Examples:\n"
      "  genretrack decompose song.mp3 --model runs/fused-late -o song.html\n"
      "  genretrack decompose ~/music --model runs/fused-late --csv components.csv\n"
      "  genretrack decompose mix.flac --model runs/fused-late --window 10 --hop 5 --json");
  command->callback([options, &global] {
    wait_passively();
    decompose(*options, global);
  });
}

}  // namespace genretrack
