// Mean and deviation of each channel over a batch. A matrix (rows, C) is read in shares of rows; each share
// gives a pivot, and sums of x - pivot and of its square, which do not cancel where the mean is far from
// zero; shares are joined in double (Chan, Golub and LeVeque 1979). No atomics: sums repeat bit for bit.
#include "cuda/core/grid.cuh"
#include "cuda/nn/norm_kernels.h"
#include "cuda/nn/norm_laws.h"

namespace genretrack::cuda {
namespace {

constexpr int kMostShares = 512;
constexpr std::size_t kLeastRows = 128;  // of a share

// Rows of share s of `shares`: [begin, end).
struct Share {
  std::size_t begin, end;
  GENRETRACK_HOST_DEVICE Share(std::size_t rows, int shares, int s)
      : begin(rows * static_cast<std::size_t>(s) / static_cast<std::size_t>(shares)),
        end(rows * static_cast<std::size_t>(s + 1) / static_cast<std::size_t>(shares)) {}
};

// Grid (C / kTileColumns, shares), tiles: x (rows, C) to partial (shares, 3, C): pivot, sum, sum of squares.
__global__ void share_statistics_kernel(const float* x, std::size_t rows, int channels, float* partial) {
  __shared__ float sums[kTileRows * kTileColumns];
  const int c = static_cast<int>(blockIdx.x) * kTileColumns + static_cast<int>(threadIdx.x);
  const Share share(rows, static_cast<int>(gridDim.y), static_cast<int>(blockIdx.y));
  const bool valid = c < channels;
  const auto stride = static_cast<std::size_t>(channels);
  const float pivot = valid ? x[share.begin * stride + static_cast<std::size_t>(c)] : 0;
  float sum = 0, squares = 0;
  if (valid)
    for (std::size_t row = share.begin + threadIdx.y; row < share.end; row += kTileRows) {
      const float v = x[row * stride + static_cast<std::size_t>(c)] - pivot;
      sum += v;
      squares += v * v;
    }
  sum = sum_of_rows(sum, sums);
  squares = sum_of_rows(squares, sums);
  if (!valid || threadIdx.y != 0) return;
  float* out = partial + static_cast<std::size_t>(blockIdx.y) * 3 * stride + static_cast<std::size_t>(c);
  out[0] = pivot;
  out[stride] = sum;
  out[2 * stride] = squares;
}

// Grid (C / kTileColumns), tiles: joins the shares; mean, inverse deviation, running statistics.
__global__ void join_statistics_kernel(std::size_t rows, int channels, NormVectors v) {
  __shared__ double sums[kTileRows * kTileColumns];
  __shared__ double means[kTileColumns];
  const int c = static_cast<int>(blockIdx.x) * kTileColumns + static_cast<int>(threadIdx.x);
  const bool valid = c < channels;
  const auto at = [&](int share, int what) {
    return static_cast<double>(
        v.partial[(static_cast<std::size_t>(share) * 3 + static_cast<std::size_t>(what)) *
                      static_cast<std::size_t>(channels) +
                  static_cast<std::size_t>(c)]);
  };
  const auto count_of = [&](int share) {
    const Share s(rows, v.shares, share);
    return static_cast<double>(s.end - s.begin);
  };
  const auto count = static_cast<double>(rows);
  const auto first = static_cast<int>(threadIdx.y);
  double sum = 0;
  if (valid)
    for (int s = first; s < v.shares; s += kTileRows) sum += at(s, 0) * count_of(s) + at(s, 1);
  sum = sum_of_rows(sum, sums);
  if (threadIdx.y == 0) means[threadIdx.x] = sum / count;
  __syncthreads();
  const double mean = means[threadIdx.x];
  double deviations = 0;
  if (valid)
    for (int s = first; s < v.shares; s += kTileRows) {
      const double rows_of_share = count_of(s), off = at(s, 0) + at(s, 1) / rows_of_share - mean;
      const double within = at(s, 2) - at(s, 1) * at(s, 1) / rows_of_share;
      deviations += (within < 0 ? 0 : within) + rows_of_share * off * off;
    }
  deviations = sum_of_rows(deviations, sums);
  if (!valid || threadIdx.y != 0) return;
  const double variance = deviations / count;
  v.mean[c] = static_cast<float>(mean);
  v.inverse[c] = static_cast<float>(1 / sqrt(variance + kNormEpsilon));
  v.running_mean[c] = moved(v.running_mean[c], mean);
  v.running_variance[c] = moved(v.running_variance[c], count > 1 ? variance * count / (count - 1) : 0);
}

// Grid (C / kBlock).
__global__ void running_statistics_kernel(int channels, NormVectors v) {
  const std::size_t c = element_of_thread();
  if (c >= static_cast<std::size_t>(channels)) return;
  v.mean[c] = v.running_mean[c];
  v.inverse[c] = static_cast<float>(1 / sqrt(static_cast<double>(v.running_variance[c]) + kNormEpsilon));
}

}  // namespace

int norm_shares(std::size_t rows) {
  const std::size_t shares = (rows + kLeastRows - 1) / kLeastRows;
  return static_cast<int>(shares < kMostShares ? shares : kMostShares);
}

void batch_statistics(const NormMaps& maps, const NormVectors& vectors, cudaStream_t stream) {
  const unsigned tiles = column_tiles(maps.channels);
  constexpr const char* kWhat = "take statistics of a batch";
  launch(share_statistics_kernel,
         {dim3(tiles, static_cast<unsigned>(vectors.shares)), tile_block(), 0, stream, kWhat}, maps.x,
         maps.rows(), maps.channels, vectors.partial);
  launch(join_statistics_kernel, {dim3(tiles), tile_block(), 0, stream, kWhat}, maps.rows(), maps.channels,
         vectors);
}

void running_statistics(const NormMaps& maps, const NormVectors& vectors, cudaStream_t stream) {
  launch(running_statistics_kernel,
         each_element(static_cast<std::size_t>(maps.channels), stream, "take running statistics"),
         maps.channels, vectors);
}

}  // namespace genretrack::cuda
