#include "host/report/run_reader.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/run_on_threads.h"
#include "host/report/run_predictions.h"

namespace genretrack {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kAgain = ": run the experiment again with --force";

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::kData, where + ": " + what + kAgain);
}

json parse(const std::string& text, const std::string& where) {
  json value = json::parse(text, nullptr, false);
  if (!value.is_object()) refuse(where, "is damaged, it holds no JSON object");
  return value;
}

// A value of an object, of the type asked for.
template <class T>
T get(const json& object, const char* key, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) refuse(where, "'" + std::string(key) + "' is missing");
  try {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      if (!found->is_number_unsigned()) refuse(where, "'" + std::string(key) + "' must be a whole number");
    }
    return found->get<T>();
  } catch (const json::exception&) {
    refuse(where, "'" + std::string(key) + "' has the wrong type");
  }
}

std::vector<EpochRecord> read_metrics(const fs::path& path) {
  std::istringstream lines(read_file(path));
  std::vector<EpochRecord> epochs;
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const std::string where = path.string() + ":" + std::to_string(number);
    const json value = parse(line, where);
    epochs.push_back({get<std::string>(value, "branch", where), get<std::size_t>(value, "epoch", where),
                      get<double>(value, "train_loss", where), get<double>(value, "validation_loss", where),
                      get<double>(value, "validation_accuracy", where),
                      get<double>(value, "learning_rate", where), get<double>(value, "seconds", where),
                      get<bool>(value, "best", where)});
  }
  return epochs;
}

PartFacts part_facts(const SplitClips& split, const std::string& part, const std::vector<std::string>& genres,
                     std::set<std::string>& artists) {
  PartFacts facts;
  facts.clips_of_genre.resize(genres.size());
  for (const auto& [name, clip] : split) {
    if (clip.part != part) continue;
    ++facts.clips;
    const auto genre = std::find(genres.begin(), genres.end(), clip.genre);
    if (genre != genres.end()) ++facts.clips_of_genre[static_cast<std::size_t>(genre - genres.begin())];
    clip.artist.empty() ? void(++facts.unknown_artists) : void(artists.insert(clip.artist));
  }
  facts.artists = artists.size();
  return facts;
}

void describe_split(TrainingRecord& training, const SplitClips& split,
                    const std::vector<std::string>& genres) {
  std::set<std::string> trained, validated, tested;
  training.train = part_facts(split, "train", genres, trained);
  training.validated = part_facts(split, "validation", genres, validated);
  training.tested = part_facts(split, "test", genres, tested);
  training.leaking_artists = static_cast<std::size_t>(std::count_if(
      tested.begin(), tested.end(), [&](const std::string& artist) { return trained.contains(artist); }));
}

// A run that an older version wrote may lack the file or some of its values; none of them is needed.
EnvironmentRecord read_environment(const fs::path& path) {
  std::error_code ignored;
  EnvironmentRecord environment;
  if (!fs::exists(path, ignored)) return environment;
  const json value = parse(read_file(path), path.string());
  const auto text = [](const json& object, const char* key) {
    return object.is_object() && object.contains(key) && object[key].is_string()
               ? object[key].get<std::string>()
               : std::string();
  };
  environment.version = text(value, "genretrack");
  environment.compiler = text(value, "compiler");
  environment.cache = text(value, "cache");
  if (value.contains("device")) environment.device = text(value["device"], "description");
  if (value.contains("threads") && value["threads"].is_number_unsigned())
    environment.threads = value["threads"].get<std::size_t>();
  return environment;
}

TrainingRecord read_training(const json& value, const RunRecord& run, const std::string& where) {
  TrainingRecord training;
  training.folder = get<std::string>(value, "folder", where);
  training.fold = get<std::string>(value, "fold", where);
  training.seed = get<std::uint64_t>(value, "seed", where);
  if (const std::string why = why_not_a_file_name(training.folder); !why.empty())
    refuse(where, "the training's folder '" + training.folder + "' is no name of a folder (" + why + ")");
  const fs::path folder = run.path / training.folder;
  training.epochs = read_metrics(folder / "metrics.jsonl");
  training.environment = read_environment(folder / "environment.json");
  const SplitClips split = read_split(folder / "split.csv");
  describe_split(training, split, run.genres);
  PartPredictions parts = read_predictions(folder / "predictions.csv", run.genres, split);
  training.validation = std::move(parts.validation);
  training.test = std::move(parts.test);
  if (training.test.clips.empty())
    refuse((folder / "predictions.csv").string(), "there is no clip of the test part");
  return training;
}

