// The two small operations without a library: mean over positions, and dropout.
#include <algorithm>
#include <cstring>

#include "host/backend/dropout.h"
#include "host/cpu/nn/operations.h"

namespace genretrack::cpu {
namespace {

using dnnl::memory;

class Mean final : public Operation {
 public:
  Mean(Plan& plan, const Value& x, Value* out)
      : batch_(plan.batch), channels_(x.channels), layout_(layout_of(x.data.get_desc())), x_(x) {
    const memory::desc plain = plan.map(x.channels, 1, 1, 1);
    out->data = data_ = plan.make(plain);
    if (x.gradient) out->gradient = gradient_ = plan.make(plain);
  }

  void forward(const StepState&) override {
    const float* x = floats(x_.data);
    float* means = floats(data_);
#pragma omp parallel for schedule(static)
    for (int row = 0; row < batch_ * layout_.blocks; ++row) {
      const int n = row / layout_.blocks, first = row % layout_.blocks * layout_.lanes;
      const int lanes = std::min(layout_.lanes, channels_ - first);
      const float* from = x + std::size_t(row) * layout_.area * layout_.lanes;
      for (int lane = 0; lane < lanes; ++lane) {
        double sum = 0;
        for (int i = 0; i < layout_.area; ++i) sum += from[std::size_t(i) * layout_.lanes + lane];
        means[std::size_t(n) * channels_ + first + lane] = static_cast<float>(sum / layout_.area);
      }
    }
  }

  void backward() override {
    if (!gradient_) return;
    const float* means = floats(gradient_);
    float* x = floats(x_.gradient);
#pragma omp parallel for schedule(static)
    for (int row = 0; row < batch_ * layout_.blocks; ++row) {
      const int n = row / layout_.blocks, first = row % layout_.blocks * layout_.lanes;
      const int lanes = std::min(layout_.lanes, channels_ - first);
      float* to = x + std::size_t(row) * layout_.area * layout_.lanes;
      for (int lane = 0; lane < lanes; ++lane) {
        const float share =
            means[std::size_t(n) * channels_ + first + lane] / static_cast<float>(layout_.area);
        for (int i = 0; i < layout_.area; ++i) to[std::size_t(i) * layout_.lanes + lane] = share;
      }
    }
  }
  std::string implementation() const override { return "own"; }

 private:
  int batch_, channels_;
  MapLayout layout_;
  Value x_;
  memory data_, gradient_;
};

class Dropout final : public Operation {
 public:
  Dropout(Plan& plan, float rate, std::uint32_t layer, const Value& x, Value* out)
      : rate_(rate), layer_(layer), batch_(plan.batch), channels_(x.channels), time_(x.time) {
    if (time_) {
      out->time = plan.make_time_major(x.channels, x.width, time_->gradient != nullptr);
      size_ = time_->count();
      area_ = x.width;
      from_ = {time_->data, time_->gradient};
      to_ = {out->time->data, out->time->gradient};
    } else {
      const memory::desc desc = x.data.get_desc();
      layout_ = layout_of(desc);
      size_ = desc.get_size() / sizeof(float);
      area_ = layout_.area;
      out->data = plan.make(desc);
      if (x.gradient) out->gradient = plan.make(desc);
      from_ = {floats(x.data), x.gradient ? floats(x.gradient) : nullptr};
      to_ = {floats(out->data), out->gradient ? floats(out->gradient) : nullptr};
    }
    // In the layout of the maps; zero in lanes beyond the last channel.
    mask_ = plan.make(size_);
  }

  void forward(const StepState& state) override {
    if (state.mode == Mode::kEvaluation) {
      std::memcpy(to_.data, from_.data, size_ * sizeof(float));
      return;
    }
    draw(state);
    multiply(from_.data, to_.data);
  }
  void backward() override {
    if (to_.gradient) multiply(to_.gradient, from_.gradient);
  }
  std::string implementation() const override { return "own"; }

 private:
  struct Buffers {
    float *data = nullptr, *gradient = nullptr;
  };

  // Four neighbours of the plain order come from one draw; chunks count clip, channel and place along with
  // them.
  void draw(const StepState& state) {
    constexpr std::size_t kChunk = 4096;
    const std::size_t area = std::size_t(area_), count = std::size_t(batch_) * channels_ * area;
    const auto chunks = static_cast<std::ptrdiff_t>((count + kChunk - 1) / kChunk);
#pragma omp parallel for schedule(static)
    for (std::ptrdiff_t chunk = 0; chunk < chunks; ++chunk) {
      const std::size_t begin = std::size_t(chunk) * kChunk, end = std::min(count, begin + kChunk);
      auto n = static_cast<int>(begin / area / channels_), c = static_cast<int>(begin / area % channels_);
      auto place = static_cast<int>(begin % area);
      for (std::size_t i = begin; i < end; i += 4) {
        const auto keeps = dropout_keeps(state.seed, state.step, layer_, i / 4, rate_);
        for (std::size_t k = 0; k < 4 && i + k < end; ++k) {
          mask_[offset(n, c, place)] = keeps[k] ? 1.0f : 0.0f;
          if (++place < area_) continue;
          place = 0;
          if (++c < channels_) continue;
          c = 0;
          ++n;
        }
      }
    }
  }

  std::size_t offset(int n, int c, int place) const {
    return time_ ? time_->clip(n) + std::size_t(place) * time_->step(n) + c : layout_.offset(n, c, place);
  }

  void multiply(const float* from, float* to) const {
    const float kept = 1 - rate_;
    const auto count = static_cast<std::ptrdiff_t>(size_);
#pragma omp parallel for schedule(static)
    for (std::ptrdiff_t i = 0; i < count; ++i) to[i] = from[i] * mask_[i] / kept;
  }

  float rate_;
  std::uint32_t layer_;
  int batch_, channels_, area_ = 0;
  std::optional<TimeMajor> time_;
  MapLayout layout_;  // where there is no time_
  std::size_t size_ = 0;
  Buffers from_, to_;
  float* mask_ = nullptr;
};

}  // namespace

std::unique_ptr<Operation> make_mean(Plan& plan, const Value& x, Value* out) {
  return std::make_unique<Mean>(plan, x, out);
}

std::unique_ptr<Operation> make_dropout(Plan& plan, float rate, std::uint32_t layer, const Value& x,
                                        Value* out) {
  return std::make_unique<Dropout>(plan, rate, layer, x, out);
}

}  // namespace genretrack::cpu
