#include "host/nn/parameter_layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "host/core/random.h"

namespace genretrack {

namespace {

// Gram and Schmidt on rows of normal numbers, twice, which keeps them orthogonal to rounding.
void fill_orthogonal(const ParameterSlot& slot, Random random, float* out) {
  const auto size = static_cast<std::size_t>(slot.shape[1]);
  const std::size_t blocks = static_cast<std::size_t>(slot.shape[0]) / size;
  std::vector<double> rows(size * size);
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t r = 0; r < size; ++r) {
      double* const row = rows.data() + r * size;
      for (std::size_t i = 0; i < size; ++i) {
        const double radius = std::sqrt(-2 * std::log(random.uniform()));
        row[i] = radius * std::cos(2 * std::numbers::pi * random.uniform());
      }
      for (int pass = 0; pass < 2; ++pass)
        for (std::size_t before = 0; before < r; ++before) {
          const double* const other = rows.data() + before * size;
          const double along = std::inner_product(row, row + size, other, 0.0);
          for (std::size_t i = 0; i < size; ++i) row[i] -= along * other[i];
        }
      const double length = std::sqrt(std::inner_product(row, row + size, row, 0.0));
      for (std::size_t i = 0; i < size; ++i) {
        row[i] /= length;
        out[(block * size + r) * size + i] = static_cast<float>(row[i]);
      }
    }
  }
}

}  // namespace

std::size_t ParameterLayout::add(std::string name, std::vector<int> shape, ParameterKind kind,
                                 InitialValue initial) {
  ParameterSlot slot{std::move(name), std::move(shape), size_, kind, frozen_};
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
      .frozen = frozen_,
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
    if (initial_[s] == InitialValue::kForgetGate) std::fill_n(out + slot.count() / 4, slot.count() / 4, 1.0f);
    if (initial_[s] == InitialValue::kOrthogonal)
      fill_orthogonal(slot, Random(seed, Purpose::kInitialise, s), out);
    if (initial_[s] != InitialValue::kHidden && initial_[s] != InitialValue::kOutput) continue;
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
