// What single fields cannot say.
#include <algorithm>
#include <initializer_list>
#include <utility>

#include "host/core/files.h"
#include "host/spec/check_network.h"
#include "host/spec/nearest_name.h"
#include "host/spec/spec_reader.h"

namespace genretrack {
namespace {

void check_branch(const SpecSource& source, Experiment& experiment, std::size_t index) {
  BranchSpec& branch = experiment.model.branches[index];
  const std::string at = "/model/branches/" + std::to_string(index);
  if (!is_baseline(branch.architecture))
    check_network(source, branch, at, experiment.features.rows(branch.input),
                  experiment.features.frames_of(experiment.training.segment_seconds));
  for (std::size_t before = 0; before < index; ++before)
    if (experiment.model.branches[before].input == branch.input)
      source.refuse(at + "/input",
                    "\"" + std::string(choice_name(branch.input)) + "\" is the input of branch " +
                        std::to_string(before) + " already; each branch needs a transform of its own",
                    {"/model/branches/" + std::to_string(before) + "/input"});
}

void check_model(const SpecSource& source, Experiment& experiment) {
  ModelSpec& model = experiment.model;
  if (model.branches.size() > 1 && model.fusion == Fusion::kNone)
    source.refuse("/model",
                  "\"fusion\" is missing: several branches need a strategy, such as "
                  "{\"strategy\": \"late\"}",
                  {"/model/branches"});
  for (std::size_t b = 0; b < model.branches.size(); ++b) check_branch(source, experiment, b);
  const bool joint =
      model.fusion == Fusion::kEarly || model.fusion == Fusion::kFeature || model.fusion == Fusion::kGated;
  for (std::size_t b = 0; joint && b < model.branches.size(); ++b)
    if (is_baseline(model.branches[b].architecture))
      source.refuse("/model/branches/" + std::to_string(b) + "/architecture",
                    std::string(choice_name(model.branches[b].architecture)) +
                        " is no network and cannot be part of one; fuse it with \"late\"",
                    {"/model/fusion/strategy"});
  if (model.fusion != Fusion::kEarly) return;
  if (!model.network_given) model.network = model.branches.front();
  if (is_baseline(model.network.architecture))
    source.refuse("/model/fusion/network/architecture",
                  std::string(choice_name(model.network.architecture)) + " is no network",
                  {"/model/fusion/strategy"});
  int rows = 0;
  for (const BranchSpec& branch : model.branches) rows += experiment.features.rows(branch.input);
  check_network(source, model.network, model.network_given ? "/model/fusion/network" : "/model/branches/0",
                rows, experiment.features.frames_of(experiment.training.segment_seconds));
}

void check_split(const SpecSource& source, const SplitParams& split) {
  const std::vector<std::string> known = {"train", "validation", "test"};
  for (std::size_t i = 0; i < split.lists.size(); ++i)
    if (std::find(known.begin(), known.end(), split.lists[i]) == known.end())
      source.refuse(
          "/dataset/split/lists/" + std::to_string(i),
          short_text(split.lists[i]) + " is no fault-filtered list" + suggestion(split.lists[i], known));
}

// What changes nothing, or nearly everything, of every branch is a mistake.
void check_augment(const SpecSource& source, const Experiment& experiment) {
  const AugmentSpec& augment = experiment.training.augment;
  const std::string at = "/training/augment/", masks = at + "spec_augment/";
  bool decibels = false;
  int rows = 0;
  for (const BranchSpec& branch : experiment.model.branches) {
    decibels = decibels || experiment.features.in_decibel(branch.input);
    rows = std::max(rows, experiment.features.rows(branch.input));
  }
  for (const auto& [key, value] : {std::pair{"gain_db", augment.gain_db}, {"noise_db", augment.noise_db}})
    if (value > 0 && !decibels)
      source.refuse(at + key,
                    "changes transforms in decibel only, the spectrogram and percussion of kind hpss, and no "
                    "branch has one; leave it out",
                    {"/model/branches", "/features/percussion/kind"});
  const int frames = experiment.features.frames_of(experiment.training.segment_seconds);
  if (augment.time_masks > 0 && 2 * augment.time_mask_frames > frames)
    source.refuse(masks + "time_mask_frames",
                  std::to_string(augment.time_mask_frames) +
                      " frames are more than half a segment, which has " + std::to_string(frames),
                  {masks + "time_masks", "/training/segment_seconds"});
  if (augment.frequency_masks > 0 && 2 * augment.frequency_mask_rows > rows)
    source.refuse(masks + "frequency_mask_rows",
                  std::to_string(augment.frequency_mask_rows) +
                      " rows are more than half of every branch's transform, of which the largest has " +
                      std::to_string(rows),
                  {masks + "frequency_masks", "/model/branches"});
}

void check_schedule(const SpecSource& source, const TrainingSpec& training) {
  if (training.schedule != Schedule::kOneCycle && training.warmup_epochs >= training.epochs &&
      training.warmup_epochs > 0)
    source.refuse("/training/schedule/warmup_epochs",
                  "a rise over " + limit_text(training.warmup_epochs) +
                      " epochs is no shorter than the training (" + std::to_string(training.epochs) +
                      ", /training/epochs)",
                  {"/training/epochs"});
  if (training.schedule == Schedule::kOneCycle && training.optimizer == OptimizerType::kSgd &&
      training.least_momentum > training.momentum)
    source.refuse("/training/schedule/least_momentum",
                  limit_text(training.least_momentum) + " is above the momentum it falls from (" +
                      limit_text(training.momentum) + ", /training/optimizer/momentum)",
                  {"/training/optimizer/momentum"});
}

// Where the field stands that a message of check() begins with.
std::string pointer_of_field(const std::string& what) {
  const std::string key = what.substr(0, what.find(' '));
  for (const auto& [object, keys] : std::initializer_list<std::pair<const char*, const char*>>{
           {"", " profile sample_rate clip_seconds n_fft hop_length "},
           {"/spectrogram", " n_mels scale "},
           {"/percussion", " kind "},
           {"/mfcc", " n_mfcc lifter deltas "},
           {"/chromagram", " tuning tuning_semitones "}})
    if (std::string(keys).find(' ' + key + ' ') != std::string::npos)
      return "/features" + std::string(object) + '/' + key;
  return "/features";
}

// The other fields that take part in what check() says.
std::vector<std::string> partners_of(const std::string& pointer) {
  if (pointer == "/features/n_fft" || pointer == "/features/profile") return {};
  if (pointer == "/features/mfcc/n_mfcc") return {"/features/spectrogram/n_mels"};
  std::vector<std::string> partners = {"/features/n_fft", "/features/hop_length", "/features/clip_seconds",
                                       "/features/sample_rate"};
  std::erase(partners, pointer);
  return partners;
}

void check_features(const SpecSource& source, const FeatureParams& features) {
  try {
    check(features);
  } catch (const Error& error) {
    const std::string what = error.what(), pointer = pointer_of_field(what);
    if (error.kind() == ErrorKind::kUnsupported) source.refuse_later(pointer, what, partners_of(pointer));
    source.refuse(pointer, what, partners_of(pointer));
  }
}

}  // namespace

std::string why_not_a_run_name(const std::string& name) {
  if (name.starts_with('.') && name != "." && name != "..") return "it begins with a point";
  if (std::string why = why_not_a_file_name(name); !why.empty()) return why;
  // A file may have any bytes as its name, and lends it to an experiment without one.
  return is_utf8(name) ? "" : "it is not UTF-8";
}

void check_experiment(const SpecSource& source, Experiment& experiment) {
  const std::string why = why_not_a_run_name(experiment.name);
  if (!why.empty()) source.refuse("/name", short_text(experiment.name) + " cannot name a run folder: " + why);
  check_split(source, experiment.dataset.split);
  check_features(source, experiment.features);
  check_model(source, experiment);
  if (experiment.training.segment_seconds > experiment.features.clip_seconds)
    source.refuse("/training/segment_seconds",
                  limit_text(experiment.training.segment_seconds) + " s is longer than a clip (" +
                      limit_text(experiment.features.clip_seconds) + " s, /features/clip_seconds)",
                  {"/features/clip_seconds"});
  check_schedule(source, experiment.training);
  check_augment(source, experiment);
}

}  // namespace genretrack
