// Trained models at work: transforms of segments in, probabilities and embeddings out.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/backend/device.h"
#include "host/spec/experiment.h"

namespace genretrack {

// Segments of a spec's length as transforms, raw.
struct SegmentBatch {
  std::size_t count = 0;
  std::array<std::vector<float>, kTransformCount>
      features;  // (count, rows, frames); empty where not an input
};

// What one model says of them.
struct SegmentAnswers {
  // Per network: (count, genres), as trained: neither joined nor calibrated.
  std::vector<std::vector<double>> networks;
  // (count, embedding_size()): what the last layer of each branch reads, scaled to length 1, one branch
  // behind the other. Dot products of two recordings' are the sum over branches of the cosine of their angle.
  std::vector<float> embeddings;
};

// Models of one experiment that differ in their seed or fold alone. They share one network per branch, into
// which the weights of one after the other are loaded: memory does not grow with their number.
class Models {
 public:
  // `files`: model.h5 of each. Throws Error(kData) for a file that is damaged or of another experiment than
  // the first, Error(kUnsupported) for an svm or majority, which only run, or what is not there on `device`.
  Models(const std::vector<std::filesystem::path>& files, Device device, int threads);
  ~Models();
  Models(const Models&) = delete;
  Models& operator=(const Models&) = delete;

  const Experiment& experiment() const;  // of the first
  const std::vector<std::string>& genres() const;
  std::size_t count() const;
  int segment_frames() const;
  std::size_t embedding_size() const;
  std::array<bool, kTransformCount> inputs() const;  // the transforms that branches read
  std::size_t batch() const;                         // segments that keep the device busy

  // Of every model. Batches of any size.
  std::vector<SegmentAnswers> answer(const SegmentBatch& segments);

  // From what each network of one model says of something to what their fusion says: (things, genres) from as
  // many of each. Fusions are fitted on clips, so that means over a clip's segments come before it: stacking
  // a mean is not the mean of what was stacked.
  std::vector<double> join(std::size_t model, const std::vector<std::vector<double>>& networks) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genretrack
