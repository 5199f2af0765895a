// What single fields cannot say.
#include <initializer_list>
#include <utility>

#include "host/core/files.h"
#include "host/spec/check_network.h"
#include "host/spec/spec_reader.h"

namespace genretrack {
namespace {

void check_branch(const SpecSource& source, Experiment& experiment, std::size_t index) {
  BranchSpec& branch = experiment.model.branches[index];
  const std::string at = "/model/branches/" + std::to_string(index);
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
  check_features(source, experiment.features);
  check_model(source, experiment);
  if (experiment.training.segment_seconds > experiment.features.clip_seconds)
    source.refuse("/training/segment_seconds",
                  limit_text(experiment.training.segment_seconds) + " s is longer than a clip (" +
                      limit_text(experiment.features.clip_seconds) + " s, /features/clip_seconds)",
                  {"/features/clip_seconds"});
}

}  // namespace genretrack
