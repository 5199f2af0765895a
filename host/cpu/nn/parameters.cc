#include "host/cpu/nn/parameters.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "host/core/error.h"
#include "host/cpu/nn/update_kernels.h"

namespace genretrack::cpu {

using dnnl::memory;

namespace {

constexpr std::size_t kAlignment = 16;  // floats: a vector, and a cache line
constexpr std::size_t kShare = 16384;   // floats of one share of an update, for every number of threads

std::size_t rounded(std::size_t floats) { return (floats + kAlignment - 1) / kAlignment * kAlignment; }

memory::desc plain_desc(const memory::dims& shape) {
  memory::dims strides(shape.size(), 1);
  for (std::size_t i = shape.size() - 1; i > 0; --i) strides[i - 1] = strides[i] * shape[i];
  return memory::desc(shape, memory::data_type::f32, strides);
}

}  // namespace

Parameters::Parameters(const dnnl::engine& engine, std::span<const ParameterSlot> layout) : engine_(engine) {
  for (const ParameterSlot& slot : layout) {
    if (slot.shape.empty() || slot.count() == 0)
      throw Error(ErrorKind::kFailure, "parameter " + slot.name + " has an empty shape");
    slots_.emplace_back().slot = slot;
  }
  std::sort(slots_.begin(), slots_.end(),
            [](const Slot& a, const Slot& b) { return a.slot.offset < b.slot.offset; });
  for (const Slot& s : slots_) {
    if (s.slot.offset < plain_size_)
      throw Error(ErrorKind::kFailure, "parameter " + s.slot.name + " overlaps the one before it");
    plain_size_ = s.slot.offset + s.slot.count();
  }
}

PackedSlot Parameters::claim(std::size_t offset, ParameterKind kind, const memory::dims& shape,
                             const memory::desc& packed) {
  const auto at =
      std::find_if(slots_.begin(), slots_.end(), [&](const Slot& s) { return s.slot.offset == offset; });
  if (at == slots_.end())
    throw Error(ErrorKind::kFailure, "no parameter at offset " + std::to_string(offset) + " of the layout");
  std::size_t count = 1;
  for (const auto n : shape) count *= static_cast<std::size_t>(n);
  if (at->slot.count() != count || at->slot.kind != kind || at->claimed)
    throw Error(ErrorKind::kFailure, "parameter " + at->slot.name + " has " +
                                         std::to_string(at->slot.count()) +
                                         " values where its operation needs " + std::to_string(count) +
                                         ", or another kind, or is used twice");
  at->claimed = true;
  at->plain = memory(plain_desc(shape), engine_, DNNL_MEMORY_NONE);
  for (memory& m : at->packed) m = memory(packed, engine_, DNNL_MEMORY_NONE);
  return {at->packed[0], at->packed[1]};
}

PackedSlot Parameters::claim_vector(std::size_t offset, ParameterKind kind, int count) {
  const memory::dims shape = {count};
  return claim(offset, kind, shape, plain_desc(shape));
}

bool Parameters::frozen(std::size_t offset) const {
  return std::any_of(slots_.begin(), slots_.end(),
                     [&](const Slot& s) { return s.slot.offset == offset && s.slot.frozen; });
}

void Parameters::allocate() {
  for (Slot& s : slots_)
    if (!s.claimed) claim_vector(s.slot.offset, s.slot.kind, static_cast<int>(s.slot.count()));
  std::size_t end = 0;
  std::vector<std::size_t> places(slots_.size());
  for (const ParameterKind kind :
       {ParameterKind::kWeight, ParameterKind::kVector, ParameterKind::kStatistic}) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const ParameterSlot& slot = slots_[i].slot;
      if ((slot.frozen ? ParameterKind::kStatistic : slot.kind) != kind) continue;
      places[i] = end;
      end += rounded((slots_[i].packed[0].get_desc().get_size() + sizeof(float) - 1) / sizeof(float));
    }
    if (kind == ParameterKind::kWeight) decayed_ = end;
    if (kind == ParameterKind::kVector) trained_ = end;
  }
  squares_.assign((trained_ + kShare - 1) / kShare, 0);
  for (std::size_t b = 0; b < buffers_.size(); ++b) {
    buffers_[b] = FloatBuffer(end);
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      Slot& s = slots_[i];
      s.packed[b].set_data_handle(buffers_[b].data() + places[i]);
      if (s.packed[b].get_desc() == s.plain.get_desc()) continue;
      s.pack[b] = Call(dnnl::reorder(dnnl::reorder::primitive_desc(s.plain, s.packed[b])),
                       {{DNNL_ARG_FROM, s.plain}, {DNNL_ARG_TO, s.packed[b]}});
      s.unpack[b] = Call(dnnl::reorder(dnnl::reorder::primitive_desc(s.packed[b], s.plain)),
                         {{DNNL_ARG_FROM, s.packed[b]}, {DNNL_ARG_TO, s.plain}});
    }
  }
}

