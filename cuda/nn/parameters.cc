#include "cuda/nn/parameters.h"

#include <algorithm>

namespace genretrack::cuda {
namespace {

constexpr std::size_t kBorder = 64;  // floats

std::size_t rounded(std::size_t floats) { return (floats + kBorder - 1) / kBorder * kBorder; }

}  // namespace

Parameters::Parameters(Plan& plan, std::span<const ParameterSlot> layout) : plan_(plan) {
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
  place_slots();
  for (float*& buffer : buffers_)
    buffer = plan_.make_zeros(sizes_.all);  // what lies between slots stays zero
  numbers_ = DeviceArray<UpdateNumbers>(1);
  partial_squares_ = DeviceArray<double>(square_shares(sizes_));
  factor_ = DeviceArray<float>(1);
  packed_ = PinnedArray<float>(sizes_.all);
  std::fill_n(packed_.data(), packed_.size(), 0.0f);
}

void Parameters::place_slots() {
  std::size_t end = 0;
  const auto place = [&](const auto& belongs) {
    for (Slot& s : slots_)
      if (belongs(s)) {
        s.place = end;
        end += rounded(s.slot.count());
      }
  };
  place([](const Slot& s) { return s.trained() && s.slot.kind == ParameterKind::kWeight; });
  sizes_.decayed = end;
  place([](const Slot& s) { return s.trained() && s.slot.kind == ParameterKind::kVector; });
  sizes_.trained = end;
  place([](const Slot& s) { return !s.trained(); });
  sizes_.all = end;
}

DeviceSlot Parameters::claim(std::size_t offset, ParameterKind kind, std::size_t count) {
  const auto at =
      std::find_if(slots_.begin(), slots_.end(), [&](const Slot& s) { return s.slot.offset == offset; });
  if (at == slots_.end())
    throw Error(ErrorKind::kFailure, "no parameter at offset " + std::to_string(offset) + " of the layout");
  if (at->slot.count() != count || at->slot.kind != kind || at->claimed)
    throw Error(ErrorKind::kFailure, "parameter " + at->slot.name + " has " +
                                         std::to_string(at->slot.count()) +
                                         " values where its operation needs " + std::to_string(count) +
                                         ", or another kind, or is used twice");
  at->claimed = true;
  return {buffer(Buffer::kParameters) + at->place, buffer(Buffer::kGradients) + at->place, at->trained()};
}

void Parameters::check_size(std::size_t size) const {
  if (size != plain_size_)
    throw Error(ErrorKind::kFailure, "a transfer of " + std::to_string(size) +
                                         " parameters where the network has " + std::to_string(plain_size_));
}

void Parameters::upload(Buffer which, std::span<const float> plain) {
  check_size(plain.size());
  if (packed_.size() == 0) return;
  for (const Slot& s : slots_)
    std::copy_n(plain.begin() + static_cast<std::ptrdiff_t>(s.slot.offset), s.slot.count(),
                packed_.data() + s.place);
  check_cuda(
      cudaMemcpyAsync(buffer(which), packed_.data(), packed_.bytes(), cudaMemcpyHostToDevice, plan_.stream),
      "copy parameters to the device");
  plan_.stream.synchronize("copy parameters to the device");
}

void Parameters::download(Buffer which, std::span<float> plain) {
  check_size(plain.size());
  if (packed_.size() == 0) return;
  check_cuda(
      cudaMemcpyAsync(packed_.data(), buffer(which), packed_.bytes(), cudaMemcpyDeviceToHost, plan_.stream),
      "copy parameters from the device");
  plan_.stream.synchronize("copy parameters from the device");
  for (const Slot& s : slots_)
    std::copy_n(packed_.data() + s.place, s.slot.count(),
                plain.begin() + static_cast<std::ptrdiff_t>(s.slot.offset));
  std::fill_n(packed_.data(), packed_.size(), 0.0f);  // what lies between slots is uploaded as zeros
}

void Parameters::queue_update(const UpdateShape& shape) {
  update_parameters(
      shape, sizes_,
      {buffer(Buffer::kParameters), buffer(Buffer::kGradients), buffer(Buffer::kFirstMoments),
       buffer(Buffer::kSecondMoments), buffer(Buffer::kAverage), partial_squares_.data(), factor_.data()},
      numbers_.data(), plan_.stream);
}

}  // namespace genretrack::cuda
