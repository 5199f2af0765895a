// Plans of experiments; what they need is found or built here.
#include "host/cli/plan.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <string>

#include "host/cli/content_leaks.h"
#include "host/core/error.h"
#include "host/core/file_lock.h"
#include "host/core/xxh3.h"
#include "host/pipeline/build_cache.h"
#include "host/pipeline/check_recordings.h"
#include "host/report/progress.h"
#include "host/spec/read_experiment.h"
#include "host/train/branch_data.h"
#include "host/train/run_folder.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

// Beside the runs, one cache for all experiments that hear the same clips with the same parameters.
std::filesystem::path default_cache(const Planned& planned, const std::filesystem::path& runs) {
  const Json key = {{"features", to_json(planned.experiment).at("features")},
                    {"data", std::filesystem::weakly_canonical(planned.dataset.root).string()},
                    {"genres", planned.dataset.genres}};
  const std::string text = key.dump(-1, ' ', false, Json::error_handler_t::replace);  // paths: any bytes
  return runs / ".cache" /
         fmt::format("{}-{:016x}.h5", planned.dataset.name, XXH3_64bits(text.data(), text.size()));
}

void check_parameters(const Experiment& experiment, const FeatureCache& cache) {
  if (cache.params() == experiment.features) return;
  Experiment of_cache = experiment;
  of_cache.features = cache.params();
  const nlohmann::json there = to_json(of_cache).at("features"), wanted = to_json(experiment).at("features");
  const std::string at = nlohmann::json::diff(there, wanted).front().at("path").get<std::string>();
  const nlohmann::json::json_pointer pointer(at);
  throw Error(
      ErrorKind::kData,
      fmt::format("{}: was made with other parameters: /features{} is {} there and {} in experiment {}; "
                  "name another file in /dataset/cache, or none",
                  cache.path().string(), at, there.contains(pointer) ? there.at(pointer).dump() : "absent",
                  wanted.contains(pointer) ? wanted.at(pointer).dump() : "absent", experiment.name));
}

}  // namespace

Planned plan(Experiment experiment, const GlobalOptions& global, const std::filesystem::path& runs) {
  Planned planned;
  const std::filesystem::path data = find_data(experiment.dataset.path, global.data_root);
  planned.dataset = read_dataset(data, {.genres = experiment.dataset.genres, .data_root = global.data_root});
  for (const std::string& note : planned.dataset.notes) spdlog::info("{}: {}", planned.dataset.name, note);
  make_split(planned.dataset, experiment.dataset.split);  // refuses here, before anything is computed
  planned.cache_is_named = !experiment.dataset.cache.empty();
  planned.experiment = std::move(experiment);
  planned.cache = planned.cache_is_named ? std::filesystem::path(planned.experiment.dataset.cache)
                                         : default_cache(planned, runs);
  return planned;
}

void ensure_cache(const Planned& planned, const GlobalOptions& global, Device device) {
  if (planned.cache_is_named && std::filesystem::exists(planned.cache))
    return check_recordings(planned.dataset, planned.cache);
  if (planned.cache.has_parent_path()) make_folder(planned.cache.parent_path());
  // Two commands that want the same cache at the same time build it once: the second one waits, and then
  // finds nothing to do.
  std::filesystem::path lock_file = planned.cache;
  const FileLock lock(lock_file += ".lock", [&] {
    spdlog::info("another program is building {}; waiting", planned.cache.string());
  });
  Progress progress("caching " + planned.dataset.name, "clips");
  BuildOptions options;
  options.device = device;
  options.threads = thread_count(global);
  options.skip_unreadable = planned.experiment.dataset.skip_unreadable;
  options.progress = [&](std::size_t done, std::size_t total) { progress.update(done, total); };
  build_cache(planned.dataset, planned.experiment.features, planned.cache, options);
}

PreparedRun prepare(const Planned& planned, const FeatureCache& cache, const GlobalOptions& global) {
  check_parameters(planned.experiment, cache);
  PreparedRun run;
  run.experiment = planned.experiment;
  run.dataset = planned.dataset;
  std::size_t left_out = 0;
  if (planned.experiment.dataset.skip_unreadable)
    left_out = std::erase_if(run.dataset.clips, [&](const Clip& clip) { return !cache.find(clip.id); });
  run.split = make_split(run.dataset, planned.experiment.dataset.split);
  if (left_out > 0)
    run.split.notes.push_back(
        planned.cache_is_named
            ? fmt::format("{} recordings have no features in {} and were left out", left_out,
                          cache.path().string())
            : fmt::format("{} recordings could not be decoded and were left out", left_out));
  std::vector<std::uint64_t> hashes;
  for (const Clip& clip : run.dataset.clips) {
    const auto row = cache.find(clip.id);
    if (!row)
      throw Error(ErrorKind::kData, cache.path().string() + ": has no features of " + clip.id +
                                        "; build it again from this data set with `genretrack cache`");
    hashes.push_back(cache.clips()[*row].audio_hash);
  }
  std::filesystem::path store = cache.path();
  check_content(run.dataset, hashes, store += ".sounds", thread_count(global),
                planned.experiment.dataset.split, run.split);
  const double wanted = planned.experiment.features.clip_seconds;
  const double half_sample = 0.5 / planned.experiment.features.sample_rate;
  for (const Clip& clip : run.dataset.clips) {
    const auto row = cache.find(clip.id);
    if (!row) continue;
    const double seconds = cache.clips()[*row].seconds;
    run.cut += seconds > wanted + half_sample ? 1 : 0;
    run.padded += seconds < wanted - half_sample ? 1 : 0;
  }
  for (const Fold& fold : run.split.folds) select_fold(run.dataset, fold, cache, 1);
  return run;
}

}  // namespace genretrack
