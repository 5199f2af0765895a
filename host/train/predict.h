// Probabilities of clips from the segments that cover them.
#pragma once

#include <vector>

#include "host/backend/network_ops.h"

namespace genretrack {

struct SegmentPredictions {
  std::vector<std::size_t> clip;          // per segment, in the order asked for
  std::vector<double> log_probabilities;  // (segments, classes)
};

class Predictor {
 public:
  // `ops` is prepared later but before the first predict(), for batches of `batch`.
  // A segment is the same frames of every input.
  Predictor(NetworkOps& ops, std::vector<Tensor> inputs, int batch, int classes);

  // Evaluation mode, with what was uploaded last; segments as even_starts() has them. `usable` is per clip.
  SegmentPredictions predict(const std::vector<std::size_t>& clips, const std::vector<int>& usable,
                             int segment, double overlap = 0);

 private:
  NetworkOps& ops_;
  std::vector<Tensor> inputs_;
  std::size_t classes_;
  std::vector<Crop> crops_;
  std::vector<float> logits_;
};

// Softmax of each row of (n, classes) logits, in double.
std::vector<double> softmax_rows(const std::vector<float>& logits, std::size_t classes);

// Mean probability of each clip's segments: (clips, classes) in the order of `clips`; rows sum to 1.
std::vector<double> mean_by_clip(const SegmentPredictions& segments, const std::vector<std::size_t>& clips,
                                 std::size_t classes);

}  // namespace genretrack
