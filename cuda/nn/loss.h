// Softmax and cross entropy against soft targets, the mean over the batch.
#pragma once

#include <span>

#include "cuda/nn/plan.h"

namespace genretrack::cuda {

class Loss {
 public:
  // Classes are the C x H x W of x.
  Loss(Plan& plan, const Value& x);

  void queue_forward();   // brings the logits into plain order
  void queue_backward();  // writes the gradient of x

  // Wait for the device.
  double value();
  void logits(std::span<float> plain);

  int classes() const { return classes_; }
  float* targets() const { return targets_; }  // (N, classes)

 private:
  Plan& plan_;
  Value x_;
  int classes_;
  float *logits_, *gradient_;  // (N, classes), plain
  float* targets_;
  DeviceArray<double> losses_;  // of each clip, then of the batch
  // What is read back, in memory that outlives a copy whose wait failed.
  PinnedArray<double> host_loss_;
  PinnedArray<float> host_logits_;
};

}  // namespace genretrack::cuda
