// One vector per clip from a map over time. Letters: N batch, T frames, C channels; maps are (N, T, C).
#include <cmath>

#include "cuda/core/grid.cuh"
#include "cuda/core/reductions.cuh"
#include "cuda/nn/norm_laws.h"
#include "cuda/nn/operations.h"

namespace genretrack::cuda {
namespace {

struct SummaryShape {
  int batch, frames, channels;
  TimeSummary summary;
  int directions;
  // Whether channel c of the last frame is summarised at frame 0: the second direction's, which ends there.
  GENRETRACK_HOST_DEVICE bool ends_first(int c) const { return directions == 2 && c >= channels / 2; }
};

// Frames of one channel of one clip.
struct Frames {
  const float* first;
  std::size_t apart;
  __device__ Frames(const SummaryShape& s, const float* x, std::size_t n, int c)
      : first(x + n * static_cast<std::size_t>(s.frames) * static_cast<std::size_t>(s.channels) +
              static_cast<std::size_t>(c)),
        apart(static_cast<std::size_t>(s.channels)) {}
  __device__ float at(int t) const { return first[static_cast<std::size_t>(t) * apart]; }
};

__device__ inline int largest_frame(const SummaryShape& s, const Frames& frames) {
  int which = 0;
  float most = frames.at(0);
  for (int t = 1; t < s.frames; ++t)
    if (displaces(most, frames.at(t), false)) most = frames.at(which = t);
  return which;
}

// Grid (N * C / kBlock): everything but attention.
__global__ void summary_kernel(SummaryShape s, std::size_t count, const float* x, float* y) {
  const std::size_t i = element_of_thread();
  if (i >= count) return;
  const auto channels = static_cast<std::size_t>(s.channels);
  const auto c = static_cast<int>(i % channels);
  const std::size_t n = i / channels;
  const Frames frames(s, x, n, c);
  const bool both = s.summary == TimeSummary::kBoth;
  float* out = y + n * channels * (both ? 2 : 1) + c;
  if (both || s.summary == TimeSummary::kMean) {
    float sum = 0;
    for (int t = 0; t < s.frames; ++t) sum += frames.at(t);
    *out = sum / static_cast<float>(s.frames);
    out += channels;
  }
  if (both || s.summary == TimeSummary::kMax) *out = frames.at(largest_frame(s, frames));
  if (s.summary == TimeSummary::kLast) *out = frames.at(s.ends_first(c) ? 0 : s.frames - 1);
}

// Grid (N * C / kBlock). The first of equal maxima takes their gradient.
__global__ void summary_gradient_kernel(SummaryShape s, std::size_t count, const float* x,
                                        const float* gradients, float* x_gradient) {
  const std::size_t i = element_of_thread();
  if (i >= count) return;
  const auto channels = static_cast<std::size_t>(s.channels);
  const auto c = static_cast<int>(i % channels);
  const std::size_t n = i / channels;
  const Frames frames(s, x, n, c);
  const bool both = s.summary == TimeSummary::kBoth;
  const float* from = gradients + n * channels * (both ? 2 : 1) + c;
  float everywhere = 0, at_one = 0;
  int one = -1;
  if (both || s.summary == TimeSummary::kMean) {
    everywhere = *from / static_cast<float>(s.frames);
    from += channels;
  }
  if (both || s.summary == TimeSummary::kMax) {
    one = largest_frame(s, frames);
    at_one = *from;
  }
  if (s.summary == TimeSummary::kLast) {
    one = s.ends_first(c) ? 0 : s.frames - 1;
    at_one = *from;
  }
  float* out = x_gradient + (frames.first - x);
  for (int t = 0; t < s.frames; ++t)
    out[static_cast<std::size_t>(t) * frames.apart] = everywhere + (t == one ? at_one : 0);
}

// Grid (N * T), one warp each: products[n, t] = v . x[n, t]; v is (C), or (N, C) where it is of each clip.
__global__ void products_kernel(SummaryShape s, const float* x, const float* v, bool of_each_clip,
                                float* products) {
  const std::size_t row = blockIdx.x, channels = static_cast<std::size_t>(s.channels);
  if (of_each_clip) v += row / static_cast<std::size_t>(s.frames) * channels;
  float sum = 0;
  for (std::size_t c = threadIdx.x; c < channels; c += kWarp) sum += v[c] * x[row * channels + c];
  sum = warp_sum(sum);
  if (threadIdx.x == 0) products[row] = sum;
}

// Grid (N), one warp each: scores (N, T) become their softmax over T.
__global__ void softmax_kernel(int frames, float* scores) {
  float* row = scores + static_cast<std::size_t>(blockIdx.x) * static_cast<std::size_t>(frames);
  float most = -INFINITY, sum = 0;
  for (int t = static_cast<int>(threadIdx.x); t < frames; t += kWarp) most = fmaxf(most, row[t]);
  most = warp_max(most);
  for (int t = static_cast<int>(threadIdx.x); t < frames; t += kWarp) sum += expf(row[t] - most);
  sum = warp_sum(sum);
  for (int t = static_cast<int>(threadIdx.x); t < frames; t += kWarp) row[t] = expf(row[t] - most) / sum;
}

// Grid (N * C / kBlock): y[n, c] = sum over t of weights[n, t] x[n, t, c].
__global__ void weighted_sum_kernel(SummaryShape s, std::size_t count, const float* x, const float* weights,
                                    float* y) {
  const std::size_t i = element_of_thread();
  if (i >= count) return;
  const std::size_t n = i / static_cast<std::size_t>(s.channels);
  const Frames frames(s, x, n, static_cast<int>(i % static_cast<std::size_t>(s.channels)));
  float sum = 0;
  for (int t = 0; t < s.frames; ++t)
    sum += weights[n * static_cast<std::size_t>(s.frames) + static_cast<std::size_t>(t)] * frames.at(t);
  y[i] = sum;
}

// Grid (N), one warp each: with p_t = dy . x_t, the score's gradient is a_t (p_t - sum over j of a_j p_j); it
// stands where p_t stood.
__global__ void score_gradients_kernel(int frames, const float* weights, float* products) {
  const std::size_t row = static_cast<std::size_t>(blockIdx.x) * static_cast<std::size_t>(frames);
  float mean = 0;
  for (std::size_t t = threadIdx.x; t < static_cast<std::size_t>(frames); t += kWarp)
    mean += weights[row + t] * products[row + t];
  mean = warp_sum(mean);
  for (std::size_t t = threadIdx.x; t < static_cast<std::size_t>(frames); t += kWarp)
    products[row + t] = weights[row + t] * (products[row + t] - mean);
}

// Grid (values / kBlock): dx = a_t dy + ds_t query.
__global__ void attention_gradient_kernel(SummaryShape s, std::size_t count, const float* weights,
                                          const float* score_gradients, const float* query,
                                          const float* gradients, float* x_gradient) {
  const std::size_t i = element_of_thread();
  if (i >= count) return;
  const auto channels = static_cast<std::size_t>(s.channels);
  const std::size_t row = i / channels, c = i % channels, n = row / static_cast<std::size_t>(s.frames);
  x_gradient[i] = weights[row] * gradients[n * channels + c] + score_gradients[row] * query[c];
}

// Grid (C / kTileColumns), tiles: dquery[c] = sum over n, t of ds x.
__global__ void query_gradient_kernel(SummaryShape s, const float* x, const float* score_gradients,
                                      float* query_gradient) {
  __shared__ float sums[kTileRows * kTileColumns];
  const int c = static_cast<int>(blockIdx.x) * kTileColumns + static_cast<int>(threadIdx.x);
  const std::size_t rows = static_cast<std::size_t>(s.batch) * static_cast<std::size_t>(s.frames);
  float sum = 0;
  if (c < s.channels)
    for (std::size_t row = threadIdx.y; row < rows; row += kTileRows)
      sum +=
          score_gradients[row] * x[row * static_cast<std::size_t>(s.channels) + static_cast<std::size_t>(c)];
  sum = sum_of_rows(sum, sums);
  if (c < s.channels && threadIdx.y == 0) query_gradient[c] = sum;
}

LaunchShape one_warp_each(std::size_t blocks, cudaStream_t stream) {
  return {dim3(static_cast<unsigned>(blocks)), dim3(kWarp), 0, stream, "attend to frames"};
}

class TimeSummaryOperation final : public Operation {
 public:
  TimeSummaryOperation(Plan& plan, Parameters& parameters, const TimeSummaryBlock& block, const Value& x,
                       Value* out)
      : plan_(plan), shape_{x.batch, x.width, x.channels, block.summary, block.directions}, x_(x) {
    if (attends()) {
      query_ = parameters.claim(block.query, ParameterKind::kWeight, static_cast<std::size_t>(x.channels));
      weights_ = plan.make(x.rows());
      score_gradients_ = plan.make(x.rows());
    }
    out->data = plan.make(out->count());
    if (x.gradient || query_.trained) plan.make_gradient(out);
    out_ = *out;
  }

