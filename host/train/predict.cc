#include "host/train/predict.h"

#include <algorithm>
#include <cmath>

#include "host/train/segments.h"

namespace genretrack {
namespace {

void append_log_softmax(const float* logits, std::size_t classes, std::vector<double>& out) {
  const double top = *std::max_element(logits, logits + classes);
  double sum = 0;
  for (std::size_t c = 0; c < classes; ++c) sum += std::exp(logits[c] - top);
  for (std::size_t c = 0; c < classes; ++c) out.push_back(logits[c] - top - std::log(sum));
}

}  // namespace

Predictor::Predictor(NetworkOps& ops, std::vector<Tensor> inputs, int batch, int classes)
    : ops_(ops),
      inputs_(std::move(inputs)),
      classes_(static_cast<std::size_t>(classes)),
      crops_(static_cast<std::size_t>(batch)),
      logits_(crops_.size() * classes_) {}

SegmentPredictions Predictor::predict(const std::vector<std::size_t>& clips, const std::vector<int>& usable,
                                      int segment, double overlap) {
  SegmentPredictions found;
  std::vector<Crop> all;
  for (const std::size_t clip : clips)
    for (const int start : even_starts(usable[clip], segment, overlap)) {
      all.push_back({static_cast<std::int32_t>(clip), start});
      found.clip.push_back(clip);
    }
  for (std::size_t first = 0; first < all.size(); first += crops_.size()) {
    const std::size_t count = std::min(crops_.size(), all.size() - first);
    // The last batch is filled up with its first crop; those answers are dropped.
    for (std::size_t i = 0; i < crops_.size(); ++i) crops_[i] = all[first + (i < count ? i : 0)];
    for (const Tensor& input : inputs_) ops_.gather(input, crops_);
    ops_.forward(Mode::kEvaluation, 0, 0);
    ops_.logits(logits_);
    for (std::size_t i = 0; i < count; ++i)
      append_log_softmax(logits_.data() + i * classes_, classes_, found.log_probabilities);
  }
  return found;
}

std::vector<double> softmax_rows(const std::vector<float>& logits, std::size_t classes) {
  std::vector<double> all;
  for (std::size_t first = 0; first < logits.size(); first += classes)
    append_log_softmax(logits.data() + first, classes, all);
  for (double& p : all) p = std::exp(p);
  return all;
}

std::vector<double> mean_by_clip(const SegmentPredictions& segments, const std::vector<std::size_t>& clips,
                                 std::size_t classes) {
  std::vector<double> mean(clips.size() * classes);
  std::size_t s = 0;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    double* row = mean.data() + i * classes;
    std::size_t count = 0;
    for (; s < segments.clip.size() && segments.clip[s] == clips[i]; ++s, ++count)
      for (std::size_t c = 0; c < classes; ++c)
        row[c] += std::exp(segments.log_probabilities[s * classes + c]);
    for (std::size_t c = 0; c < classes; ++c) row[c] /= static_cast<double>(count);
  }
  return mean;
}

}  // namespace genretrack
