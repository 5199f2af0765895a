#include "host/train/checkpoint.h"

#include <nlohmann/json.hpp>

#include "host/core/error.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const EpochResult& r) {
  return {{"epoch", r.epoch},
          {"train_loss", r.train_loss},
          {"validation_loss", r.validation_loss},
          {"validation_accuracy", r.validation_accuracy},
          {"validation_macro_f1", r.validation_macro_f1},
          {"learning_rate", r.learning_rate},
          {"seconds", r.seconds},
          {"best", r.best}};
}

std::string history_text(const std::vector<EpochResult>& history) {
  Json list = Json::array();
  for (const EpochResult& result : history) list.push_back(to_json(result));
  return list.dump();
}

std::vector<EpochResult> history_of(const std::string& text) {
  std::vector<EpochResult> history;
  for (const Json& line : Json::parse(text))
    history.push_back({line.at("epoch"), line.at("train_loss"), line.at("validation_loss"),
                       line.at("validation_accuracy"), line.at("validation_macro_f1"),
                       line.at("learning_rate"), line.at("seconds"), line.at("best")});
  return history;
}

StateFile::Array flat(const std::vector<float>& values) {
  return {{static_cast<int>(values.size())}, values};
}

// What cannot be looked at is taken as there, so that reading it says why.
bool is_there(const std::filesystem::path& path) {
  std::error_code problem;
  return std::filesystem::exists(path, problem) || problem;
}

// The whole vector of a layout, which must be what the file holds.
const std::vector<float>& whole(const StateFile& file, const std::string& name, const ParameterLayout& layout,
                                const std::filesystem::path& path) {
  const std::vector<float>& values = file.array(name).values;
  if (values.size() != layout.size())
    throw Error(ErrorKind::kData,
                path.string() + ": \"" + name + "\" is not of this network; remove the file");
  return values;
}

}  // namespace

TrainingState fresh_state(const ParameterLayout& layout, std::uint64_t seed) {
  TrainingState state;
  state.parameters = layout.initial_values(seed);
  state.first_moments.assign(layout.size(), 0);
  state.second_moments.assign(layout.size(), 0);
  state.average = state.parameters;
  state.best_parameters = state.parameters;
  return state;
}

void save_checkpoint(const std::filesystem::path& path, const std::string& key, const TrainingState& state) {
  StateFile file;
  file.arrays = {{"parameters", flat(state.parameters)},
                 {"first_moments", flat(state.first_moments)},
                 {"second_moments", flat(state.second_moments)},
                 {"average", flat(state.average)},
                 {"best_parameters", flat(state.best_parameters)}};
  file.texts = {{"key", key}, {"history", history_text(state.history)}};
  file.save(path);
}

std::optional<TrainingState> load_checkpoint(const std::filesystem::path& path, const std::string& key,
                                             const ParameterLayout& layout) {
  if (!is_there(path)) return std::nullopt;
  const StateFile file = StateFile::load(path);
  if (file.text("key") != key) return std::nullopt;
  TrainingState state;
  state.parameters = whole(file, "parameters", layout, path);
  state.first_moments = whole(file, "first_moments", layout, path);
  state.second_moments = whole(file, "second_moments", layout, path);
  state.average = whole(file, "average", layout, path);
  state.best_parameters = whole(file, "best_parameters", layout, path);
  state.history = history_of(file.text("history"));
  for (const EpochResult& result : state.history)
    if (result.best) state.best_epoch = result.epoch;
  return state;
}

void save_branch(const std::filesystem::path& path, const std::string& key, const TrainedBranch& branch) {
  StateFile file;
  add_branch(file, "", branch);
  std::string implementations;
  for (const std::string& line : branch.implementations) implementations += line + "\n";
  // Probabilities are floats already, so nothing is lost here.
  const std::vector<float> probabilities(branch.probabilities.begin(), branch.probabilities.end());
  file.arrays["probabilities"] = flat(probabilities);
  for (std::size_t b = 0; b < branch.branches.size(); ++b)
    file.arrays["branches/" + std::to_string(b)] =
        flat({branch.branches[b].begin(), branch.branches[b].end()});
  if (!branch.gate.empty()) file.arrays["gate"] = flat({branch.gate.begin(), branch.gate.end()});
  file.texts["key"] = key;
  file.texts["trained_parameters"] = std::to_string(branch.trained_parameters);
  file.texts["history"] = history_text(branch.history);
  file.texts["implementations"] = implementations;
  file.save(path);
}

std::optional<TrainedBranch> load_branch_file(const std::filesystem::path& path, const std::string& key) {
  if (!is_there(path)) return std::nullopt;
  const StateFile file = StateFile::load(path);
  if (file.text("key") != key) return std::nullopt;
  TrainedBranch branch;
  for (const auto& [name, array] : file.arrays) {
    if (!name.starts_with("parameters/")) continue;
    // By name, not as the network had them; nothing of what a run keeps depends on their order or kind.
    branch.slots.push_back({name.substr(11), array.shape, branch.parameters.size(), ParameterKind::kWeight});
    branch.parameters.insert(branch.parameters.end(), array.values.begin(), array.values.end());
  }
  branch.trained_parameters = std::stoull(file.text("trained_parameters"));
  branch.mean = file.array("mean").values;
  branch.scale = file.array("scale").values;
  const std::vector<float>& probabilities = file.array("probabilities").values;
  branch.probabilities.assign(probabilities.begin(), probabilities.end());
  for (std::size_t b = 0; file.arrays.count("branches/" + std::to_string(b)); ++b) {
    const std::vector<float>& own = file.array("branches/" + std::to_string(b)).values;
    branch.branches.emplace_back(own.begin(), own.end());
  }
  if (file.arrays.count("gate")) {
    const std::vector<float>& gate = file.array("gate").values;
    branch.gate.assign(gate.begin(), gate.end());
  }
  branch.history = history_of(file.text("history"));
  for (const EpochResult& result : branch.history)
    if (result.best) branch.best_epoch = result.epoch;
  std::string line;
  for (const char c : file.text("implementations")) {
    if (c != '\n') {
      line += c;
      continue;
    }
    branch.implementations.push_back(line);
    line.clear();
  }
  return branch;
}

std::string model_prefix(const ModelSpec& network) {
  return is_joint(network.fusion) ? "joint/" : "branches/" + network_name(network) + "/";
}

void add_branch(StateFile& file, const std::string& prefix, const TrainedBranch& branch) {
  for (const ParameterSlot& slot : branch.slots) {
    const auto first = branch.parameters.begin() + static_cast<std::ptrdiff_t>(slot.offset);
    file.arrays[prefix + "parameters/" + slot.name] = {
        slot.shape, {first, first + static_cast<std::ptrdiff_t>(slot.count())}};
  }
  file.arrays[prefix + "mean"] = flat(branch.mean);
  file.arrays[prefix + "scale"] = flat(branch.scale);
}

std::string metrics_line(const std::string& branch, const EpochResult& result) {
  Json line = {{"branch", branch}};
  line.update(to_json(result));
  return line.dump() + "\n";
}

}  // namespace genretrack
