// Means over all positions of a map, or over its height. Letters: maps (N, H, W, C).
#include "cuda/core/grid.cuh"
#include "cuda/nn/operations.h"

namespace genretrack::cuda {
namespace {

// Of (outer, middle, inner) values the mean over `middle`. Over the height: outer is N, inner W * C; over all
// positions, inner is C.
struct MeanShape {
  int outer, middle, inner;
};

// Grid (inner / kTileColumns, outer), tiles.
__global__ void mean_kernel(MeanShape s, const float* x, float* means) {
  __shared__ float sums[kTileRows * kTileColumns];
  const int c = static_cast<int>(blockIdx.x) * kTileColumns + static_cast<int>(threadIdx.x);
  const auto inner = static_cast<std::size_t>(s.inner);
  const float* from = x + static_cast<std::size_t>(blockIdx.y) * static_cast<std::size_t>(s.middle) * inner;
  float sum = 0;
  if (c < s.inner)
    for (int i = static_cast<int>(threadIdx.y); i < s.middle; i += kTileRows)
      sum += from[static_cast<std::size_t>(i) * inner + static_cast<std::size_t>(c)];
  sum = sum_of_rows(sum, sums);
  if (c < s.inner && threadIdx.y == 0)
    means[static_cast<std::size_t>(blockIdx.y) * inner + static_cast<std::size_t>(c)] =
        sum / static_cast<float>(s.middle);
}

// Grid (values / kBlock).
__global__ void spread_kernel(MeanShape s, std::size_t count, const float* gradients, float* x) {
  const std::size_t i = element_of_thread();
  if (i >= count) return;
  const auto inner = static_cast<std::size_t>(s.inner), middle = static_cast<std::size_t>(s.middle);
  x[i] = gradients[i / inner / middle * inner + i % inner] / static_cast<float>(s.middle);
}

class Mean final : public Operation {
 public:
  Mean(Plan& plan, bool height_only, const Value& x, Value* out)
      : plan_(plan),
        shape_{x.batch, height_only ? x.height : x.height * x.width,
               height_only ? x.width * x.channels : x.channels},
        x_(x) {
    out->data = plan.make(out->count());
    if (x.gradient) plan.make_gradient(out);
    out_ = *out;
  }

  void forward(Mode) override {
    launch(mean_kernel,
           {dim3(column_tiles(shape_.inner), static_cast<unsigned>(shape_.outer)), tile_block(), 0,
            plan_.stream, "take means"},
           shape_, x_.data, out_.data);
  }
  void backward() override {
    if (x_.gradient)
      launch(spread_kernel, each_element(x_.count(), plan_.stream, "spread gradients"), shape_, x_.count(),
             out_.gradient, x_.gradient);
  }
  std::string implementation() const override { return "own"; }

 private:
  Plan& plan_;
  MeanShape shape_;
  Value x_, out_;
};

}  // namespace

OperationPointer make_mean(Plan& plan, bool height_only, const Value& x, Value* out) {
  return std::make_unique<Mean>(plan, height_only, x, out);
}

}  // namespace genretrack::cuda
