// genretrack split: a split, its balance and its overlaps, before anything is trained.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <array>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/cache/recording_file.h"
#include "host/cli/commands.h"
#include "host/cli/content_leaks.h"
#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/run_on_threads.h"
#include "host/core/utf8.h"
#include "host/report/table.h"
#include "host/spec/read_experiment.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

struct SplitArguments {
  fs::path dataset, spec, csv;
};

constexpr std::array kParts = {"train", "validation", "test"};
constexpr std::array kMembers = {&Fold::train, &Fold::validation, &Fold::test};

// Of one part of one fold.
struct Balance {
  std::size_t clips = 0, artists = 0, unknown_artists = 0;
  std::string largest_artist;
  std::size_t largest = 0;                    // clips by that artist
  std::map<std::string, std::size_t> genres;  // clips of each
};

Balance balance_of(const Dataset& dataset, const std::vector<std::size_t>& part) {
  Balance balance;
  for (const std::string& genre : dataset.genres) balance.genres[genre] = 0;
  std::map<std::string, std::size_t> artists;
  for (const std::size_t i : part) {
    const Clip& clip = dataset.clips[i];
    ++balance.clips;
    ++balance.genres[clip.genre];
    if (clip.artist.empty())
      ++balance.unknown_artists;
    else
      ++artists[clip.artist];
  }
  balance.artists = artists.size();
  for (const auto& [artist, clips] : artists)
    if (clips > balance.largest) balance.largest_artist = artist, balance.largest = clips;
  return balance;
}

// The split and the genres that the spec asks for; without one, the defaults.
DatasetSpec wanted(const SplitArguments& arguments) {
  if (arguments.spec.empty()) return {};
  const std::vector<Experiment> experiments = read_experiments({arguments.spec}, {});
  for (const Experiment& experiment : experiments)
    if (experiment.dataset.split != experiments.front().dataset.split ||
        experiment.dataset.genres != experiments.front().dataset.genres)
      throw Error(ErrorKind::kSpec, arguments.spec.string() + ": its experiments " +
                                        experiments.front().name + " and " + experiment.name +
                                        " are split differently; name the file of one");
  return experiments.front().dataset;
}

std::vector<std::uint64_t> hash_recordings(const Dataset& dataset, int threads) {
  std::vector<std::uint64_t> hashes(dataset.clips.size());
  run_on_threads(
      threads, hashes.size(), "nothing was written; run the command again",
      [] { return std::vector<std::byte>(); },
      [&](std::vector<std::byte>& buffer, std::size_t i) {
        hashes[i] = hash_file(dataset.clips[i].path, buffer);
      },
      [](const std::vector<std::byte>&) {});
  return hashes;
}

Json json_of(const Dataset& dataset, const Split& split, bool refused) {
  Json folds = Json::array();
  for (const Fold& fold : split.folds) {
    Json entry = {{"name", fold.name}};
    for (std::size_t p = 0; p < kParts.size(); ++p) {
      const Balance balance = balance_of(dataset, fold.*kMembers[p]);
      entry[kParts[p]] = {{"clips", balance.clips},
                          {"artists", balance.artists},
                          {"unknown_artists", balance.unknown_artists},
                          {"largest_artist", balance.largest_artist},
                          {"clips_by_largest_artist", balance.largest},
                          {"genres", balance.genres}};
    }
    folds.push_back(std::move(entry));
  }
  return {{"dataset", dataset.name}, {"clips", dataset.clips.size()}, {"split", split.name},
          {"folds", folds},          {"leaks", split.leaks},          {"refused", refused},
          {"notes", split.notes}};
}

