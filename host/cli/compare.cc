#include <iostream>
#include <optional>

#include "host/cli/clip_pictures.h"
#include "host/cli/commands.h"
#include "host/core/files.h"
#include "host/report/comparison_model.h"
#include "host/report/comparison_report.h"
#include "host/report/comparison_words.h"
#include "host/report/run_reader.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

struct CompareOptions {
  std::vector<fs::path> runs;
  fs::path baseline, html, csv, tensorboard;
  bool markdown = false;
};

// The command that makes the comparison again, as a shell reads it.
std::string command_text(const CompareOptions& options) {
  std::string text = "genretrack compare";
  for (const fs::path& run : options.runs) text += " " + shell_word(run.string());
  const auto add = [&](const char* name, const fs::path& value) {
    if (!value.empty()) text += std::string(" ") + name + " " + shell_word(value.string());
  };
  add("--baseline", options.baseline);
  add("--html", options.html);
  add("--csv", options.csv);
  add("--tensorboard", options.tensorboard);
  return text;
}

void compare(const CompareOptions& options, const GlobalOptions& global) {
  std::vector<RunRecord> runs = read_runs(options.runs);
  const std::optional<fs::path> baseline =
      options.baseline.empty() ? std::nullopt : std::optional<fs::path>(options.baseline);
  Comparison comparison = compare_runs(std::move(runs), baseline);
  comparison.command = command_text(options);
  // Files first: where one cannot be written, nothing on stdout says that all went well.
  if (!options.html.empty())
    write_file_atomically(options.html, comparison_page(comparison, clip_pictures(comparison)));
  if (!options.csv.empty()) write_file_atomically(options.csv, comparison_csv(comparison));
  if (!options.tensorboard.empty()) write_comparison_events(comparison, options.tensorboard);
  if (global.json)
    std::cout << comparison_json(comparison).dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
              << '\n';
  else if (options.markdown)
    std::cout << comparison_markdown(comparison);
  else
    std::cout << comparison_text(comparison);
}

}  // namespace

void add_compare(CLI::App& app, GlobalOptions& global) {
  CLI::App* command =
      app.add_subcommand("compare", "fused against single: table, paired test, verdict, page");
  auto options = std::make_shared<CompareOptions>();
  command->add_option("runs", options->runs, "folders of finished runs, of one split")
      ->required()
      ->type_name("RUN");
  command
      ->add_option(
          "--baseline", options->baseline,
          "the run that all others are held against (default: the best single run on validation clips)")
      ->type_name("RUN");
  command->add_option("--html", options->html, "write a page with tables, charts and method notes")
      ->type_name("FILE");
  command
      ->add_option("--csv", options->csv,
                   "write a row of figures per run, for pandas.read_csv and spreadsheets")
      ->type_name("FILE");
  command
      ->add_option("--tensorboard", options->tensorboard,
                   "write the curves of training and the figures as event files of TensorBoard")
      ->type_name("FOLDER");
  command->add_flag("--markdown", options->markdown, "print the main tables as Markdown, for a paper");
  command->footer(
      "Examples:\n"
      "  genretrack compare runs/gtzan-4-*\n"
      "  genretrack compare runs/gtzan-4-* --html comparison.html\n"
      "  genretrack compare runs/gtzan-4-* --markdown --csv summary.csv\n"
      "  genretrack compare runs/wide runs/narrow --baseline runs/narrow --json");
  command->callback([options, &global] { compare(*options, global); });
}

}  // namespace genretrack
