// Batch norm, ReLU and max pooling as one pass forward, two backward. Maps are (N, H, W, C), so neighbouring
// threads are neighbouring channels. PH x PW is the pooling window, whose winner is the largest value, or the
// smallest where the channel's scale is negative: normalising and ReLU keep or turn the order.
#include "cuda/core/grid.cuh"
#include "cuda/nn/norm_kernels.h"
#include "cuda/nn/norm_laws.h"

namespace genretrack::cuda {
namespace {

// What x becomes: (x - mean) * slope + shift.
struct Line {
  float mean, slope, shift;
  __device__ Line(const NormVectors& v, int c)
      : mean(v.mean[c]), slope(v.scale[c] * v.inverse[c]), shift(v.shift[c]) {}
  __device__ float at(float x) const { return (x - mean) * slope + shift; }
};

// The first place and the stride between rows of one window's values.
struct Window {
  const float* first;
  std::size_t right, down;  // floats
};
__device__ inline Window window_at(const NormMaps& m, std::size_t n, int i, int j, int c) {
  const auto channels = static_cast<std::size_t>(m.channels), width = static_cast<std::size_t>(m.width);
  const std::size_t row = (n * static_cast<std::size_t>(m.height) + static_cast<std::size_t>(i)) * width +
                          static_cast<std::size_t>(j);
  return {m.x + row * channels + static_cast<std::size_t>(c), channels, width * channels};
}

// The winner of a window, and which of its values it is.
template <int PH, int PW>
__device__ inline float winner_of(const Window& w, bool smallest, int* which) {
  float winner = *w.first;
  *which = 0;
  GENRETRACK_UNROLL_CUDA
  for (int k = 1; k < PH * PW; ++k) {
    const float value =
        w.first[static_cast<std::size_t>(k / PW) * w.down + static_cast<std::size_t>(k % PW) * w.right];
    if (!displaces(winner, value, smallest)) continue;
    winner = value;
    *which = k;
  }
  return winner;
}

// Grid (pooled values / kBlock).
template <int PH, int PW>
__global__ void forward_kernel(NormMaps m, NormVectors v) {
  const std::size_t element = element_of_thread();
  const auto channels = static_cast<std::size_t>(m.channels);
  if (element >= m.pooled_rows() * channels) return;
  const auto c = static_cast<int>(element % channels);
  std::size_t place = element / channels;
  const auto j = static_cast<int>(place % static_cast<std::size_t>(m.pooled_width()));
  place /= static_cast<std::size_t>(m.pooled_width());
  const auto i = static_cast<int>(place % static_cast<std::size_t>(m.pooled_height()));
  const std::size_t n = place / static_cast<std::size_t>(m.pooled_height());
  int which;
  const Line line(v, c);
  const float y = line.at(winner_of<PH, PW>(window_at(m, n, i * PH, j * PW, c), line.slope < 0, &which));
  m.pooled[element] = m.shape.relu ? rectified(y) : y;
}

// The gradient of a pooled value behind the ReLU.
__device__ inline float behind_relu(const NormMaps& m, const Line& line, float winner, float gradient) {
  return !m.shape.relu || line.at(winner) > 0 ? gradient : 0;
}

// Grid (C / kTileColumns, shares), tiles: sums over pooled values of g and of g (winner - mean) to partial
// (shares, 3, C), whose third place stays as it is.
template <int PH, int PW>
__global__ void backward_sums_kernel(NormMaps m, NormVectors v) {
  __shared__ float sums[kTileRows * kTileColumns];
  const int c = static_cast<int>(blockIdx.x) * kTileColumns + static_cast<int>(threadIdx.x);
  const std::size_t rows = m.pooled_rows();
  const auto channels = static_cast<std::size_t>(m.channels), shares = static_cast<std::size_t>(gridDim.y);
  const std::size_t begin = rows * blockIdx.y / shares, end = rows * (blockIdx.y + 1) / shares;
  float total = 0, products = 0;
  if (c < m.channels) {
    const Line line(v, c);
    const auto pooled_width = static_cast<std::size_t>(m.pooled_width()),
               pooled_height = static_cast<std::size_t>(m.pooled_height());
    for (std::size_t row = begin + threadIdx.y; row < end; row += kTileRows) {
      const auto j = static_cast<int>(row % pooled_width),
                 i = static_cast<int>(row / pooled_width % pooled_height);
      int which;
      const float winner = winner_of<PH, PW>(
          window_at(m, row / pooled_width / pooled_height, i * PH, j * PW, c), line.slope < 0, &which);
      const float g =
          behind_relu(m, line, winner, m.pooled_gradient[row * channels + static_cast<std::size_t>(c)]);
      total += g;
      products += g * (winner - line.mean);
    }
  }
  total = sum_of_rows(total, sums);
  products = sum_of_rows(products, sums);
  if (c >= m.channels || threadIdx.y != 0) return;
  float* out = v.partial + static_cast<std::size_t>(blockIdx.y) * 3 * channels + static_cast<std::size_t>(c);
  out[0] = total;
  out[channels] = products;
}

// Grid (C / kTileColumns), tiles: joins the shares; gradients of scale and shift, and per channel the mean
// over the batch of the gradient, and of gradient times (x - mean) divided by the variance; both 0 where mean
// and variance did not depend on x.
__global__ void join_sums_kernel(std::size_t rows, int channels, NormVectors v, bool fixed) {
  __shared__ double sums[kTileRows * kTileColumns];
  const int c = static_cast<int>(blockIdx.x) * kTileColumns + static_cast<int>(threadIdx.x);
  double total = 0, products = 0;
  if (c < channels)
    for (int s = static_cast<int>(threadIdx.y); s < v.shares; s += kTileRows) {
      const float* partial =
          v.partial + static_cast<std::size_t>(s) * 3 * static_cast<std::size_t>(channels) + c;
      total += partial[0];
      products += partial[channels];
    }
  total = sum_of_rows(total, sums);
  products = sum_of_rows(products, sums);
  if (c >= channels || threadIdx.y != 0) return;
  const double inverse = v.inverse[c];
  const auto count = static_cast<double>(rows);
  v.shift_gradient[c] = static_cast<float>(total);
  v.scale_gradient[c] = static_cast<float>(products * inverse);
  v.gradient_mean[c] = fixed ? 0 : static_cast<float>(total / count);
  v.gradient_slope[c] = fixed ? 0 : static_cast<float>(products * inverse * inverse / count);
}

// Grid (windows / kBlock), those among them that the map's border cuts off: x becomes its gradient. The first
// winner of a window takes all of its gradient.
template <int PH, int PW>
__global__ void backward_kernel(NormMaps m, NormVectors v) {
  const std::size_t element = element_of_thread();
  const auto channels = static_cast<std::size_t>(m.channels);
  const int down = (m.height + PH - 1) / PH, right = (m.width + PW - 1) / PW;
  const auto c = static_cast<int>(element % channels);
  std::size_t place = element / channels;
  const auto j = static_cast<int>(place % static_cast<std::size_t>(right));
  place /= static_cast<std::size_t>(right);
  const auto i = static_cast<int>(place % static_cast<std::size_t>(down));
  const std::size_t n = place / static_cast<std::size_t>(down);
  if (n >= static_cast<std::size_t>(m.batch)) return;
  const Line line(v, c);
  const Window window = window_at(m, n, i * PH, j * PW, c);
  int which = -1;
  float g = 0;
  if (i < m.pooled_height() && j < m.pooled_width()) {
    const float winner = winner_of<PH, PW>(window, line.slope < 0, &which);
    const std::size_t row = (n * static_cast<std::size_t>(m.pooled_height()) + static_cast<std::size_t>(i)) *
                                static_cast<std::size_t>(m.pooled_width()) +
                            static_cast<std::size_t>(j);
    g = behind_relu(m, line, winner, m.pooled_gradient[row * channels + static_cast<std::size_t>(c)]);
  }
  const float mean_gradient = v.gradient_mean[c], slope = v.gradient_slope[c];
  for (int k = 0; k < PH * PW; ++k) {
    if (i * PH + k / PW >= m.height || j * PW + k % PW >= m.width) continue;
    float* x = const_cast<float*>(window.first) + static_cast<std::size_t>(k / PW) * window.down +
               static_cast<std::size_t>(k % PW) * window.right;
    *x = ((k == which ? g : 0) - mean_gradient - (*x - line.mean) * slope) * line.slope;
  }
}

template <int PH, int PW>
struct Kernels {
  static void forward(const NormMaps& m, const NormVectors& v, cudaStream_t stream) {
    launch(forward_kernel<PH, PW>,
           each_element(m.pooled_rows() * static_cast<std::size_t>(m.channels), stream, "normalise maps"), m,
           v);
  }
  static void backward(const NormMaps& m, const NormVectors& v, bool fixed, cudaStream_t stream) {
    constexpr const char* kWhat = "take the gradient of a norm";
    const unsigned tiles = column_tiles(m.channels);
    launch(backward_sums_kernel<PH, PW>,
           {dim3(tiles, static_cast<unsigned>(v.shares)), tile_block(), 0, stream, kWhat}, m, v);
    launch(join_sums_kernel, {dim3(tiles), tile_block(), 0, stream, kWhat}, m.rows(), m.channels, v, fixed);
    const std::size_t windows = static_cast<std::size_t>(m.batch) *
                                static_cast<std::size_t>((m.height + PH - 1) / PH) *
                                static_cast<std::size_t>((m.width + PW - 1) / PW);
    launch(backward_kernel<PH, PW>,
           each_element(windows * static_cast<std::size_t>(m.channels), stream, kWhat), m, v);
  }
};

// Calls `work` with the kernels of a pooling window.
template <class Work>
void with_kernels(const NormShape& shape, const Work& work) {
  if (shape.pool_height == 2 && shape.pool_width == 2) return work(Kernels<2, 2>());
  if (shape.pool_height == 2) return work(Kernels<2, 1>());
  if (shape.pool_width == 2) return work(Kernels<1, 2>());
  work(Kernels<1, 1>());
}

}  // namespace

void norm_forward(const NormMaps& maps, const NormVectors& vectors, cudaStream_t stream) {
  with_kernels(maps.shape, [&](auto kernels) { kernels.forward(maps, vectors, stream); });
}

void norm_backward(const NormMaps& maps, const NormVectors& vectors, bool fixed, cudaStream_t stream) {
  with_kernels(maps.shape, [&](auto kernels) { kernels.backward(maps, vectors, fixed, stream); });
}

}  // namespace genretrack::cuda