std::string text_of(const Dataset& dataset, const Split& split, bool refused) {
  std::string text = fmt::format("{}: {} clips of {} genres\nsplit: {}\n\n", one_line(dataset.name),
                                 dataset.clips.size(), dataset.genres.size(), one_line(split.name));
  Table table;
  table.header = {"part", "clips"};
  for (const std::string& genre : dataset.genres) table.header.push_back(one_line(genre));
  for (const char* column : {"artists", "unknown", "most by one"}) table.header.emplace_back(column);
  for (const Fold& fold : split.folds)
    for (std::size_t p = 0; p < kParts.size(); ++p) {
      const Balance balance = balance_of(dataset, fold.*kMembers[p]);
      std::vector<std::string> row = {(fold.name.empty() ? "" : fold.name + " ") + kParts[p],
                                      std::to_string(balance.clips)};
      for (const std::string& genre : dataset.genres) row.push_back(std::to_string(balance.genres.at(genre)));
      row.push_back(std::to_string(balance.artists));
      row.push_back(std::to_string(balance.unknown_artists));
      row.push_back(balance.largest == 0
                        ? "-"
                        : fmt::format("{} ({})", balance.largest, one_line(balance.largest_artist)));
      table.rows.push_back(std::move(row));
    }
  text += table.text() + "\n";
  if (split.leaks.empty())
    text += "no recording, copy or near copy is in two parts, and no artist that was to be kept apart\n";
  for (const std::string& leak : split.leaks) text += "leak: " + one_line(leak) + "\n";
  for (const std::string& note : split.notes) text += "note: " + one_line(note) + "\n";
  if (refused) text += "`genretrack run` refuses this split\n";
  return text;
}

void write_csv(const fs::path& path, const Dataset& dataset, const Split& split) {
  std::string text = "clip,part,fold,genre,artist\n";
  for (const Fold& fold : split.folds)
    for (std::size_t p = 0; p < kParts.size(); ++p)
      for (const std::size_t i : fold.*kMembers[p])
        text += csv_line(std::vector<std::string>{dataset.clips[i].id, kParts[p], fold.name,
                                                  dataset.clips[i].genre, dataset.clips[i].artist});
  write_file_atomically(path, text);
}

void run_split(const SplitArguments& arguments, const GlobalOptions& global) {
  const DatasetSpec spec = wanted(arguments);
  const Dataset dataset = read_dataset(find_data(arguments.dataset, global.data_root),
                                       {.genres = spec.genres, .data_root = global.data_root});
  for (const std::string& note : dataset.notes)
    spdlog::info("{}: {}", one_line(dataset.name), one_line(note));
  SplitParams params = spec.split;
  params.report_only = true;
  Split split = make_split(dataset, params);
  const int threads = thread_count(global);
  check_content(dataset, hash_recordings(dataset, threads), {}, threads, params, split);
  const bool refused = !split.leaks.empty() && !params.allow_leakage;
  if (!arguments.csv.empty()) write_csv(arguments.csv, dataset, split);
  if (global.json)
    std::cout << json_of(dataset, split, refused).dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  else
    std::cout << text_of(dataset, split, refused);
  if (refused)
    throw Error(ErrorKind::kData,
                "the split leaks: correct it, leave copies out (genretrack doctor "
                "--write-manifest does), or set \"allow_leakage\": true");
}

}  // namespace

void add_split(CLI::App& app, GlobalOptions& global) {
  auto arguments = std::make_shared<SplitArguments>();
  CLI::App* command =
      app.add_subcommand("split",
                         "how a data set is divided, and what its parts share, before anything is "
                         "trained");
  command
      ->add_option("DATASET", arguments->dataset,
                   "folder with one folder of recordings per genre, FMA's folder, or CSV with the columns "
                   "path and genre")
      ->required();
  command->add_option("--spec", arguments->spec,
                      "experiment file whose split and genres to take (default: a random fifth for test)");
  command
      ->add_option("--csv", arguments->csv,
                   "write clip, part, fold, genre and artist; {\"type\": \"file\"} reads it back")
      ->type_name("FILE");
  command->footer(
      "Recordings are compared by name, by their bytes and by their sound. Exit code 4 where `run` would "
      "refuse the split.\n\n"
      "Examples:\n"
      "  genretrack split gtzan --spec experiments/gtzan-4/gtzan-4-late.json\n"
      "  genretrack split collection.csv --csv split.csv");
  command->callback([arguments, &global] { run_split(*arguments, global); });
}

}  // namespace genretrack
