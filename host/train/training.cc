#include "host/train/training.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "host/core/error.h"
#include "host/core/file_lock.h"
#include "host/core/files.h"
#include "host/nn/networks.h"
#include "host/spec/read_experiment.h"
#include "host/train/baseline.h"
#include "host/train/checkpoint.h"
#include "host/train/file_hashes.h"
#include "host/train/network_inputs.h"
#include "host/train/run_folder.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

// Raised whenever the same spec, data and seed train to other weights, so that trained branches are not taken
// from an older program.
constexpr int kTrainingVersion = 1;

constexpr const char* kStore = ".branches";

// Of a finished training, beside result.json; fused ones have branches.csv, too.
constexpr std::array kFiles = {"spec.json",       "environment.json", "split.csv", "metrics.jsonl",
                               "predictions.csv", "confusion.csv",    "model.h5"};

Json device_json(Device device) {
  const std::string wanted = device == Device::kCuda ? "cuda" : "cpu";
  for (const DeviceReport& report : list_devices())
    if (report.name == wanted) return {{"name", report.name}, {"description", report.description}};
  return {{"name", wanted}};
}

}  // namespace

Training::Training(const PreparedRun& run, const FeatureCache& cache, const RunOptions& options,
                   const std::filesystem::path& run_folder, std::uint64_t seed, const Fold& fold)
    : experiment_(run.experiment),
      cache_(cache),
      options_(options),
      spec_(to_json(run.experiment)),
      seed_(seed),
      fold_(fold),
      name_("seed-" + std::to_string(seed) + (fold.name.empty() ? "" : "-" + fold.name)),
      folder_(run_folder / name_),
      segment_(cache.params().frames_of(run.experiment.training.segment_seconds)),
      clips_(select_fold(run.dataset, fold, cache, segment_)),
      networks_(networks_of(run.experiment.model)) {
  spec_["seeds"] = Json::array({seed});
}

// result.json: {"data", "branches": [key], "files": their hashes, "entry": its part of summary.json}; null
// where there is none that can be used.
Json Training::read_result() const {
  const std::filesystem::path path = folder_ / "result.json";
  Json result = read_json_file(path);
  if (!result.contains("data")) return nullptr;
  if (result.at("data") != data_key())
    throw Error(ErrorKind::kData,
                folder_.string() +
                    ": was trained on other recordings, on another split of them or by an older version of "
                    "this program; keep it and give this experiment another name with --set /name=NAME, or "
                    "start anew with --force");
  if (!result.contains("branches") || !result.contains("entry") || !result.at("entry").is_object())
    refuse_damaged(path, "it lacks fields");
  return result;
}

std::vector<const char*> Training::files() const {
  std::vector<const char*> all(kFiles.begin(), kFiles.end());
  if (experiment_.model.branches.size() > 1) all.push_back("branches.csv");
  return all;
}

std::vector<std::string> Training::changed_files() const {
  const Json result = read_result();
  return genretrack::changed_files(folder_, files(), result.value("files", Json::object()));
}

bool Training::finished() const { return !read_result().is_null() && changed_files().empty(); }

Json Training::entry() const { return read_result().at("entry"); }

// The branches that a finished training used, even if this run, on another device or with other threads,
// would train them to slightly other weights: its files and the summary then agree.
bool Training::take_branches(const Json& keys) {
  for (const Json& key : keys) {
    auto stored = key.is_string() ? load_branch_file(branch_file(key), key) : std::nullopt;
    if (!stored) {
      branches_.clear();
      return false;
    }
    branches_.push_back(std::move(*stored));
  }
  return branches_.size() == networks_.size();
}