// Folds pooled, per seed; each clip is tested once per seed, and every seed tests the same clips.
void pool_trainings(RunRecord& run) {
  std::map<std::uint64_t, std::vector<const Predictions*>> by_seed;
  std::vector<const Predictions*> validation, test;
  for (const TrainingRecord& training : run.trainings) {
    by_seed[training.seed].push_back(&training.test);
    validation.push_back(&training.validation);
    test.push_back(&training.test);
  }
  std::set<std::string> folds;
  for (const TrainingRecord& training : run.trainings)
    if (!training.fold.empty()) folds.insert(training.fold);
  run.folds = folds.size();
  run.validation = pooled(validation);
  run.test = pooled(test);
  for (const auto& [seed, sets] : by_seed) {
    std::size_t clips = 0;
    for (const Predictions* set : sets) clips += set->clips.size();
    run.seeds.push_back(seed);
    run.test_by_seed.push_back(pooled(sets));
    if (clips != run.test_by_seed.back().clips.size())
      refuse(run.path.string(), "a clip is in the test part of two folds of seed " + std::to_string(seed));
    if (run.test_by_seed.back().clips != run.test.clips)
      refuse(run.path.string(),
             "seed " + std::to_string(seed) + " was tested on other clips than the other seeds");
  }
}

std::string read_summary_text(const fs::path& folder) {
  std::error_code unreadable;  // a folder that may not be entered counts as absent
  if (!fs::is_directory(folder, unreadable))
    throw Error(ErrorKind::kData, folder.string() + ": no such folder; name run folders, as in runs/NAME");
  if (fs::exists(folder / "summary.json", unreadable)) return read_file(folder / "summary.json");
  if (fs::exists(folder / "predictions.csv", unreadable))
    throw Error(ErrorKind::kData, folder.string() + ": is one training of a run; name the run's folder, " +
                                      folder.parent_path().string());
  throw Error(ErrorKind::kData,
              folder.string() +
                  ": is no finished run (summary.json is missing); an interrupted run is resumed by "
                  "the `genretrack run` command that began it");
}

}  // namespace

RunRecord read_run(const fs::path& given) {
  RunRecord run;
  run.path = given.has_filename() ? given : given.parent_path();  // without a slash at the end
  const std::string where = (run.path / "summary.json").string();
  const json summary = parse(read_summary_text(run.path), where);
  if (get<std::size_t>(summary, "format", where) != 1)
    throw Error(ErrorKind::kData,
                where +
                    ": is of a format that this version does not know; use the version that "
                    "wrote it, or run the experiment again");
  run.name = get<std::string>(summary, "name", where);
  run.model = get<std::string>(summary, "model", where);
  run.dataset = get<std::string>(summary, "dataset", where);
  run.split = get<std::string>(summary, "split", where);
  if (summary.contains("fusion") && !summary["fusion"].is_null())
    run.fusion = get<std::string>(summary, "fusion", where);
  run.inputs = get<std::vector<std::string>>(summary, "inputs", where);
  run.notes = get<std::vector<std::string>>(summary, "notes", where);
  run.genres = get<std::vector<std::string>>(summary, "genres", where);
  run.parameters = get<std::size_t>(summary, "parameters", where);
  const json trainings = get<json>(summary, "trainings", where);
  if (!trainings.is_array() || trainings.empty())
    refuse(where, "'trainings' must be a list that is not empty");
  std::set<std::string> folders;
  for (std::size_t i = 0; i < trainings.size(); ++i) {
    const std::string here = where + ", /trainings/" + std::to_string(i);
    run.trainings.push_back(read_training(trainings[i], run, here));
    if (!folders.insert(run.trainings.back().folder).second)
      refuse(here, "the training '" + run.trainings.back().folder + "' is listed twice");
  }
  pool_trainings(run);
  return run;
}

std::vector<RunRecord> read_runs(const std::vector<fs::path>& folders) {
  std::vector<RunRecord> runs(folders.size());
  std::vector<std::exception_ptr> failures(folders.size());
  run_on_threads(
      static_cast<int>(std::thread::hardware_concurrency()), folders.size(), "run the command again",
      [] { return 0; },
      [&](int&, std::size_t i) {
        try {
          runs[i] = read_run(folders[i]);
        } catch (...) {
          failures[i] = std::current_exception();
        }
      },
      [](int&) {});
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  return runs;
}

}  // namespace genretrack
