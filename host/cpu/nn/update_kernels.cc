#include "host/cpu/nn/update_kernels.h"

#include "host/cpu/nn/lanes.h"
#include "host/cpu/widest_lanes.h"

namespace genretrack::cpu {
namespace {

GENRETRACK_INLINE void adamw_body(const AdamWStep<float>& step, float factor, std::size_t count,
                                  const UpdateArrays& a) {
  const AdamWStep<float> s = step;
  const float* __restrict gradients = a.gradients;
  float* __restrict weights = a.weights;
  float* __restrict first = a.first_moments;
  float* __restrict second = a.second_moments;
  if (factor == 1) {  // two loops, so that an update without clipping keeps its bits
    for (std::size_t i = 0; i < count; ++i) adamw_element(s, gradients[i], weights[i], first[i], second[i]);
    return;
  }
  for (std::size_t i = 0; i < count; ++i)
    adamw_element(s, factor * gradients[i], weights[i], first[i], second[i]);
}

GENRETRACK_INLINE void sgd_body(const SgdStep<float>& step, float factor, std::size_t count,
                                const UpdateArrays& a) {
  const SgdStep<float> s = step;
  const float* __restrict gradients = a.gradients;
  float* __restrict weights = a.weights;
  float* __restrict velocities = a.first_moments;
  for (std::size_t i = 0; i < count; ++i) sgd_element(s, factor * gradients[i], weights[i], velocities[i]);
}

GENRETRACK_INLINE void average_body(float keep, std::size_t count, const float* __restrict weights,
                                    float* __restrict averages) {
  for (std::size_t i = 0; i < count; ++i) average_element(keep, weights[i], averages[i]);
}

// Sixteen sums beside each other, so that the loop is vectors and its order the same on every machine.
GENRETRACK_INLINE double squares_body(std::size_t count, const float* __restrict values) {
  constexpr std::size_t kSums = 16;
  double sums[kSums] = {};
  for (std::size_t i = 0; i < count; i += kSums)
    for (std::size_t k = 0; k < kSums; ++k) sums[k] += double(values[i + k]) * double(values[i + k]);
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

// The four kernels for one instruction set.
#define GENRETRACK_UPDATE_KERNELS(name, ...)                                                               \
  struct name {                                                                                            \
    __VA_ARGS__ static void adamw(const AdamWStep<float>& s, float f, std::size_t n,                       \
                                  const UpdateArrays& a) {                                                 \
      adamw_body(s, f, n, a);                                                                              \
    }                                                                                                      \
    __VA_ARGS__ static void sgd(const SgdStep<float>& s, float f, std::size_t n, const UpdateArrays& a) {  \
      sgd_body(s, f, n, a);                                                                                \
    }                                                                                                      \
    __VA_ARGS__ static void average(float keep, std::size_t n, const float* w, float* a) {                 \
      average_body(keep, n, w, a);                                                                         \
    }                                                                                                      \
    __VA_ARGS__ static double sum_of_squares(std::size_t n, const float* v) { return squares_body(n, v); } \
  }

GENRETRACK_UPDATE_KERNELS(Baseline, );
#if defined(__x86_64__)
GENRETRACK_UPDATE_KERNELS(Avx2, __attribute__((target("arch=x86-64-v3"))));
GENRETRACK_UPDATE_KERNELS(Avx512, __attribute__((target("arch=x86-64-v4"))));
#endif
#undef GENRETRACK_UPDATE_KERNELS

template <class Set>
UpdateKernels kernels_of() {
  return {Set::adamw, Set::sgd, Set::average, Set::sum_of_squares};
}

UpdateKernels best_kernels() {
#if defined(__x86_64__)
  if (widest_lanes() >= 16) return kernels_of<Avx512>();
  if (widest_lanes() >= 8) return kernels_of<Avx2>();
#endif
  return kernels_of<Baseline>();
}

}  // namespace

const UpdateKernels& update_kernels() {
  static const UpdateKernels kernels = best_kernels();
  return kernels;
}

}  // namespace genretrack::cpu
