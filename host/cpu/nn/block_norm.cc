// Own passes on blocked maps. Neither the normalised maps nor a workspace is stored, only the winner of each
// pooling window; for 32 x 128 x 130 maps this moves half the bytes of three separate primitives.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "host/cpu/nn/norm.h"
#include "host/cpu/nn/norm_kernels.h"

namespace genretrack::cpu {
namespace {

class BlockNorm final : public NormReluPool {
 public:
  BlockNorm(Plan& plan, const dnnl::memory& input, const NormShape& shape, const NormSlots& slots, Value* out)
      : input_(input), slots_(slots), kernels_(norm_kernels(lanes_of(input.get_desc()))) {
    const dnnl::memory::dims dims = input.get_desc().dims();
    channels_ = static_cast<int>(dims[1]);
    plane_.height = static_cast<int>(dims[2]);
    plane_.width = static_cast<int>(dims[3]);
    plane_.pool_height = shape.pool_height;
    plane_.pool_width = shape.pool_width;
    plane_.floor = shape.relu ? 0 : -std::numeric_limits<float>::infinity();
    frozen_ = shape.frozen;
    const MapLayout layout = layout_of(input.get_desc());
    blocks_ = layout.blocks;
    planes_ = plan.batch * blocks_;
    area_ = std::size_t(plane_.height) * plane_.width;
    pooled_area_ = std::size_t(plane_.pooled_height()) * plane_.pooled_width();
    const auto pooled = plan.map(channels_, plane_.pooled_height(), plane_.pooled_width(), layout.lanes);
    out->data = output_ = plan.make(pooled);
    out->gradient = output_gradient_ = plan.make(pooled);
    // Without pooling every value is the winner of its window.
    winners_ = shape.pool_height * shape.pool_width == 1 ? input : plan.make(pooled);
    partial_ = FloatBuffer(std::size_t(planes_) * 3 * kernels_.lanes);
    const std::size_t padded = std::size_t(blocks_) * kernels_.lanes;
    for (FloatBuffer* b : {&mean_, &scale_, &shift_, &inverse_, &gradient_mean_, &gradient_slope_})
      *b = FloatBuffer(padded);
  }

  void forward(Mode mode) override {
    if (mode == Mode::kTraining && !frozen_) {
      for_planes([&](const NormPlane& plane, int k) { kernels_.statistics(plane, input(k), partial(k, 3)); });
      gather_statistics();
    } else {
      for (int c = 0; c < channels_; ++c)
        set_channel(c, floats(slots_.running_mean.value)[c], floats(slots_.running_variance.value)[c]);
    }
    const bool keep = mode == Mode::kTraining && plane_.pool_height * plane_.pool_width > 1;
    for_planes([&](const NormPlane& plane, int k) {
      kernels_.apply(plane, input(k), keep ? pooled(winners_, k) : nullptr, pooled(output_, k));
    });
  }

  void backward() override {
    for_planes([&](const NormPlane& plane, int k) {
      kernels_.sums(plane, pooled(winners_, k), pooled(output_gradient_, k), partial(k, 2));
    });
    const int lanes = kernels_.lanes;
    const double count = double(planes_ / blocks_) * double(area_);
    for (int c = 0; c < channels_; ++c) {
      double sum = 0, product = 0;
      for (int k = c / lanes; k < planes_; k += blocks_) {
        sum += partial(k, 2)[c % lanes];
        product += partial(k, 2)[lanes + c % lanes];
      }
      const double inverse = inverse_.data()[c];
      floats(slots_.shift.gradient)[c] = static_cast<float>(sum);
      floats(slots_.scale.gradient)[c] = static_cast<float>(product * inverse);
      if (frozen_) continue;  // mean and variance do not depend on the batch: both stay 0
      gradient_mean_.data()[c] = static_cast<float>(sum / count);
      gradient_slope_.data()[c] = static_cast<float>(product * inverse * inverse / count);
    }
    for_planes([&](const NormPlane& plane, int k) {
      kernels_.gradient(plane, pooled(output_gradient_, k), input(k));
    });
  }

  dnnl::memory input_gradient() const override { return input_; }
  std::string implementation() const override {
    return "own:" + kernels_.instructions + ":" + std::to_string(kernels_.lanes) + "c";
  }

 private:
  float* input(int k) const { return floats(input_) + std::size_t(k) * area_ * kernels_.lanes; }
  float* pooled(const dnnl::memory& maps, int k) const {
    return floats(maps) + std::size_t(k) * pooled_area_ * kernels_.lanes;
  }
  float* partial(int k, int values) const {
    return partial_.data() + std::size_t(k) * values * kernels_.lanes;
  }

  template <class Work>
  void for_planes(const Work& work) const {
#pragma omp parallel for schedule(static)
    for (int k = 0; k < planes_; ++k) {
      NormPlane plane = plane_;
      const int channel = k % blocks_ * kernels_.lanes;
      plane.mean = mean_.data() + channel;
      plane.scale = scale_.data() + channel;
      plane.shift = shift_.data() + channel;
      plane.gradient_mean = gradient_mean_.data() + channel;
      plane.gradient_slope = gradient_slope_.data() + channel;
      work(plane, k);
    }
  }

  // Means and squared deviations of planes become those of the batch (Chan, Golub and LeVeque 1979).
  void gather_statistics() {
    const int lanes = kernels_.lanes, clips = planes_ / blocks_;
    const double area = double(area_), count = area * clips;
    for (int c = 0; c < channels_; ++c) {
      double mean = 0, deviations = 0;
      const auto plane_mean = [&](const float* p) { return double(p[0]) + p[lanes] / area; };
      for (int k = c / lanes; k < planes_; k += blocks_) mean += plane_mean(partial(k, 3) + c % lanes);
      mean /= clips;
      for (int k = c / lanes; k < planes_; k += blocks_) {
        const float* p = partial(k, 3) + c % lanes;
        const double off = plane_mean(p) - mean, within = p[2 * lanes] - double(p[lanes]) * p[lanes] / area;
        deviations += (within < 0 ? 0 : within) + area * off * off;
      }
      set_channel(c, mean, deviations / count);
      move_running_statistics(c, mean, deviations / count, count, slots_);
    }
  }

  void set_channel(int c, double mean, double variance) {
    const double inverse = 1 / std::sqrt(variance + kNormEpsilon);
    mean_.data()[c] = static_cast<float>(mean);
    inverse_.data()[c] = static_cast<float>(inverse);
    scale_.data()[c] = static_cast<float>(floats(slots_.scale.value)[c] * inverse);
    shift_.data()[c] = floats(slots_.shift.value)[c];
  }

  dnnl::memory input_, output_, output_gradient_, winners_;
  NormSlots slots_;
  const NormKernels& kernels_;
  NormPlane plane_;
  int channels_ = 0, blocks_ = 0, planes_ = 0;
  bool frozen_ = false;
  std::size_t area_ = 0, pooled_area_ = 0;
  FloatBuffer partial_;  // per plane
  FloatBuffer mean_, scale_, shift_, inverse_, gradient_mean_, gradient_slope_;
};

}  // namespace

std::unique_ptr<NormReluPool> make_block_norm(Plan& plan, const dnnl::memory& input, const NormShape& shape,
                                              const NormSlots& slots, Value* out) {
  return std::make_unique<BlockNorm>(plan, input, shape, slots, out);
}

}  // namespace genretrack::cpu
