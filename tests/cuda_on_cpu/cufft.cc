// The stand-in for cuFFT: include/cufft.h.
#include <cufft.h>

#include <bit>
#include <cmath>
#include <complex>
#include <map>
#include <numbers>
#include <vector>

#include "tests/cuda_on_cpu/state.h"

using namespace cuda_on_cpu;

namespace {

using Complex = std::complex<double>;

struct Plan {
  int length, input_stride, input_distance, output_stride, output_distance, batch;
  cudaStream_t stream = nullptr;
};

std::map<cufftHandle, Plan>& plans() {
  static std::map<cufftHandle, Plan> the_plans;
  return the_plans;
}

// In place; twiddle[k] is exp(-2 pi i k / twiddle.size()), the length of x a power of two that divides it.
void fast(std::vector<Complex>& x, const std::vector<Complex>& twiddle) {
  const std::size_t n = x.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {  // bit reversal
    std::size_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (std::size_t half = 1; half < n; half *= 2)
    for (std::size_t start = 0; start < n; start += 2 * half)
      for (std::size_t k = 0; k < half; ++k) {
        const Complex w = twiddle[k * (twiddle.size() / (2 * half))], a = x[start + k],
                      b = x[start + k + half];
        const Complex turned(b.real() * w.real() - b.imag() * w.imag(),
                             b.real() * w.imag() + b.imag() * w.real());
        x[start + k] = a + turned;
        x[start + k + half] = a - turned;
      }
}

void by_definition(std::vector<Complex>& x, const std::vector<Complex>& twiddle) {
  std::vector<Complex> result(x.size());
  for (std::size_t k = 0; k < x.size(); ++k)
    for (std::size_t n = 0; n < x.size(); ++n) result[k] += x[n] * twiddle[k * n % x.size()];
  x = result;
}

void execute(const Plan& plan, const cufftReal* input, cufftComplex* output) {
  const std::size_t n = std::size_t(plan.length);
  std::vector<Complex> twiddle(n), x(n);
  for (std::size_t k = 0; k < n; ++k)
    twiddle[k] = std::polar(1.0, -2 * std::numbers::pi * double(k) / double(n));
  for (long b = 0; b < plan.batch; ++b) {
    for (std::size_t i = 0; i < n; ++i) x[i] = input[b * plan.input_distance + long(i) * plan.input_stride];
    std::has_single_bit(n) ? fast(x, twiddle) : by_definition(x, twiddle);
    for (std::size_t k = 0; k <= n / 2; ++k)
      output[b * plan.output_distance + long(k) * plan.output_stride] = {float(x[k].real()),
                                                                         float(x[k].imag())};
  }
}

// Floats or pairs from the first to behind the last that a plan touches.
std::size_t extent(int batch, int distance, int last, int stride) {
  return std::size_t(batch - 1) * std::size_t(distance) + std::size_t(last) * std::size_t(stride) + 1;
}

}  // namespace

cufftResult cufftPlanMany(cufftHandle* handle, int rank, int* n, int* input_embed, int input_stride,
                          int input_distance, int* output_embed, int output_stride, int output_distance,
                          cufftType type, int batch) {
  Lock lock;
  if (fails_now()) return CUFFT_ALLOC_FAILED;
  if (state().sticky != cudaSuccess) return CUFFT_SETUP_FAILED;
  if (rank != 1 || type != CUFFT_R2C || !input_embed || !output_embed) return CUFFT_NOT_SUPPORTED;
  if (n[0] < 1 || batch < 1 || input_stride < 1 || output_stride < 1) return CUFFT_INVALID_SIZE;
  static cufftHandle next = 1;
  plans()[*handle = next++] = {n[0], input_stride, input_distance, output_stride, output_distance, batch};
  ++state().plans;
  return CUFFT_SUCCESS;
}

cufftResult cufftSetStream(cufftHandle handle, cudaStream_t stream) {
  Lock lock;
  if (fails_now()) return CUFFT_INVALID_PLAN;
  const auto plan = plans().find(handle);
  if (plan == plans().end()) return CUFFT_INVALID_PLAN;
  plan->second.stream = stream;
  return CUFFT_SUCCESS;
}

cufftResult cufftExecR2C(cufftHandle handle, cufftReal* input, cufftComplex* output) {
  Lock lock;
  if (fails_now()) return CUFFT_EXEC_FAILED;
  const auto found = plans().find(handle);
  if (found == plans().end()) return CUFFT_INVALID_PLAN;
  const Plan plan = found->second;
  const std::size_t read = extent(plan.batch, plan.input_distance, plan.length - 1, plan.input_stride);
  const std::size_t written = extent(plan.batch, plan.output_distance, plan.length / 2, plan.output_stride);
  if (!on_device(input, read * sizeof *input) || !on_device(output, written * sizeof *output))
    return CUFFT_INVALID_VALUE;
  return enqueue(plan.stream, [=] { execute(plan, input, output); }) == cudaSuccess ? CUFFT_SUCCESS
                                                                                    : CUFFT_EXEC_FAILED;
}

cufftResult cufftDestroy(cufftHandle handle) {
  Lock lock;
  drain_all_quietly();
  if (plans().erase(handle) == 0) throw Fault("a plan is destroyed that does not exist");
  --state().plans;
  return CUFFT_SUCCESS;
}

cufftResult cufftGetVersion(int* version) {
  *version = 12000;
  return CUFFT_SUCCESS;
}
