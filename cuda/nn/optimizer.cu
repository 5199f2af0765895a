// The optimizer. Letters: P parameters that are trained, of which the first D lose weight decay.
#include "cuda/core/grid.cuh"
#include "cuda/core/reductions.cuh"
#include "cuda/nn/optimizer.h"

namespace genretrack::cuda {
namespace {

constexpr std::size_t kShare = 16384;  // parameters of one partial sum of squares

// The sum of a block's values, in a fixed order, for thread 0. Every thread takes part.
__device__ double block_sum(double value) {
  __shared__ double warps[kBlock / kWarp];
  for (int lanes = kWarp / 2; lanes > 0; lanes /= 2) value += __shfl_xor_sync(kAllLanes, value, lanes);
  if (threadIdx.x % kWarp == 0) warps[threadIdx.x / kWarp] = value;
  __syncthreads();
  double sum = 0;
  if (threadIdx.x == 0)
    for (const double warp : warps) sum += warp;
  return sum;
}

// Grid (P / kShare): partial[b] = sum of g^2 over share b.
__global__ void sum_squares_kernel(const float* gradients, std::size_t count, double* partial) {
  const std::size_t begin = blockIdx.x * kShare;
  double sum = 0;
  for (std::size_t i = begin + threadIdx.x; i < begin + kShare && i < count; i += kBlock) {
    const double g = gradients[i];
    sum += g * g;
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}

// One block: what gradients are multiplied with, from the partial sums.
__global__ void clipping_factor_kernel(const double* partial, std::size_t shares,
                                       const UpdateNumbers* numbers, float* factor) {
  double sum = 0;
  for (std::size_t i = threadIdx.x; i < shares; i += kBlock) sum += partial[i];
  sum = block_sum(sum);
  if (threadIdx.x == 0) *factor = static_cast<float>(clipping_factor(sqrt(sum), numbers->max_gradient_norm));
}

// Grid (P / kBlock). The whole update in one pass over the buffers: every parameter is read and written once.
template <Optimizer optimizer, bool clips>
__global__ void update_kernel(FlatSizes sizes, FlatBuffers buffers, const UpdateNumbers* numbers) {
  const std::size_t i = element_of_thread();
  if (i >= sizes.trained) return;
  float gradient = buffers.gradients[i];
  if (clips) gradient *= *buffers.factor;
  if (optimizer == Optimizer::kAdamW)
    adamw_element(i < sizes.decayed ? numbers->adamw_decayed : numbers->adamw, gradient, buffers.weights[i],
                  buffers.first[i], buffers.second[i]);
  else
    sgd_element(i < sizes.decayed ? numbers->sgd_decayed : numbers->sgd, gradient, buffers.weights[i],
                buffers.first[i]);
}

// Grid (all / kBlock): statistics are averaged, too.
__global__ void average_kernel(std::size_t count, const float* weights, float* average,
                               const UpdateNumbers* numbers) {
  const std::size_t i = element_of_thread();
  if (i < count) average_element(numbers->average_keep, weights[i], average[i]);
}

}  // namespace

std::size_t square_shares(const FlatSizes& sizes) { return (sizes.trained + kShare - 1) / kShare; }

void update_parameters(const UpdateShape& shape, const FlatSizes& sizes, const FlatBuffers& buffers,
                       const UpdateNumbers* numbers, cudaStream_t stream) {
  const LaunchShape update = each_element(sizes.trained, stream, "update the parameters");
  const bool adamw = shape.optimizer == Optimizer::kAdamW;
  if (sizes.trained > 0) {
    if (shape.clips) {
      const std::size_t shares = square_shares(sizes);
      launch(sum_squares_kernel,
             {dim3(static_cast<unsigned>(shares)), dim3(kBlock), 0, stream, "measure the gradients"},
             buffers.gradients, sizes.trained, buffers.partial_squares);
      launch(clipping_factor_kernel, {dim3(1), dim3(kBlock), 0, stream, "measure the gradients"},
             buffers.partial_squares, shares, numbers, buffers.factor);
    }
    launch(
        adamw ? shape.clips ? update_kernel<Optimizer::kAdamW, true> : update_kernel<Optimizer::kAdamW, false>
        : shape.clips ? update_kernel<Optimizer::kSgd, true>
                      : update_kernel<Optimizer::kSgd, false>,
        update, sizes, buffers, numbers);
  }
  if (shape.averages && sizes.all > 0)
    launch(average_kernel, each_element(sizes.all, stream, "average the parameters"), sizes.all,
           buffers.weights, buffers.average, numbers);
}

}  // namespace genretrack::cuda
