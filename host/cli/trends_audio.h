// Trends of recordings: a model gives the probabilities that a table would hold.
#pragma once

#include <Eigen/Core>
#include <filesystem>
#include <optional>

#include "host/cli/commands.h"
#include "host/trends/song_table.h"

namespace genretrack {

struct HeardCollection {
  Collection collection;
  std::optional<SongTable> labelled;  // the model's held-out clips, where they suffice for a correction
  std::optional<Eigen::MatrixXf> embeddings;  // (songs, dimensions); absent where folds heard different songs
  std::string model;                          // what results say of it
};

// Recordings lie beside the CSV, below the data root, or where an absolute path says. Each is heard by the
// models that are fair to it, their probabilities averaged and calibrated; what every model was trained on is
// left out and counted, and so is what cannot be read.
HeardCollection hear_collection(const std::filesystem::path& csv, const std::filesystem::path& model,
                                std::optional<Step> step, const GlobalOptions& global);

}  // namespace genretrack
