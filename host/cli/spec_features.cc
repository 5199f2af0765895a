#include "host/cli/spec_features.h"

#include "host/core/error.h"
#include "host/spec/read_experiment.h"

namespace genretrack {

FeatureParams features_of_spec(const std::filesystem::path& spec) {
  const std::vector<Experiment> experiments = read_experiments({spec}, {});
  if (experiments.empty()) throw Error(ErrorKind::kSpec, spec.string() + ": there is no experiment in it");
  for (const Experiment& experiment : experiments)
    if (experiment.features != experiments.front().features)
      throw Error(ErrorKind::kSpec,
                  spec.string() + ": its experiments " + experiments.front().name + " and " +
                      experiment.name +
                      " have different features, and one kind is needed; name the file of one");
  return experiments.front().features;
}

}  // namespace genretrack
