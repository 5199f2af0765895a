// Softmax and cross entropy, in double: classes are few. Letters: N batch, K classes.
#include <algorithm>
#include <cmath>

#include "cuda/core/grid.cuh"
#include "cuda/nn/layout.h"
#include "cuda/nn/loss.h"

namespace genretrack::cuda {
namespace {

// log of the sum of exponentials over a warp's row z (K), without overflow; NaN where a logit is NaN. All
// lanes get it.
__device__ double log_sum_exp(const float* z, int classes) {
  const int lane = static_cast<int>(threadIdx.x);
  double most = -INFINITY, sum = 0;
  for (int k = lane; k < classes; k += kWarp) most = fmax(most, static_cast<double>(z[k]));
  for (int lanes = kWarp / 2; lanes > 0; lanes /= 2)
    most = fmax(most, __shfl_xor_sync(kAllLanes, most, lanes));
  for (int k = lane; k < classes; k += kWarp) sum += exp(static_cast<double>(z[k]) - most);
  for (int lanes = kWarp / 2; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(kAllLanes, sum, lanes);
  return most + log(sum);
}

__device__ double warp_total(double value) {
  for (int lanes = kWarp / 2; lanes > 0; lanes /= 2) value += __shfl_xor_sync(kAllLanes, value, lanes);
  return value;
}

// Grid (N), one warp each: losses[n] = sum over k of t (log sum exp - z).
__global__ void losses_kernel(const float* logits, const float* targets, int classes, double* losses) {
  const std::size_t row = static_cast<std::size_t>(blockIdx.x) * static_cast<std::size_t>(classes);
  const float *z = logits + row, *t = targets + row;
  const double whole = log_sum_exp(z, classes);
  double sum = 0;
  for (int k = static_cast<int>(threadIdx.x); k < classes; k += kWarp)
    if (t[k] != 0 || whole != whole) sum += t[k] * (whole - static_cast<double>(z[k]));
  sum = warp_total(sum);
  if (threadIdx.x == 0) losses[blockIdx.x] = sum;
}

// One warp: losses[N] = their mean.
__global__ void mean_loss_kernel(double* losses, int batch) {
  double sum = 0;
  for (int n = static_cast<int>(threadIdx.x); n < batch; n += kWarp) sum += losses[n];
  sum = warp_total(sum);
  if (threadIdx.x == 0) losses[batch] = sum / batch;
}

// Grid (N), one warp each: the gradient by the logits of the mean loss.
__global__ void loss_gradient_kernel(const float* logits, const float* targets, int classes,
                                     float* gradients) {
  const std::size_t row = static_cast<std::size_t>(blockIdx.x) * static_cast<std::size_t>(classes);
  const float *z = logits + row, *t = targets + row;
  const double whole = log_sum_exp(z, classes);
  double weight = 0;
  for (int k = static_cast<int>(threadIdx.x); k < classes; k += kWarp) weight += t[k];
  weight = warp_total(weight);
  for (int k = static_cast<int>(threadIdx.x); k < classes; k += kWarp)
    gradients[row + static_cast<std::size_t>(k)] =
        static_cast<float>((exp(static_cast<double>(z[k]) - whole) * weight - t[k]) / gridDim.x);
}

LaunchShape one_warp_each(int blocks, cudaStream_t stream) {
  return {dim3(static_cast<unsigned>(blocks)), dim3(kWarp), 0, stream, "compute the loss"};
}

}  // namespace

Loss::Loss(Plan& plan, const Value& x)
    : plan_(plan),
      x_(x),
      classes_(x.channels * x.height * x.width),
      logits_(x.is_plain() ? x.data : plan.make(x.count())),
      gradient_(x.is_plain() || !x.gradient ? x.gradient : plan.make(x.count())),
      targets_(plan.make_zeros(x.count())),
      losses_(static_cast<std::size_t>(x.batch) + 1),
      host_loss_(1),
      host_logits_(x.count()) {}

void Loss::queue_forward() {
  if (!x_.is_plain())
    swap_inner(x_.data, logits_, static_cast<std::size_t>(x_.batch), static_cast<int>(x_.positions()),
               x_.channels, plan_.stream);
}

void Loss::queue_backward() {
  if (!gradient_) return;
  launch(loss_gradient_kernel, one_warp_each(x_.batch, plan_.stream), logits_, targets_, classes_, gradient_);
  if (!x_.is_plain())
    swap_inner(gradient_, x_.gradient, static_cast<std::size_t>(x_.batch), x_.channels,
               static_cast<int>(x_.positions()), plan_.stream);
}

double Loss::value() {
  launch(losses_kernel, one_warp_each(x_.batch, plan_.stream), logits_, targets_, classes_, losses_.data());
  launch(mean_loss_kernel, one_warp_each(1, plan_.stream), losses_.data(), x_.batch);
  check_cuda(cudaMemcpyAsync(host_loss_.data(), losses_.data() + x_.batch, sizeof(double),
                             cudaMemcpyDeviceToHost, plan_.stream),
             "read the loss");
  plan_.stream.synchronize("compute a step");
  return *host_loss_.data();
}

void Loss::logits(std::span<float> plain) {
  check_cuda(cudaMemcpyAsync(host_logits_.data(), logits_, host_logits_.bytes(), cudaMemcpyDeviceToHost,
                             plan_.stream),
             "read the logits");
  plan_.stream.synchronize("compute a step");
  std::copy_n(host_logits_.data(), host_logits_.size(), plain.begin());
}

}  // namespace genretrack::cuda