Json Training::finish() {
  const auto start = std::chrono::steady_clock::now();
  make_folder(folder_);
  make_folder(options_.runs / kStore);
  Json keys = Json::array();
  const Json before = finished() ? read_result() : Json();
  note_changed_files();
  const bool taken = !before.is_null() && take_branches(before.at("branches"));
  if (!taken) {
    branches_.clear();
    write_json_file(folder_ / "spec.json", spec_);
    write_split(folder_ / "split.csv", clips_, cache_);
    for (std::size_t b = 0; b < networks_.size(); ++b) {
      keys.push_back(branch_key(b));
      branches_.push_back(get_or_train(b, keys.back()));
    }
  }
  std::vector<std::vector<double>> each;
  for (const TrainedBranch& branch : branches_) each.push_back(branch.probabilities);
  joining_ = fit_joining(experiment_.model, clips_, each);
  probabilities_ = joining_.apply(each);
  remove_checkpoint();
  if (taken) return before.at("entry");
  write_predictions(folder_ / "predictions.csv", clips_, probabilities_);
  if (experiment_.model.branches.size() > 1)
    write_branches(folder_ / "branches.csv", experiment_.model, clips_, branches_, joining_);
  write_confusion(folder_ / "confusion.csv", predictions_of(clips_, clips_.test, probabilities_));
  write_json_file(folder_ / "environment.json", environment());
  write_model();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const Json entry = result(seconds.count());
  // Last: a training with a result is finished.
  write_json_file(
      folder_ / "result.json",
      {{"data", data_key()}, {"branches", keys}, {"files", hash_files(folder_, files())}, {"entry", entry}});
  return entry;
}

// A run that was whole once and is not any more is no matter to pass over in silence.
void Training::note_changed_files() const {
  if (read_result().is_null() || !options_.events.note) return;
  for (const std::string& file : changed_files())
    options_.events.note(name_ + "/" + file + ": is missing or damaged, made again");
}

// Also of a branch that meanwhile came from the store.
void Training::remove_checkpoint() const {
  std::error_code ignored;
  std::filesystem::remove(folder_ / "checkpoint.h5", ignored);
}

std::size_t Training::trained_parameters() const {
  std::size_t count = 0;
  for (const TrainedBranch& branch : branches_) count += branch.trained_parameters;
  return count;
}

// What the spec does not say of what a training depends on. Unlike a branch's key it does not name the device
// and the features' last bits: a finished training stays finished on another machine.
std::string Training::data_key() const {
  Json clips = Json::array();
  for (std::size_t i = 0; i < clips_.ids.size(); ++i)
    clips.push_back(
        {clips_.ids[i], clips_.labels[i], clips_.part(i), cache_.clips()[clips_.cache_rows[i]].audio_hash});
  const Json all = {{"version", kTrainingVersion},
                    {"extractor", kExtractorVersion},
                    {"spec", spec_},
                    {"genres", clips_.genres},
                    {"clips", clips}};
  return hash_text(all.dump());
}

// Everything that the trained weights depend on.
std::string Training::branch_key(std::size_t branch) const {
  const ModelSpec& network = networks_[branch];
  Json clips = Json::array();
  for (std::size_t i = 0; i < clips_.ids.size(); ++i) {
    Json clip = {clips_.ids[i], clips_.labels[i], clips_.part(i), clips_.usable[i]};
    for (const BranchSpec& seen : network.branches)
      clip.push_back(cache_.clips()[clips_.cache_rows[i]].row_hashes[static_cast<std::size_t>(seen.input)]);
    clips.push_back(std::move(clip));
  }
  const Json& model = spec_.at("model");
  const Json all = {{"version", kTrainingVersion},
                    {"extractor", kExtractorVersion},
                    {"branch", is_joint(network.fusion) ? model : model.at("branches").at(branch)},
                    {"training", spec_.at("training")},
                    {"overlap", experiment_.evaluation.overlap},
                    {"seed", seed_},
                    {"genres", clips_.genres},
                    {"clips", clips},
                    {"device", options_.device == Device::kCuda ? "cuda" : "cpu"},
                    {"threads", options_.threads}};
  return hash_text(all.dump());
}

std::string Training::describe_branch(std::size_t branch) const {
  return fmt::format("seed {}{}{}, {}", seed_, fold_.name.empty() ? "" : " ", fold_.name,
                     network_name(networks_[branch]));
}

