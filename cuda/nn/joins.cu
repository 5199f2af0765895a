// Where networks fork and join: fork, concatenation, the end of a residual block, and rows of a map as
// channels. Letters: maps (N, H, W, C).
#include "cuda/core/grid.cuh"
#include "cuda/nn/layout.h"
#include "cuda/nn/norm_laws.h"
#include "cuda/nn/operations.h"

namespace genretrack::cuda {
namespace {

// Both outputs are the input's own values.
class Fork final : public Operation {
 public:
  Fork(Plan& plan, const Value& x, Value* first, Value* second) : plan_(plan), x_(x) {
    for (Value* out : {first, second}) {
      out->data = x.data;
      if (x.gradient) plan.make_gradient(out);
    }
    first_ = first->gradient;
    second_ = second->gradient;
  }
  void forward(Mode) override {}
  void backward() override {
    if (x_.gradient) add(first_, second_, x_.gradient, x_.count(), plan_.stream);
  }
  std::string implementation() const override { return "own"; }

 private:
  Plan& plan_;
  Value x_;
  const float *first_ = nullptr, *second_ = nullptr;
};

// Grid (values of the part / kBlock): columns [first, first + columns) of a matrix (rows, all_columns) are
// written from, or read into, a matrix of their own.
template <bool reads>
__global__ void columns_kernel(float* part, std::size_t count, int columns, float* all, int all_columns,
                               int first) {
  const std::size_t i = element_of_thread();
  if (i >= count) return;
  const auto width = static_cast<std::size_t>(columns);
  float& other =
      all[i / width * static_cast<std::size_t>(all_columns) + static_cast<std::size_t>(first) + i % width];
  if (reads)
    part[i] = other;
  else
    other = part[i];
}

class Concatenate final : public Operation {
 public:
  Concatenate(Plan& plan, std::span<const Value> parts, Value* out)
      : plan_(plan), parts_(parts.begin(), parts.end()) {
    out->data = plan.make(out->count());
    bool trained = false;
    for (const Value& part : parts) trained = trained || part.gradient;
    if (trained) plan.make_gradient(out);
    out_ = *out;
  }
  void forward(Mode) override {
    int first = 0;
    for (const Value& part : parts_) {
      launch(columns_kernel<false>, each_element(part.count(), plan_.stream, "concatenate maps"), part.data,
             part.count(), part.channels, out_.data, out_.channels, first);
      first += part.channels;
    }
  }
  void backward() override {
    int first = 0;
    for (const Value& part : parts_) {
      if (part.gradient)
        launch(columns_kernel<true>, each_element(part.count(), plan_.stream, "part gradients"),
               part.gradient, part.count(), part.channels, out_.gradient, out_.channels, first);
      first += part.channels;
    }
  }
  std::string implementation() const override { return "own"; }

