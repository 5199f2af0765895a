// What single fields cannot say.
#include <algorithm>

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
      source.refuse(at + "/input", "\"" + std::string(choice_name(branch.input)) +
                                       "\" is the input of branch " + std::to_string(before) +
                                       " already; each branch needs a transform of its own");
}

void check_model(const SpecSource& source, Experiment& experiment) {
  ModelSpec& model = experiment.model;
  for (std::size_t b = 0; b < model.branches.size(); ++b) check_branch(source, experiment, b);
  if (model.branches.size() > 1 && model.fusion == Fusion::kNone)
    source.refuse("/model",
                  "\"fusion\" is missing: several branches need a strategy, such as "
                  "{\"strategy\": \"late\"}");
}

void check_features(const SpecSource& source, const FeatureParams& features) {
  try {
    check(features);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kUnsupported) source.refuse_later("/features", error.what());
    source.refuse("/features", error.what());
  }
}

}  // namespace

void check_experiment(const SpecSource& source, Experiment& experiment) {
  const std::string why = why_not_a_file_name(experiment.name);
  if (!why.empty() || experiment.name.starts_with('.'))
    source.refuse("/name", "\"" + experiment.name + "\" cannot name a run folder: " +
                               (why.empty() ? "it begins with a point" : why));
  check_features(source, experiment.features);
  check_model(source, experiment);
  if (experiment.training.segment_seconds > experiment.features.clip_seconds)
    source.refuse("/training/segment_seconds",
                  limit_text(experiment.training.segment_seconds) + " s is longer than a clip (" +
                      limit_text(experiment.features.clip_seconds) + " s, /features/clip_seconds)");
}

}  // namespace genretrack
