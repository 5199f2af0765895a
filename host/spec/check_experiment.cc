// What single fields cannot say.
#include <bit>

#include "host/core/files.h"
#include "host/spec/spec_reader.h"

namespace genretrack {
namespace {

void check_branch(const SpecSource& source, Experiment& experiment, std::size_t index) {
  BranchSpec& branch = experiment.model.branches[index];
  const std::string at = "/model/branches/" + std::to_string(index);
  const bool dense = branch.architecture == Architecture::kDense;
  if (dense && branch.units.empty()) branch.units = {256, 128};
  if (!dense && branch.channels.empty())
    branch.channels = branch.architecture == Architecture::kCnn1d ? std::vector{64, 128, 256}
                                                                  : std::vector{24, 48, 96, 128};
  if (branch.kernel_size % 2 == 0)
    source.refuse(at + "/kernel_size", std::to_string(branch.kernel_size) +
                                           " is even; an odd size keeps the centre of a picture where it is");
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
}

void check_features(const SpecSource& source, const FeatureParams& features) {
  if (!std::has_single_bit(static_cast<unsigned>(features.n_fft)))
    source.refuse("/features/n_fft", std::to_string(features.n_fft) + " is no power of two, such as 2048");
  if (features.hop_length > features.n_fft)
    source.refuse("/features/hop_length",
                  std::to_string(features.hop_length) + " is more than n_fft (" +
                      std::to_string(features.n_fft) + "): samples would be skipped",
                  {"/features/n_fft"});
  if (features.n_mfcc > features.n_mels)
    source.refuse(
        "/features/mfcc/n_mfcc",
        std::to_string(features.n_mfcc) + " is more than n_mels (" + std::to_string(features.n_mels) + ")",
        {"/features/spectrogram/n_mels"});
  try {
    check(features);
  } catch (const Error& error) {
    const std::string what = error.what();
    std::vector<std::string> fields = {"/features/n_fft"};
    if (!what.starts_with("n_fft "))  // of lengths and rates together
      fields.insert(fields.end(),
                    {"/features/hop_length", "/features/clip_seconds", "/features/sample_rate"});
    if (error.kind() == ErrorKind::kUnsupported) source.refuse_later("/features", what, fields);
    source.refuse("/features", what, fields);
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
  check_features(source, experiment.features);
  check_model(source, experiment);
  if (experiment.training.segment_seconds > experiment.features.clip_seconds)
    source.refuse("/training/segment_seconds",
                  limit_text(experiment.training.segment_seconds) + " s is longer than a clip (" +
                      limit_text(experiment.features.clip_seconds) + " s, /features/clip_seconds)",
                  {"/features/clip_seconds"});
}

}  // namespace genretrack