// A branch trained alone is the same network wherever it stands: a late-fused experiment takes the branches
// that its single-transform siblings have trained already, and a rerun takes its own.
TrainedBranch Training::get_or_train(std::size_t branch, const std::string& key) {
  const std::filesystem::path file = branch_file(key);
  std::filesystem::path lock_file = file;
  const FileLock lock(lock_file.replace_extension(".lock"), [&] {
    if (options_.events.note)
      options_.events.note(describe_branch(branch) + ": another program trains it; waiting");
  });
  if (auto stored = load_branch_file(file, key)) {
    if (options_.events.note)
      options_.events.note(describe_branch(branch) + ": already trained, taken as it is");
    write_metrics(branch, stored->history);
    return std::move(*stored);
  }
  TrainedBranch trained = train(branch, key);
  save_branch(file, key, trained);
  remove_checkpoint();
  const EpochResult& best = trained.history.at(static_cast<std::size_t>(trained.best_epoch) - 1);
  if (options_.events.note)
    options_.events.note(fmt::format(
        "{}: epoch {} of {} was the best, validation loss {:.3f}, accuracy {:.3f}", describe_branch(branch),
        trained.best_epoch, trained.history.size(), best.validation_loss, best.validation_accuracy));
  return trained;
}

std::filesystem::path Training::branch_file(const std::string& key) const {
  return options_.runs / kStore / (key + ".h5");
}

TrainedBranch Training::train(std::size_t branch, const std::string& key) {
  const ModelSpec& network = networks_[branch];
  const std::vector<BranchData> inputs = load_inputs(cache_, network, clips_, options_.threads);
  BranchJob job;
  job.model = &network;
  job.rows = rows_of(network, experiment_.features);
  job.training = &experiment_.training;
  job.clips = &clips_;
  job.seed = seed_;
  job.segment = segment_;
  job.overlap = experiment_.evaluation.overlap;
  job.device = options_.device;
  job.threads = options_.threads;
  job.key = key;
  job.checkpoint = folder_ / "checkpoint.h5";
  job.epoch_done = [&](const std::vector<EpochResult>& history) {
    write_metrics(branch, history);
    const EpochResult& last = history.back();
    if (options_.events.epoch)
      options_.events.epoch(describe_branch(branch), last.epoch, experiment_.training.epochs,
                            fmt::format("loss {:.3f}, validation {:.3f}, accuracy {:.3f}", last.train_loss,
                                        last.validation_loss, last.validation_accuracy));
  };
  if (is_baseline(network.branches.front().architecture)) return train_baseline(job, inputs.front());
  return train_branch(job, inputs);
}

void Training::write_metrics(std::size_t branch, const std::vector<EpochResult>& history) const {
  std::string text;
  for (std::size_t b = 0; b < branch; ++b)
    for (const EpochResult& epoch : branches_[b].history)
      text += metrics_line(network_name(networks_[b]), epoch);
  for (const EpochResult& epoch : history) text += metrics_line(network_name(networks_[branch]), epoch);
  write_file_atomically(folder_ / "metrics.jsonl", text);
}

void Training::write_model() const {
  StateFile model;
  for (std::size_t b = 0; b < branches_.size(); ++b)
    add_branch(model, model_prefix(networks_[b]), branches_[b]);
  joining_.save(model);
  model.texts["spec"] = spec_.dump();
  model.texts["genres"] = Json(clips_.genres).dump();
  model.save(folder_ / "model.h5");
}

Json Training::environment() const {
  Json chosen = Json::object();
  for (std::size_t b = 0; b < branches_.size(); ++b)
    chosen[network_name(networks_[b])] = branches_[b].implementations;
  return {{"genretrack", GENRETRACK_VERSION},
          {"compiler", __VERSION__},
          {"device", device_json(options_.device)},
          {"threads", options_.threads},
          {"cache", cache_.path().string()},
          {"features", spec_.at("features")},
          {"implementations", chosen}};
}

Json Training::result(double seconds) const {
  Json best = Json::array();
  int epochs = 0;
  for (const TrainedBranch& branch : branches_) {
    best.push_back(branch.best_epoch);
    epochs += static_cast<int>(branch.history.size());
  }
  Json all = {{"folder", name_},
              {"seed", seed_},
              {"fold", fold_.name},
              {"epochs", epochs},
              {"best_epoch", best},
              {"validation", metrics_json(predictions_of(clips_, clips_.validation, probabilities_))},
              {"test", metrics_json(predictions_of(clips_, clips_.test, probabilities_))},
              {"seconds", seconds}};
  Json fitted = joining_json(experiment_.model, clips_, branches_, joining_);
  if (!fitted.is_null()) all["fusion"] = std::move(fitted);
  return all;
}

}  // namespace genretrack
