#include "host/nn/parameter_layout.h"

#include <algorithm>
#include <cmath>

#include "host/core/random.h"

namespace genretrack {

std::size_t ParameterLayout::add(std::string name, std::vector<int> shape, ParameterKind kind,
                                 InitialValue initial) {
  ParameterSlot slot{std::move(name), std::move(shape), size_, kind};
  size_ += slot.count();
  slots_.push_back(std::move(slot));
  initial_.push_back(initial);
  return slots_.back().offset;
}

BatchNorm ParameterLayout::add_batch_norm(const std::string& name, int channels) {
  return {
      .scale = add(name + "/scale", {channels}, ParameterKind::kVector, InitialValue::kOne),
      .shift = add(name + "/shift", {channels}, ParameterKind::kVector, InitialValue::kZero),
      .running_mean = add(name + "/running_mean", {channels}, ParameterKind::kStatistic, InitialValue::kZero),
      .running_variance =
          add(name + "/running_variance", {channels}, ParameterKind::kStatistic, InitialValue::kOne),
  };
}

std::size_t ParameterLayout::trained_count() const {
  std::size_t count = 0;
  for (const ParameterSlot& slot : slots_)
    if (slot.kind != ParameterKind::kStatistic) count += slot.count();
  return count;
}

std::vector<float> ParameterLayout::initial_values(std::uint64_t seed) const {
  std::vector<float> values(size_);
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const ParameterSlot& slot = slots_[s];
    float* const out = values.data() + slot.offset;
    if (initial_[s] == InitialValue::kOne) std::fill_n(out, slot.count(), 1.0f);
    if (initial_[s] == InitialValue::kOne || initial_[s] == InitialValue::kZero) continue;
    const std::size_t fan_in = slot.count() / static_cast<std::size_t>(slot.shape[0]);
    const double gain = initial_[s] == InitialValue::kHidden ? 6.0 : 1.0;
    const double bound = std::sqrt(gain / static_cast<double>(fan_in));
    Random random(seed, Purpose::kInitialise, s);
    for (std::size_t i = 0; i < slot.count(); ++i)
      out[i] = static_cast<float>((2 * random.uniform() - 1) * bound);
  }
  return values;
}

}  // namespace genretrack
