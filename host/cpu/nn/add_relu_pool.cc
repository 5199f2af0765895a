// The end of a residual block: relu(a + b) and max pooling in one pass. Neither the sum nor the winners are
// stored: both inputs are still there when the gradient comes.
#include <cstring>

#include "host/cpu/nn/lanes.h"
#include "host/cpu/nn/operations.h"
#include "host/cpu/widest_lanes.h"

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
struct Kernels : Lanes<L> {
  using typename Lanes<L>::V, typename Lanes<L>::I;
  using Lanes<L>::load, Lanes<L>::store, Lanes<L>::larger;

  // Where a plane's windows lie.
  struct Windows {
    int down, right, places;
    std::size_t row, height, width;  // floats: of a row of the map, and of a window
    std::size_t at[4];               // of a window's places, from its first

    GENRETRACK_INLINE explicit Windows(const Plane& p)
        : down(p.height / p.pool_height),
          right(p.width / p.pool_width),
          places(p.pool_height * p.pool_width),
          row(std::size_t(p.width) * L),
          height(p.pool_height * row),
          width(std::size_t(p.pool_width) * L) {
      for (int k = 0; k < places; ++k)
        at[k] = std::size_t(k / p.pool_width) * row + std::size_t(k % p.pool_width) * L;
    }
  };
  GENRETRACK_INLINE static V sum(const Plane& p, std::size_t at) { return load(p.a + at) + load(p.b + at); }

  GENRETRACK_INLINE static void forward(const Plane& p) {
    const Windows w(p);
    float* y = p.y;
    for (int i = 0; i < w.down; ++i)
      for (int j = 0; j < w.right; ++j, y += L) {
        const std::size_t first = std::size_t(i) * w.height + std::size_t(j) * w.width;
        V most{};  // the ReLU: nothing below zero wins
        for (int k = 0; k < w.places; ++k) {
          // A NaN wins and stays, so that a divergence shows: each maximum has one that the other lacks, and
          // numbers are the same on both sides.
          const V v = sum(p, first + w.at[k]);
          most = (V)((I)larger(most, v) | (I)larger(v, most));
        }
        store(y, most);
      }
  }

  GENRETRACK_INLINE static void backward(const Plane& p) {
    const Windows w(p);
    const float* slope = p.slope;
    for (int i = 0; i < w.down; ++i)
      for (int j = 0; j < w.right; ++j, slope += L) {
        const std::size_t first = std::size_t(i) * w.height + std::size_t(j) * w.width;
        V values[4], most{};
        for (int k = 0; k < w.places; ++k) {
          values[k] = sum(p, first + w.at[k]);
          most = larger(values[k], most);
        }
        // The first winner takes all of the gradient; none does where the ReLU is at zero.
        V rest = most > V{} ? load(slope) : V{};
        for (int k = 0; k < w.places; ++k) {
          const V g = values[k] == most ? rest : V{};
          rest -= g;
          store(p.x + first + w.at[k], g);
        }
      }
    // What no window covers: the ends of rows, and the last row.
    const std::size_t covered = std::size_t(w.right) * w.width, rows = std::size_t(w.down) * w.height;
    for (std::size_t at = 0; at < rows && covered < w.row; at += w.row)
      std::memset(p.x + at + covered, 0, (w.row - covered) * sizeof(float));
    std::memset(p.x + rows, 0, (std::size_t(p.height) * w.row - rows) * sizeof(float));
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
  if (lanes == 16 && widest_lanes() == 16) return avx512;
  if (lanes == 8 && widest_lanes() >= 8) return avx2;
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
