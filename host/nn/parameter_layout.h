// Our own layout of a network's parameters: one flat vector, a named slot for each tensor. Checkpoints,
// models and every backend speak it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/backend/network_ops.h"

namespace genretrack {

// What a slot starts from.
enum class InitialValue {
  kHidden,      // uniform in +-sqrt(6 / fan_in): He et al. 2015, for layers with a ReLU behind them
  kOutput,      // uniform in +-sqrt(1 / fan_in): small logits to begin with
  kOrthogonal,  // each square block of rows an orthogonal matrix (Saxe et al. 2014): recurrent weights
                // neither shrink nor grow what they carry from frame to frame
  kForgetGate,  // zero, and one in the second quarter: an LSTM that remembers (Jozefowicz et al. 2015)
  kZero,
  kOne,
};

class ParameterLayout {
 public:
  // Adds a slot behind the others; returns its offset.
  std::size_t add(std::string name, std::vector<int> shape, ParameterKind kind, InitialValue initial);
  // Scale, shift and running statistics of `channels`, named <name>/scale and so on.
  BatchNorm add_batch_norm(const std::string& name, int channels);
  // Whether slots and norms that are added from now on are frozen.
  void freeze(bool frozen) { frozen_ = frozen; }

  const std::vector<ParameterSlot>& slots() const { return slots_; }
  std::size_t size() const { return size_; }  // floats
  std::size_t trained_count() const;          // without statistics: what people call "parameters"
  std::vector<float> initial_values(std::uint64_t seed) const;

 private:
  std::vector<ParameterSlot> slots_;
  std::vector<InitialValue> initial_;
  std::size_t size_ = 0;
  bool frozen_ = false;
};

}  // namespace genretrack
