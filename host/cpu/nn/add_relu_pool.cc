// The end of a residual block: relu(a + b) and max pooling in one pass. Neither the sum nor the winners are
// stored: both inputs are still there when the gradient comes.
#include <algorithm>
#include <cstring>

#include "host/cpu/nn/operations.h"

#define GENRETRACK_INLINE [[gnu::always_inline]] inline

namespace genretrack::cpu {
namespace {

using dnnl::memory;

// One plane of L channels side by side; pointers are to its first value.
struct Plane {
  int height, width, pool_height, pool_width;
  const float *a, *b;
  float* y;            // pooled, written by forward
  const float* slope;  // pooled, read by backward
  float* x;            // gradient by a and by b, written by backward
};

template <int L>
struct Kernels {
  // The k-th place of a window.
  GENRETRACK_INLINE static std::size_t place(const Plane& p, int i, int j, int k) {
    const int row = i * p.pool_height + k / p.pool_width, column = j * p.pool_width + k % p.pool_width;
    return (std::size_t(row) * p.width + column) * L;
  }
  GENRETRACK_INLINE static void forward(const Plane& p) {
    const int places = p.pool_height * p.pool_width;
    float* y = p.y;
    for (int i = 0; i < p.height / p.pool_height; ++i)
      for (int j = 0; j < p.width / p.pool_width; ++j, y += L) {
        float most[L] = {};  // the ReLU: nothing below zero wins
        for (int k = 0; k < places; ++k) {
          const std::size_t at = place(p, i, j, k);
          for (int l = 0; l < L; ++l) {
            const float sum = p.a[at + l] + p.b[at + l];
            most[l] = most[l] > sum ? most[l] : sum;  // a NaN stays
          }
        }
        std::memcpy(y, most, sizeof most);
      }
  }
  GENRETRACK_INLINE static void backward(const Plane& p) {
    const int places = p.pool_height * p.pool_width;
    const int rows = p.height / p.pool_height * p.pool_height,
              columns = p.width / p.pool_width * p.pool_width;
    const float* slope = p.slope;
    for (int i = 0; i < p.height / p.pool_height; ++i)
      for (int j = 0; j < p.width / p.pool_width; ++j, slope += L) {
        float most[L], rest[L];
        for (int l = 0; l < L; ++l) {
          most[l] = 0;
          rest[l] = slope[l];
        }
        for (int k = 0; k < places; ++k) {
          const std::size_t at = place(p, i, j, k);
          for (int l = 0; l < L; ++l) most[l] = std::max(most[l], p.a[at + l] + p.b[at + l]);
        }
        // The first winner takes all of the gradient; none does where the ReLU is at zero.
        for (int k = 0; k < places; ++k) {
          const std::size_t at = place(p, i, j, k);
          for (int l = 0; l < L; ++l) {
            const float sum = p.a[at + l] + p.b[at + l];
            const float g = sum > 0 && sum == most[l] ? rest[l] : 0.0f;
            rest[l] -= g;
            p.x[at + l] = g;
          }
        }
      }
    // What no window covers.
    for (int i = 0; i < p.height; ++i)
      for (int j = i < rows ? columns : 0; j < p.width; ++j)
        for (int l = 0; l < L; ++l) p.x[(std::size_t(i) * p.width + j) * L + l] = 0;
  }
};

using Pass = void (*)(const Plane&);
struct Passes {
  Pass forward, backward;
};
#define GENRETRACK_PASSES(name, lanes, attribute)                                 \
  attribute void name##_forward(const Plane& p) { Kernels<lanes>::forward(p); }   \
  attribute void name##_backward(const Plane& p) { Kernels<lanes>::backward(p); } \
  constexpr Passes name = {name##_forward, name##_backward};
GENRETRACK_PASSES(plain, 1, )
GENRETRACK_PASSES(baseline8, 8, )
GENRETRACK_PASSES(baseline16, 16, )
#if defined(__x86_64__)
GENRETRACK_PASSES(avx2, 8, __attribute__((target("arch=x86-64-v3"))))
GENRETRACK_PASSES(avx512, 16, __attribute__((target("arch=x86-64-v4"))))
#endif

Passes passes_for(int lanes) {
#if defined(__x86_64__)
  if (lanes == 16 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    return avx512;
  if (lanes == 8 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2;
#endif
  return lanes == 16 ? baseline16 : lanes == 8 ? baseline8 : plain;
}

class AddReluPool final : public Operation {
 public:
  AddReluPool(Plan& plan, int pool_height, int pool_width, const Value& a, const Value& b, Value* out)
      : plan_(plan) {
    const memory::desc desc = a.data.get_desc();
    const MapLayout layout = layout_of(desc);
    lanes_ = layout.lanes;
    passes_ = passes_for(lanes_);
    planes_ = plan.batch * layout.blocks;
    plane_.height = a.height;
    plane_.width = a.width;
    plane_.pool_height = pool_height;
    plane_.pool_width = pool_width;
    a_ = a.data;
    b_ = plan.as(b.data, desc, &copy_b_);
    const memory::desc pooled = plan.map(out->channels, out->height, out->width, lanes_);
    out->data = y_ = plan.make(pooled);
    if (!a.gradient && !b.gradient) return;
    out->gradient = slope_ = plan.make(pooled);
    x_ = a.gradient ? a.gradient : plan.make(desc);
    if (b.gradient) other_ = plan.into(b.gradient, desc, &copy_gradient_);
  }

  void forward(const StepState&) override {
    copy_b_.run(plan_.stream);
#pragma omp parallel for schedule(static)
    for (int k = 0; k < planes_; ++k) passes_.forward(plane(k));
  }

  void backward() override {
    if (!slope_) return;
#pragma omp parallel for schedule(static)
    for (int k = 0; k < planes_; ++k) {
      const Plane p = plane(k);
      passes_.backward(p);
      if (other_) std::memcpy(floats(other_) + std::size_t(k) * size(), p.x, size() * sizeof(float));
    }
    copy_gradient_.run(plan_.stream);
  }
  std::string implementation() const override { return "own:" + std::to_string(lanes_) + "c"; }

 private:
  std::size_t size() const { return std::size_t(plane_.height) * plane_.width * lanes_; }
  Plane plane(int k) const {
    Plane p = plane_;
    const std::size_t before = std::size_t(k) * size();
    const std::size_t pooled = std::size_t(k) * std::size_t(plane_.height / plane_.pool_height) *
                               std::size_t(plane_.width / plane_.pool_width) * std::size_t(lanes_);
    p.a = floats(a_) + before;
    p.b = floats(b_) + before;
    p.y = floats(y_) + pooled;
    if (slope_) {
      p.slope = floats(slope_) + pooled;
      p.x = floats(x_) + before;
    }
    return p;
  }

  Plan& plan_;
  int lanes_ = 1, planes_ = 0;
  Passes passes_ = plain;
  Plane plane_ = {};
  memory a_, b_, y_, slope_, x_, other_;
  Call copy_b_, copy_gradient_;
};

}  // namespace

std::unique_ptr<Operation> make_add_relu_pool(Plan& plan, int pool_height, int pool_width, const Value& a,
                                              const Value& b, Value* out) {
  return std::make_unique<AddReluPool>(plan, pool_height, pool_width, a, b, out);
}

}  // namespace genretrack::cpu
