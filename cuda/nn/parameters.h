// Parameters, gradients, the optimizer's moments and the average, each as one flat buffer on the device:
// first what is trained with weight decay, then what is trained without, then what no update touches. Every
// slot keeps the row-major order of our plain layout and begins on a border of 256 bytes.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "cuda/nn/optimizer.h"
#include "cuda/nn/plan.h"

namespace genretrack::cuda {

struct DeviceSlot {
  float* value = nullptr;
  float* gradient = nullptr;
  bool trained = false;
};

class Parameters {
 public:
  // Throws Error(kFailure) where two slots overlap or a shape is empty.
  Parameters(Plan& plan, std::span<const ParameterSlot> layout);

  // Claims the slot at `offset` for an operation. Throws Error(kFailure) where there is no such slot, or one
  // of another size or kind, or it was claimed before.
  DeviceSlot claim(std::size_t offset, ParameterKind kind, std::size_t count);

  // Wait for the device.
  void upload(Buffer which, std::span<const float> plain);
  void download(Buffer which, std::span<float> plain);

  // Queued; update_numbers() are in device memory by then.
  void queue_update(const UpdateShape& shape);
  UpdateNumbers* update_numbers() const { return numbers_.data(); }

 private:
  struct Slot {
    ParameterSlot slot;
    std::size_t place = 0;  // floats from the start of each buffer
    bool claimed = false;
    bool trained() const { return slot.kind != ParameterKind::kStatistic && !slot.frozen; }
  };
  void place_slots();
  void check_size(std::size_t size) const;
  float* buffer(Buffer which) const { return buffers_[static_cast<std::size_t>(which)]; }

  Plan& plan_;
  std::vector<Slot> slots_;
  std::size_t plain_size_ = 0;
  FlatSizes sizes_;
  std::array<float*, 5> buffers_{};
  DeviceArray<UpdateNumbers> numbers_;
  DeviceArray<double> partial_squares_;
  DeviceArray<float> factor_;
  PinnedArray<float> packed_;  // of a transfer
};

}  // namespace genretrack::cuda
