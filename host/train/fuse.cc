#include "host/train/fuse.h"

#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/train/run_folder.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

// As floats, which is what a model file keeps.
void round(std::vector<double>& values) {
  for (double& value : values) value = static_cast<float>(value);
}

StateFile::Array array_of(std::vector<int> shape, const std::vector<double>& values) {
  return {std::move(shape), {values.begin(), values.end()}};
}

std::vector<double> take(const StateFile& file, const std::string& name, std::size_t count) {
  const std::vector<float>& values = file.array(name).values;
  if (values.size() != count)
    throw Error(ErrorKind::kData, "\"" + name + "\" of the model does not fit its spec; it is damaged");
  return {values.begin(), values.end()};
}

// What branch b gives on its own: a network of its own, or its share of the joint one. (clips, genres)
const std::vector<double>& own_answers(const std::vector<TrainedBranch>& networks, std::size_t b) {
  return networks.size() > 1 ? networks[b].probabilities : networks[0].branches[b];
}

}  // namespace

std::vector<double> Joining::apply(const std::vector<std::vector<double>>& networks) const {
  if (networks.size() == 1) return networks.front();
  return stacking.bias.empty() ? weighted_mean(networks, weights) : stack(networks, stacking);
}

void Joining::save(StateFile& file) const {
  if (stacking.bias.empty()) {
    file.arrays["fusion/weights"] = array_of({static_cast<int>(weights.size())}, weights);
    return;
  }
  const auto genres = static_cast<int>(stacking.bias.size());
  file.arrays["fusion/stacking/weights"] =
      array_of({genres, static_cast<int>(stacking.weights.size()) / genres}, stacking.weights);
  file.arrays["fusion/stacking/bias"] = array_of({genres}, stacking.bias);
}

Joining Joining::load(const StateFile& file, Fusion fusion, std::size_t networks, std::size_t genres) {
  Joining joining;
  if (fusion == Fusion::kStacking) {
    joining.stacking.weights = take(file, "fusion/stacking/weights", genres * networks * genres);
    joining.stacking.bias = take(file, "fusion/stacking/bias", genres);
  } else if (fusion == Fusion::kWeighted) {
    joining.weights = take(file, "fusion/weights", networks);
  } else {
    joining.weights.assign(networks, 1 / static_cast<double>(networks));
  }
  return joining;
}

Joining fit_joining(const ModelSpec& model, const FoldClips& clips,
                    const std::vector<std::vector<double>>& networks) {
  const std::size_t genres = clips.genres.size();
  Joining joining;
  joining.weights.assign(networks.size(), 1 / static_cast<double>(networks.size()));
  if (model.fusion != Fusion::kWeighted && model.fusion != Fusion::kStacking) return joining;
  std::vector<std::vector<double>> validation(networks.size());
  std::vector<std::size_t> truth;
  for (const std::size_t clip : clips.validation) {
    truth.push_back(clips.labels[clip]);
    for (std::size_t n = 0; n < networks.size(); ++n) {
      const auto row = networks[n].begin() + static_cast<std::ptrdiff_t>(clip * genres);
      validation[n].insert(validation[n].end(), row, row + static_cast<std::ptrdiff_t>(genres));
    }
  }
  if (model.fusion == Fusion::kWeighted) {
    joining.weights = fit_simplex_weights(validation, truth, genres, model.prior_clips);
    round(joining.weights);
  } else {
    joining.stacking =
        fit_stacking(validation, truth, equal_stacking(networks.size(), genres), model.prior_clips);
    round(joining.stacking.weights);
    round(joining.stacking.bias);
  }
  return joining;
}

void write_branches(const std::filesystem::path& path, const ModelSpec& model, const FoldClips& clips,
                    const std::vector<TrainedBranch>& networks, const Joining& joining) {
  const std::size_t genres = clips.genres.size(), branches = model.branches.size();
  const bool weighs = networks.size() > 1 && model.fusion != Fusion::kStacking;
  std::vector<std::string> fields = {"part", "clip", "truth", "branch", "weight"};
  fields.insert(fields.end(), clips.genres.begin(), clips.genres.end());
  std::string text = csv_line(fields);
  for (const auto* part : {&clips.validation, &clips.test})
    for (const std::size_t clip : *part)
      for (std::size_t b = 0; b < branches; ++b) {
        std::string weight;
        if (weighs) weight = number_text(static_cast<float>(joining.weights[b]));
        if (!networks[0].gate.empty())
          weight = number_text(static_cast<float>(networks[0].gate[clip * branches + b]));
        fields = {clips.part(clip), clips.ids[clip], clips.genres[clips.labels[clip]],
                  std::string(name(model.branches[b].input)), weight};
        const std::vector<double>& own = own_answers(networks, b);
        for (std::size_t g = 0; g < genres; ++g)
          fields.push_back(number_text(static_cast<float>(own[clip * genres + g])));
        text += csv_line(fields);
      }
  write_file_atomically(path, text);
}

Json joining_json(const ModelSpec& model, const FoldClips& clips, const std::vector<TrainedBranch>& networks,
                  const Joining& joining) {
  const std::size_t branches = model.branches.size();
  std::vector<double> weights;
  if (model.fusion == Fusion::kWeighted) weights = joining.weights;
  if (model.fusion == Fusion::kGated) {
    weights.assign(branches, 0);
    for (const std::size_t clip : clips.test)
      for (std::size_t b = 0; b < branches; ++b)
        weights[b] += networks[0].gate[clip * branches + b] / static_cast<double>(clips.test.size());
  }
  Json all = Json::object();
  for (std::size_t b = 0; b < weights.size(); ++b)
    all["weights"][std::string(name(model.branches[b].input))] = weights[b];
  if (model.fusion == Fusion::kStacking) {
    all["stacking"] = {{"weights", joining.stacking.weights}, {"bias", joining.stacking.bias}};
  }
  return all.empty() ? Json(nullptr) : all;
}

}  // namespace genretrack
