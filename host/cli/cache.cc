// genretrack cache: recordings to a feature cache.
#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/cli/commands.h"
#include "host/cli/spec_features.h"
#include "host/core/error.h"
#include "host/dataset/dataset.h"
#include "host/pipeline/build_cache.h"
#include "host/report/progress.h"

namespace genretrack {
namespace {

struct CacheArguments {
  std::filesystem::path dataset, spec, output;
  bool explain = false, verify = false, skip_unreadable = false, float16 = false;
};

std::filesystem::path default_output(const Dataset& dataset) {
  std::filesystem::path output = std::filesystem::path(dataset.name).filename();
  if (output.extension() == ".csv") output = output.stem();
  if (output.empty()) output = "features";
  return output += ".h5";
}

double clips_per_second(const BuildReport& report) {
  return report.seconds > 0 ? static_cast<double>(report.clips.size()) / report.seconds : 0;
}

void print_json(const std::filesystem::path& output, const Dataset& dataset, const FeatureParams& params,
                const BuildReport& report, bool explain) {
  nlohmann::ordered_json json = {{"cache", output.string()},
                                 {"dataset", dataset.name},
                                 {"clips", report.clips.size()},
                                 {"computed", report.computed},
                                 {"reused", report.reused},
                                 {"clip_seconds", params.clip_seconds},
                                 {"cut", report.cut},
                                 {"padded", report.padded},
                                 {"bytes", std::filesystem::file_size(output)},
                                 {"seconds", report.seconds},
                                 {"clips_per_second", clips_per_second(report)},
                                 {"unreadable", nlohmann::ordered_json::array()}};
  for (const UnreadableClip& clip : report.unreadable)
    json["unreadable"].push_back({{"id", clip.id}, {"message", clip.message}});
  if (explain)
    for (const ClipOutcome& clip : report.clips)
      json["explain"].push_back({{"id", clip.id}, {"computed", clip.computed}, {"reason", clip.reason}});
  // A path need not be valid UTF-8; JSON must be.
  std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void print_text(const std::filesystem::path& output, const FeatureParams& params, const BuildReport& report,
                bool explain) {
  if (explain)
    for (const ClipOutcome& clip : report.clips)
      std::cout << (clip.computed ? "computed  " : "reused    ") << clip.id << ": " << clip.reason << '\n';
  std::cout << fmt::format("{}: {} clips, {} computed, {} reused; {} cut and {} padded to {} s",
                           output.string(), report.clips.size(), report.computed, report.reused, report.cut,
                           report.padded, params.clip_seconds);
  if (!report.unreadable.empty())
    std::cout << fmt::format("; {} left out as unreadable", report.unreadable.size());
  std::cout << fmt::format("; {:.1f} MB", static_cast<double>(std::filesystem::file_size(output)) / 1e6);
  if (report.computed > 0) std::cout << fmt::format("; {:.0f} clips/s", clips_per_second(report));
  std::cout << '\n';
}

void run_cache(const CacheArguments& arguments, const GlobalOptions& global) {
  const FeatureParams params = arguments.spec.empty() ? FeatureParams{} : features_of_spec(arguments.spec);
  const Dataset dataset =
      read_dataset(find_data(arguments.dataset, global.data_root), {.data_root = global.data_root});
  for (const std::string& note : dataset.notes) spdlog::info("{}: {}", dataset.name, note);
  const std::filesystem::path output = arguments.output.empty() ? default_output(dataset) : arguments.output;
  BuildOptions options;
  options.device = global.device;
  options.storage = arguments.float16 ? Storage::kFloat16 : Storage::kFloat32;
  options.threads = thread_count(global);
  options.verify = arguments.verify;
  options.skip_unreadable = arguments.skip_unreadable;
  BuildReport report;
  {
    Progress progress(arguments.verify ? "verifying" : "caching", "clips");
    options.progress = [&](std::size_t done, std::size_t total) { progress.update(done, total); };
    report = build_cache(dataset, params, output, options);
  }
  for (const ClipOutcome& clip : report.clips)
    if (clip.reason == kDamagedRow) spdlog::warn("{}: {} and was computed anew", clip.id, clip.reason);
  for (const UnreadableClip& clip : report.unreadable) spdlog::warn("left out: {}", clip.message);
  if (global.json)
    print_json(output, dataset, params, report, arguments.explain);
  else
    print_text(output, params, report, arguments.explain);
}

}  // namespace

void add_cache(CLI::App& app, GlobalOptions& global) {
  auto arguments = std::make_shared<CacheArguments>();
  CLI::App* command =
      app.add_subcommand("cache", "decode recordings and store their four transforms in one HDF5 file");
  command
      ->add_option("DATASET", arguments->dataset,
                   "folder with one folder of recordings per genre, FMA's folder, or CSV with the columns "
                   "path and genre")
      ->required();
  command->add_option("--spec", arguments->spec,
                      "experiment file whose \"features\" to compute (default: defaults)");
  command->add_option("-o,--output", arguments->output, "the cache to make (default: <data set>.h5 here)");
  command->add_flag("--explain", arguments->explain, "say for every clip why it was computed or reused");
  command->add_flag("--verify", arguments->verify,
                    "read every recording and every stored row, and compute anew what does not agree");
  command->add_flag("--skip-unreadable", arguments->skip_unreadable,
                    "leave out recordings that cannot be decoded instead of failing");
  command->add_flag("--float16", arguments->float16, "store half as many bytes, at up to 0.032 dB of error");
  command->footer(
      "A cache that is there already is brought up to date: clips whose files have not changed are taken "
      "over.\n"
      "An interrupted command goes on where it stopped when it is run again.\n\n"
      "Examples:\n"
      "  genretrack cache gtzan/genres -o gtzan.h5\n"
      "  genretrack cache collection.csv --spec experiments/gtzan-4/fused-late.json --skip-unreadable "
      "--explain");
  command->callback([arguments, &global] { run_cache(*arguments, global); });
}

}  // namespace genretrack