 private:
  Plan& plan_;
  std::vector<Value> parts_;
  Value out_;
};

struct PoolShape {
  int batch, height, width, channels, pool_height, pool_width;
  GENRETRACK_HOST_DEVICE int down() const { return height / pool_height; }
  GENRETRACK_HOST_DEVICE int right() const { return width / pool_width; }
};

// A window of maps (N, H, W, C): its place among windows that also cover what pooling drops, and the values
// in it.
struct PoolWindow {
  std::size_t first, n;
  int i, j, c;
  __device__ PoolWindow(const PoolShape& s, std::size_t element, int windows_down, int windows_right) {
    c = static_cast<int>(element % static_cast<std::size_t>(s.channels));
    std::size_t place = element / static_cast<std::size_t>(s.channels);
    j = static_cast<int>(place % static_cast<std::size_t>(windows_right));
    place /= static_cast<std::size_t>(windows_right);
    i = static_cast<int>(place % static_cast<std::size_t>(windows_down));
    n = place / static_cast<std::size_t>(windows_down);
    first = at(s, 0, 0);
  }
  __device__ std::size_t at(const PoolShape& s, int down, int right) const {
    return ((n * static_cast<std::size_t>(s.height) + static_cast<std::size_t>(i * s.pool_height + down)) *
                static_cast<std::size_t>(s.width) +
            static_cast<std::size_t>(j * s.pool_width + right)) *
               static_cast<std::size_t>(s.channels) +
           static_cast<std::size_t>(c);
  }
};

// Grid (pooled values / kBlock): y = the largest of relu(a + b) in a window.
__global__ void add_relu_pool_kernel(PoolShape s, std::size_t count, const float* a, const float* b,
                                     float* y) {
  const std::size_t element = element_of_thread();
  if (element >= count) return;
  const PoolWindow window(s, element, s.down(), s.right());
  float most = a[window.first] + b[window.first];
  for (int k = 1; k < s.pool_height * s.pool_width; ++k) {
    const std::size_t at = window.at(s, k / s.pool_width, k % s.pool_width);
    const float sum = a[at] + b[at];
    if (displaces(most, sum, false)) most = sum;
  }
  y[element] = rectified(most);
}

// Grid (windows / kBlock), those that the border cuts off among them: the first winner of a window takes its
// gradient, and hands it to both sides.
__global__ void add_relu_pool_gradient_kernel(PoolShape s, const float* a, const float* b,
                                              const float* gradients, float* a_gradient, float* b_gradient) {
  const int down = (s.height + s.pool_height - 1) / s.pool_height,
            right = (s.width + s.pool_width - 1) / s.pool_width;
  const PoolWindow window(s, element_of_thread(), down, right);
  if (window.n >= static_cast<std::size_t>(s.batch)) return;
  int which = -1;
  float g = 0;
  if (window.i < s.down() && window.j < s.right()) {
    float most = a[window.first] + b[window.first];
    which = 0;
    for (int k = 1; k < s.pool_height * s.pool_width; ++k) {
      const std::size_t at = window.at(s, k / s.pool_width, k % s.pool_width);
      const float sum = a[at] + b[at];
      if (!displaces(most, sum, false)) continue;
      most = sum;
      which = k;
    }
    const std::size_t row =
        (window.n * static_cast<std::size_t>(s.down()) + static_cast<std::size_t>(window.i)) *
            static_cast<std::size_t>(s.right()) +
        static_cast<std::size_t>(window.j);
    if (most > 0)
      g = gradients[row * static_cast<std::size_t>(s.channels) + static_cast<std::size_t>(window.c)];
  }
  for (int k = 0; k < s.pool_height * s.pool_width; ++k) {
    const int k_down = k / s.pool_width, k_right = k % s.pool_width;
    if (window.i * s.pool_height + k_down >= s.height || window.j * s.pool_width + k_right >= s.width)
      continue;
    const std::size_t at = window.at(s, k_down, k_right);
    const float share = k == which ? g : 0;
    if (a_gradient) a_gradient[at] = share;
    if (b_gradient) b_gradient[at] = share;
  }
}

class AddReluPool final : public Operation {
 public:
  AddReluPool(Plan& plan, int pool_height, int pool_width, const Value& a, const Value& b, Value* out)
      : plan_(plan), shape_{a.batch, a.height, a.width, a.channels, pool_height, pool_width}, a_(a), b_(b) {
    out->data = plan.make(out->count());
    if (a.gradient || b.gradient) plan.make_gradient(out);
    out_ = *out;
  }
  void forward(Mode) override {
    launch(add_relu_pool_kernel, each_element(out_.count(), plan_.stream, "add and pool maps"), shape_,
           out_.count(), a_.data, b_.data, out_.data);
  }
  void backward() override {
    if (!out_.gradient) return;
    const auto windows = [](int size, int pool) {
      return static_cast<std::size_t>((size + pool - 1) / pool);
    };
    const std::size_t count = static_cast<std::size_t>(a_.batch) * windows(a_.height, shape_.pool_height) *
                              windows(a_.width, shape_.pool_width) * static_cast<std::size_t>(a_.channels);
    launch(add_relu_pool_gradient_kernel, each_element(count, plan_.stream, "part gradients"), shape_,
           a_.data, b_.data, out_.gradient, a_.gradient, b_.gradient);
  }
  std::string implementation() const override { return "own"; }

 private:
  Plan& plan_;
  PoolShape shape_;
  Value a_, b_, out_;
};

// Grid (values / kBlock): (N, H, W, C) to (N, W, C * H), channel c of row h at c * H + h; or back.
template <bool back>
__global__ void fold_kernel(std::size_t count, int height, int width, int channels, const float* from,
                            float* to) {
  const std::size_t i = element_of_thread();
  if (i >= count) return;
  const auto h_count = static_cast<std::size_t>(height), w_count = static_cast<std::size_t>(width),
             c_count = static_cast<std::size_t>(channels);
  const std::size_t h = i % h_count, c = i / h_count % c_count, w = i / h_count / c_count % w_count,
                    n = i / h_count / c_count / w_count;
  const std::size_t map = ((n * h_count + h) * w_count + w) * c_count + c;
  if (back)
    to[map] = from[i];
  else
    to[i] = from[map];
}

class FoldHeight final : public Operation {
 public:
  FoldHeight(Plan& plan, const Value& x, Value* out) : plan_(plan), x_(x) {
    out->data = plan.make(out->count());
    if (x.gradient) plan.make_gradient(out);
    out_ = *out;
  }
  void forward(Mode) override {
    launch(fold_kernel<false>, each_element(x_.count(), plan_.stream, "fold maps"), x_.count(), x_.height,
           x_.width, x_.channels, x_.data, out_.data);
  }
  void backward() override {
    if (x_.gradient)
      launch(fold_kernel<true>, each_element(x_.count(), plan_.stream, "unfold gradients"), x_.count(),
             x_.height, x_.width, x_.channels, out_.gradient, x_.gradient);
  }
  std::string implementation() const override { return "own"; }

 private:
  Plan& plan_;
  Value x_, out_;
};

}  // namespace

OperationPointer make_fork(Plan& plan, const Value& x, Value* first, Value* second) {
  return std::make_unique<Fork>(plan, x, first, second);
}
OperationPointer make_concatenate(Plan& plan, std::span<const Value> parts, Value* out) {
  return std::make_unique<Concatenate>(plan, parts, out);
}
OperationPointer make_add_relu_pool(Plan& plan, int pool_height, int pool_width, const Value& a,
                                    const Value& b, Value* out) {
  return std::make_unique<AddReluPool>(plan, pool_height, pool_width, a, b, out);
}
OperationPointer make_fold_height(Plan& plan, const Value& x, Value* out) {
  return std::make_unique<FoldHeight>(plan, x, out);
}

}  // namespace genretrack::cuda