  void forward(Mode) override {
    const std::size_t count = clip_values();
    if (!attends()) {
      launch(summary_kernel, each_element(count, plan_.stream, "summarise frames"), shape_, count, x_.data,
             out_.data);
      return;
    }
    launch(products_kernel, one_warp_each(x_.rows(), plan_.stream), shape_, x_.data, query_.value, false,
           weights_);
    launch(softmax_kernel, one_warp_each(batch(), plan_.stream), shape_.frames, weights_);
    launch(weighted_sum_kernel, each_element(count, plan_.stream, "attend to frames"), shape_, count, x_.data,
           weights_, out_.data);
  }

  void backward() override {
    if (!out_.gradient) return;
    const std::size_t count = clip_values();
    if (!attends()) {
      launch(summary_gradient_kernel, each_element(count, plan_.stream, "spread gradients"), shape_, count,
             x_.data, out_.gradient, x_.gradient);
      return;
    }
    launch(products_kernel, one_warp_each(x_.rows(), plan_.stream), shape_, x_.data, out_.gradient, true,
           score_gradients_);
    launch(score_gradients_kernel, one_warp_each(batch(), plan_.stream), shape_.frames, weights_,
           score_gradients_);
    if (query_.trained)
      launch(query_gradient_kernel,
             {dim3(column_tiles(shape_.channels)), tile_block(), 0, plan_.stream, "attend to frames"}, shape_,
             x_.data, score_gradients_, query_.gradient);
    if (x_.gradient)
      launch(attention_gradient_kernel, each_element(x_.count(), plan_.stream, "spread gradients"), shape_,
             x_.count(), weights_, score_gradients_, query_.value, out_.gradient, x_.gradient);
  }
  std::string implementation() const override { return "own"; }

 private:
  bool attends() const { return shape_.summary == TimeSummary::kAttention; }
  std::size_t batch() const { return static_cast<std::size_t>(x_.batch); }
  std::size_t clip_values() const { return batch() * static_cast<std::size_t>(x_.channels); }

  Plan& plan_;
  SummaryShape shape_;
  Value x_, out_;
  DeviceSlot query_;
  float *weights_ = nullptr, *score_gradients_ = nullptr;  // (N, T)
};

}  // namespace

OperationPointer make_time_summary(Plan& plan, Parameters& parameters, const TimeSummaryBlock& block,
                                   const Value& x, Value* out) {
  return std::make_unique<TimeSummaryOperation>(plan, parameters, block, x, out);
}

}  // namespace genretrack::cuda