void Parameters::check_size(std::size_t size) const {
  if (size != plain_size_)
    throw Error(ErrorKind::kFailure, "a transfer of " + std::to_string(size) +
                                         " parameters where the network has " + std::to_string(plain_size_));
}

void Parameters::upload(Buffer which, std::span<const float> plain, const dnnl::stream& stream) {
  check_size(plain.size());
  const auto b = static_cast<std::size_t>(which);
  for (Slot& s : slots_) {
    const float* from = plain.data() + s.slot.offset;
    if (s.packed[b].get_desc() == s.plain.get_desc()) {
      std::memcpy(floats(s.packed[b]), from, s.slot.count() * sizeof(float));
    } else {
      s.plain.set_data_handle(const_cast<float*>(from));  // only read
      s.pack[b].run(stream);
    }
  }
}

void Parameters::download(Buffer which, std::span<float> plain, const dnnl::stream& stream) {
  check_size(plain.size());
  const auto b = static_cast<std::size_t>(which);
  for (Slot& s : slots_) {
    float* to = plain.data() + s.slot.offset;
    if (s.packed[b].get_desc() == s.plain.get_desc()) {
      std::memcpy(to, floats(s.packed[b]), s.slot.count() * sizeof(float));
    } else {
      s.plain.set_data_handle(to);
      s.unpack[b].run(stream);
    }
  }
}

double Parameters::gradient_norm() {
  const auto shares = static_cast<std::ptrdiff_t>((trained_ + kShare - 1) / kShare);
#pragma omp parallel for schedule(static)
  for (std::ptrdiff_t i = 0; i < shares; ++i) {
    const std::size_t from = static_cast<std::size_t>(i) * kShare;
    squares_[static_cast<std::size_t>(i)] = update_kernels().sum_of_squares(
        std::min(kShare, trained_ - from), buffers_[std::size_t(Buffer::kGradients)].data() + from);
  }
  return std::sqrt(std::accumulate(squares_.begin(), squares_.end(), 0.0));
}

void Parameters::update(const Update& update) {
  const UpdateKernels& kernels = update_kernels();
  const float factor = update.max_gradient_norm > 0
                           ? static_cast<float>(clipping_factor(gradient_norm(), update.max_gradient_norm))
                           : 1.0f;
  const auto region = [&](std::size_t begin, std::size_t end, bool decayed) {
    const AdamWStep<float> adamw(update, decayed);
    const SgdStep<float> sgd(update, decayed);
    const auto shares = static_cast<std::ptrdiff_t>((end - begin + kShare - 1) / kShare);
#pragma omp parallel for schedule(static)
    for (std::ptrdiff_t i = 0; i < shares; ++i) {
      const std::size_t from = begin + static_cast<std::size_t>(i) * kShare;
      const UpdateArrays arrays = {buffers_[1].data() + from, buffers_[0].data() + from,
                                   buffers_[2].data() + from, buffers_[3].data() + from};
      if (update.optimizer == Optimizer::kAdamW)
        kernels.adamw(adamw, factor, std::min(kShare, end - from), arrays);
      else
        kernels.sgd(sgd, factor, std::min(kShare, end - from), arrays);
    }
  };
  region(0, decayed_, true);
  region(decayed_, trained_, false);
  if (update.average_keep > 0) move_average(static_cast<float>(update.average_keep));
}

void Parameters::move_average(float keep) {
  const auto& weights = buffers_[std::size_t(Buffer::kParameters)];
  const auto& averages = buffers_[std::size_t(Buffer::kAverage)];
  const auto shares = static_cast<std::ptrdiff_t>((weights.size() + kShare - 1) / kShare);
#pragma omp parallel for schedule(static)
  for (std::ptrdiff_t i = 0; i < shares; ++i) {
    const std::size_t from = static_cast<std::size_t>(i) * kShare;
    update_kernels().average(keep, std::min(kShare, weights.size() - from), weights.data() + from,
                             averages.data() + from);
  }
}

}  // namespace genretrack::cpu
