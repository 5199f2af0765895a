// Stands for cuda/nn/cudnn_convolution.cc: plain loops, summed in double.
#include <cstring>
#include <vector>

#include "cuda/nn/cudnn_convolution.h"
#include "tests/cuda_on_cpu/cudnn/handle.h"

namespace genretrack::cuda {

struct CudnnConvolution::Graphs {
  Cudnn::Handle& handle;
  ConvolutionShape s;
  Graphs(Cudnn::Handle& h, const ConvolutionShape& shape) : handle(h), s(shape) {
    ++cuda_on_cpu::state().plans;
  }
  ~Graphs() {
    cuda_on_cpu::drain_all_quietly();
    --cuda_on_cpu::state().plans;
  }
  std::size_t x_count() const { return count(s.batch, s.height, s.width, s.in); }
  std::size_t y_count() const { return count(s.batch, s.height, s.width, s.out); }
  std::size_t w_count() const { return count(s.out, s.kernel_height, s.kernel_width, s.in); }
  static std::size_t count(int a, int b, int c, int d) {
    return std::size_t(a) * std::size_t(b) * std::size_t(c) * std::size_t(d);
  }
};

namespace {

constexpr std::size_t kWorkspace = 256;  // bytes; every call scribbles over them

// Calls each(x place, w place, y place) for every product of the convolution; places of the first channels.
template <class Each>
void each_tap(const ConvolutionShape& s, const Each& each) {
  for (int n = 0; n < s.batch; ++n)
    for (int i = 0; i < s.height; ++i)
      for (int j = 0; j < s.width; ++j)
        for (int a = 0; a < s.kernel_height; ++a)
          for (int b = 0; b < s.kernel_width; ++b) {
            const int r = i + a - s.kernel_height / 2, t = j + b - s.kernel_width / 2;
            if (r < 0 || r >= s.height || t < 0 || t >= s.width) continue;
            const auto place = [&](int row, int column) {
              return (std::size_t(n) * std::size_t(s.height) + std::size_t(row)) * std::size_t(s.width) +
                     std::size_t(column);
            };
            each(place(r, t) * std::size_t(s.in), std::size_t(a * s.kernel_width + b) * std::size_t(s.in),
                 place(i, j) * std::size_t(s.out));
          }
}

void store(const std::vector<double>& sums, float* to) {
  for (std::size_t i = 0; i < sums.size(); ++i) to[i] = float(sums[i]);
}

}  // namespace

CudnnConvolution::CudnnConvolution(const Cudnn& cudnn, const ConvolutionShape& shape, const NetworkOptions&) {
  cudnn_call("plan a convolution");
  graphs_ = std::make_unique<Graphs>(cudnn.handle(), shape);
}
CudnnConvolution::~CudnnConvolution() = default;

std::size_t CudnnConvolution::workspace_bytes() const { return kWorkspace; }
std::string CudnnConvolution::engines() const { return "stand-in for cuDNN"; }

void CudnnConvolution::forward(const float* x, const float* w, float* y, void* workspace) const {
  const Graphs& g = *graphs_;
  cudnn_queue(g.handle, "convolve",
              {{x, g.x_count()}, {w, g.w_count()}, {y, g.y_count()}, {workspace, kWorkspace / 4}},
              [=, s = g.s, count = g.y_count()] {
                std::memset(workspace, 0xEE, kWorkspace);
                std::vector<double> sums(count);
                const std::size_t filter = std::size_t(s.kernel_height * s.kernel_width * s.in);
                each_tap(s, [&](std::size_t from, std::size_t tap, std::size_t to) {
                  for (std::size_t k = 0; k < std::size_t(s.out); ++k)
                    for (std::size_t c = 0; c < std::size_t(s.in); ++c)
                      sums[to + k] += double(x[from + c]) * w[k * filter + tap + c];
                });
                store(sums, y);
              });
}

void CudnnConvolution::backward_data(const float* w, const float* y_gradient, float* x_gradient,
                                     void* workspace) const {
  const Graphs& g = *graphs_;
  if (!g.s.input_gradient) throw cuda_on_cpu::Fault("a gradient is asked for that was not planned");
  cudnn_queue(
      g.handle, "convolve back to the input",
      {{w, g.w_count()}, {y_gradient, g.y_count()}, {x_gradient, g.x_count()}, {workspace, kWorkspace / 4}},
      [=, s = g.s, count = g.x_count()] {
        std::memset(workspace, 0xEE, kWorkspace);
        std::vector<double> sums(count);
        const std::size_t filter = std::size_t(s.kernel_height * s.kernel_width * s.in);
        each_tap(s, [&](std::size_t to, std::size_t tap, std::size_t from) {
          for (std::size_t k = 0; k < std::size_t(s.out); ++k)
            for (std::size_t c = 0; c < std::size_t(s.in); ++c)
              sums[to + c] += double(y_gradient[from + k]) * w[k * filter + tap + c];
        });
        store(sums, x_gradient);
      });
}

void CudnnConvolution::backward_filter(const float* x, const float* y_gradient, float* w_gradient,
                                       void* workspace) const {
  const Graphs& g = *graphs_;
  cudnn_queue(
      g.handle, "convolve back to the filter",
      {{x, g.x_count()}, {y_gradient, g.y_count()}, {w_gradient, g.w_count()}, {workspace, kWorkspace / 4}},
      [=, s = g.s, count = g.w_count()] {
        std::memset(workspace, 0xEE, kWorkspace);
        std::vector<double> sums(count);
        const std::size_t filter = std::size_t(s.kernel_height * s.kernel_width * s.in);
        each_tap(s, [&](std::size_t from, std::size_t tap, std::size_t y) {
          for (std::size_t k = 0; k < std::size_t(s.out); ++k)
            for (std::size_t c = 0; c < std::size_t(s.in); ++c)
              sums[k * filter + tap + c] += double(x[from + c]) * y_gradient[y + k];
        });
        store(sums, w_gradient);
      });
}

}  // namespace genretrack::cuda
