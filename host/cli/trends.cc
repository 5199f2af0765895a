#include <spdlog/spdlog.h>

#include <iostream>
#include <optional>

#include "host/cli/commands.h"
#include "host/cli/trends_audio.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/report/page.h"
#include "host/report/trends_report.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

struct TrendsOptions {
  fs::path collection, model, labelled, page, csv;
  std::optional<Step> step;
  TrendOptions analysis;
};

void write_csv(const fs::path& folder, const TrendAnalysis& analysis) {
  fs::create_directories(folder);
  for (const auto& [name, text] : trends_csv(analysis)) write_file_atomically(folder / name, text);
}

void report(const TrendsOptions& options, const GlobalOptions& global, const TrendAnalysis& analysis) {
  // Files first: where they cannot be written, nothing on stdout says that all went well.
  if (!options.page.empty())
    write_file_atomically(options.page,
                          trends_page(analysis, "Genres over the years: " +
                                                    valid_utf8(options.collection.filename().string())));
  if (!options.csv.empty()) write_csv(options.csv, analysis);
  if (global.json)
    std::cout << trends_json(analysis).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  else
    std::cout << trends_text(analysis);
}

void trends_of_recordings(const TrendsOptions& options, const GlobalOptions& global) {
  wait_passively();
  const HeardCollection heard = hear_collection(options.collection, options.model, options.step, global);
  std::optional<SongTable> labelled = heard.labelled;
  if (!options.labelled.empty()) labelled = read_labelled(options.labelled, heard.collection.songs.genres);
  TrendAnalysis analysis = analyse_trends(heard.collection, labelled ? &*labelled : nullptr,
                                          heard.embeddings ? &*heard.embeddings : nullptr, options.analysis);
  analysis.notes.push_back("Heard by " + heard.model);
  report(options, global, analysis);
}

void trends(TrendsOptions options, const GlobalOptions& global) {
  options.analysis.threads = thread_count(global);
  if (!options.model.empty()) return trends_of_recordings(options, global);
  const Collection collection = read_probability_table(options.collection, options.step);
  std::optional<SongTable> labelled;
  if (!options.labelled.empty()) labelled = read_labelled(options.labelled, collection.songs.genres);
  report(options, global,
         analyse_trends(collection, labelled ? &*labelled : nullptr, nullptr, options.analysis));
}

void add_options(CLI::App& command, TrendsOptions& options) {
  command
      .add_option("collection", options.collection,
                  "a CSV: songs with their year, and a column of probabilities per genre or (with --model) "
                  "the path of a recording")
      ->required()
      ->type_name("CSV");
  command
      .add_option("--model", options.model,
                  "the run that hears the recordings (all its models that are fair to a song, averaged)")
      ->type_name("RUN");
  command
      .add_option(
          "--labelled", options.labelled,
          "clips of known genre that the model did not train on (truth and a column per genre, such as a "
          "predictions.csv): corrects the shares for the model's errors; with --model its own held-out clips "
          "are the default")
      ->type_name("CSV");
  command.add_option("-o,--html", options.page, "write a page with charts, tables and method notes")
      ->type_name("FILE");
  command.add_option("--csv", options.csv, "write every table as CSV into this folder")->type_name("FOLDER");
  command
      .add_option("--step", options.step,
                  "what songs are counted by: year, quarter or month (default: quarters where all songs have "
                  "one, else years)")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Step>{
          {"year", Step::kYear}, {"quarter", Step::kQuarter}, {"month", Step::kMonth}}))
      ->type_name("STEP");
  command
      .add_option("--least-songs", options.analysis.least_songs,
                  "songs a period must have; with fewer, periods are made wider or merged")
      ->check(CLI::Range(2.0, 1e6))
      ->capture_default_str();
  command.add_option("--draws", options.analysis.draws, "draws of the bootstrap")
      ->check(CLI::Range(99, 9999))
      ->capture_default_str();
  command.add_option("--surrogates", options.analysis.surrogates, "series of every null distribution")
      ->check(CLI::Range(99, 99999))
      ->capture_default_str();
  command.add_option("--seed", options.analysis.seed, "seed of bootstrap and surrogates")
      ->capture_default_str();
}

}  // namespace

void add_trends(CLI::App& app, GlobalOptions& global) {
  CLI::App* command = app.add_subcommand(
      "trends", "genres over the years: shares, trends, changes, cycles, and whether they are predictable");
  auto options = std::make_shared<TrendsOptions>();
  add_options(*command, *options);
  command->footer(
      "Examples:\n"
      "  genretrack trends songs.csv -o trends.html\n"
      "  genretrack trends recordings.csv --model runs/fused-late -o trends.html\n"
      "  genretrack trends songs.csv --labelled out-of-fold.csv --csv tables --json\n"
      "songs.csv: year (1984, 1984Q3 or 1984-07-31), a column per genre, and where known path, title, "
      "artist, weight,\n"
      "truth (its genre) and seed (a row per song and seed). Every other column is taken for a genre.");
  command->callback([options, &global] { trends(*options, global); });
}

}  // namespace genretrack
