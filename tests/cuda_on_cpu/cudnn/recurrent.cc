// Stands for cuda/nn/cudnn_recurrent.cc: PyTorch's equations in double, frame by frame. Weights lie in an
// order that is neither ours nor without gaps, as cuDNN's may be.
#include <cmath>
#include <cstring>
#include <vector>

#include "cuda/nn/cudnn_recurrent.h"
#include "tests/cuda_on_cpu/cudnn/handle.h"

namespace genretrack::cuda {
namespace {

constexpr std::size_t kGap = 3;  // floats between weights
constexpr std::size_t kWorkspace = 256;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

struct CudnnRecurrent::Layer {
  Cudnn::Handle& handle;
  RecurrentShape s;
  Layer(Cudnn::Handle& h, const RecurrentShape& shape) : handle(h), s(shape) { ++cuda_on_cpu::state().plans; }
  ~Layer() {
    cuda_on_cpu::drain_all_quietly();
    --cuda_on_cpu::state().plans;
  }

  int gates() const { return gates_of(s.cell); }
  std::size_t hidden() const { return std::size_t(s.hidden); }
  std::size_t in() const { return std::size_t(s.in); }
  // All of one gate of one direction: recurrent matrix, biases, input matrix; the last gate comes first.
  std::size_t gate_floats() const { return hidden() * (hidden() + in() + 2) + 4 * kGap; }
  std::size_t gate_begin(int d, int g) const {
    return kGap + (std::size_t(d) * std::size_t(gates()) + std::size_t(gates() - 1 - g)) * gate_floats();
  }
  std::size_t recurrent_at(int d, int g) const { return gate_begin(d, g); }
  std::size_t bias_at(int d, int g) const { return gate_begin(d, g) + hidden() * hidden() + kGap; }
  std::size_t recurrent_bias_at(int d, int g) const { return bias_at(d, g) + hidden() + kGap; }
  std::size_t input_at(int d, int g) const { return recurrent_bias_at(d, g) + hidden() + kGap; }
  std::size_t weight_floats() const { return gate_begin(s.directions, gates() - 1); }

  // Kept of a training forward, per direction, clip and frame: gates after their functions, the recurrent
  // product of GRU's n, and LSTM's c.
  std::size_t kept_of_frame() const { return std::size_t(gates() + 2) * hidden(); }
  std::size_t reserve_floats() const {
    return std::size_t(s.directions * s.batch * s.frames) * kept_of_frame();
  }
  float* kept(void* reserve, int d, int n, int t) const {
    return static_cast<float*>(reserve) + std::size_t((d * s.batch + n) * s.frames + t) * kept_of_frame();
  }
  // The frame that direction d computes as its i-th, and where y keeps it.
  int frame(int d, int i) const { return d == 0 ? i : s.frames - 1 - i; }
  std::size_t y_at(int d, int n, int t) const {
    return (std::size_t(n * s.frames + t) * std::size_t(s.directions) + std::size_t(d)) * hidden();
  }
  std::size_t x_at(int n, int t) const { return std::size_t(n * s.frames + t) * in(); }
  std::size_t x_floats() const { return std::size_t(s.batch * s.frames) * in(); }
  std::size_t y_floats() const { return std::size_t(s.batch * s.frames * s.directions) * hidden(); }

  void forward(bool training, const float* x, const float* w, float* y, void* reserve) const;
  // Gradients by the pre-activations of one frame, in the reserve's place of the gates, as cuDNN does it;
  // GRU's recurrent one of n where its product was.
  void backward_data(const float* y, const float* dy, const float* w, float* dx, void* reserve) const;
  void backward_weights(const float* x, const float* y, float* dw, void* reserve) const;
};

void CudnnRecurrent::Layer::forward(bool training, const float* x, const float* w, float* y,
                                    void* reserve) const {
  const std::size_t h_count = hidden();
  for (int d = 0; d < s.directions; ++d)
    for (int n = 0; n < s.batch; ++n) {
      std::vector<double> h(h_count), c(h_count), next(h_count);
      for (int i = 0; i < s.frames; ++i) {
        const int t = frame(d, i);
        const auto input = [&](int g, std::size_t u) {
          double sum = w[bias_at(d, g) + u];
          for (std::size_t k = 0; k < in(); ++k)
            sum += double(w[input_at(d, g) + u * in() + k]) * x[x_at(n, t) + k];
          return sum;
        };
        const auto recurrent = [&](int g, std::size_t u) {
          double sum = s.cell == Cell::kGru ? w[recurrent_bias_at(d, g) + u] : 0;
          for (std::size_t k = 0; k < h_count; ++k)
            sum += double(w[recurrent_at(d, g) + u * h_count + k]) * h[k];
          return sum;
        };
        for (std::size_t u = 0; u < h_count; ++u) {
          double gate[4] = {}, product = 0;
          if (s.cell == Cell::kGru) {
            gate[0] = sigmoid(input(0, u) + recurrent(0, u));
            gate[1] = sigmoid(input(1, u) + recurrent(1, u));
            product = recurrent(2, u);
            gate[2] = std::tanh(input(2, u) + gate[0] * product);
            next[u] = (1 - gate[1]) * gate[2] + gate[1] * h[u];
          } else if (s.cell == Cell::kLstm) {
            for (int g = 0; g < 4; ++g) {
              const double sum = input(g, u) + recurrent(g, u);
              gate[g] = g == 2 ? std::tanh(sum) : sigmoid(sum);
            }
            c[u] = gate[1] * c[u] + gate[0] * gate[2];
            next[u] = gate[3] * std::tanh(c[u]);
          } else {
            next[u] = gate[0] = std::tanh(input(0, u) + recurrent(0, u));
          }
          if (!training) continue;
          float* keep = kept(reserve, d, n, t);
          for (int g = 0; g < gates(); ++g) keep[std::size_t(g) * h_count + u] = float(gate[g]);
          keep[std::size_t(gates()) * h_count + u] = float(product);
          keep[std::size_t(gates() + 1) * h_count + u] = float(c[u]);
        }
        h = next;
        for (std::size_t u = 0; u < h_count; ++u) y[y_at(d, n, t) + u] = float(h[u]);
      }
    }
}

void CudnnRecurrent::Layer::backward_data(const float* y, const float* dy, const float* w, float* dx,
                                          void* reserve) const {
  const std::size_t h_count = hidden();
  std::vector<double> dx_sums(x_floats());
  for (int d = 0; d < s.directions; ++d)
    for (int n = 0; n < s.batch; ++n) {
      std::vector<double> dh(h_count), dc(h_count);
      for (int i = s.frames - 1; i >= 0; --i) {
        const int t = frame(d, i);
        float* keep = kept(reserve, d, n, t);
        const auto gate = [&](int g, std::size_t u) -> float& { return keep[std::size_t(g) * h_count + u]; };
        const auto before = [&](std::size_t u) {
          return i == 0 ? 0.0 : double(y[y_at(d, n, frame(d, i - 1)) + u]);
        };
        const auto cell_before = [&](std::size_t u) {
          return i == 0 ? 0.0 : double(kept(reserve, d, n, frame(d, i - 1))[5 * h_count + u]);
        };
        std::vector<double> dh_before(h_count);
        for (std::size_t u = 0; u < h_count; ++u) {
          const double g_h = dh[u] + dy[y_at(d, n, t) + u];
          if (s.cell == Cell::kGru) {
            const double r = gate(0, u), z = gate(1, u), nn = gate(2, u), product = gate(3, u);
            dh_before[u] += g_h * z;
            const double d_n = g_h * (1 - z) * (1 - nn * nn), d_z = g_h * (before(u) - nn) * z * (1 - z),
                         d_r = d_n * product * r * (1 - r);
            gate(0, u) = float(d_r), gate(1, u) = float(d_z), gate(2, u) = float(d_n),
                    gate(3, u) = float(d_n * r);
          } else if (s.cell == Cell::kLstm) {
            const double in_gate = gate(0, u), f = gate(1, u), g = gate(2, u), o = gate(3, u);
            const double turned = std::tanh(double(gate(5, u)));
            const double d_c = dc[u] + g_h * o * (1 - turned * turned);
            gate(0, u) = float(d_c * g * in_gate * (1 - in_gate));
            gate(1, u) = float(d_c * cell_before(u) * f * (1 - f));
            gate(2, u) = float(d_c * in_gate * (1 - g * g));
            gate(3, u) = float(g_h * turned * o * (1 - o));
            dc[u] = d_c * f;
          } else {
            gate(0, u) = float(g_h * (1 - double(gate(0, u)) * gate(0, u)));
          }
        }
        for (int g = 0; g < gates(); ++g)
          for (std::size_t u = 0; u < h_count; ++u) {
            const double by_input = gate(g, u),
                         by_recurrent = s.cell == Cell::kGru && g == 2 ? gate(3, u) : by_input;
            for (std::size_t k = 0; k < in(); ++k)
              dx_sums[x_at(n, t) + k] += by_input * w[input_at(d, g) + u * in() + k];
            for (std::size_t k = 0; k < h_count; ++k)
              dh_before[k] += by_recurrent * w[recurrent_at(d, g) + u * h_count + k];
          }
        dh = dh_before;
      }
    }
  for (std::size_t i = 0; i < dx_sums.size(); ++i) dx[i] = float(dx_sums[i]);
}

void CudnnRecurrent::Layer::backward_weights(const float* x, const float* y, float* dw, void* reserve) const {
  const std::size_t h_count = hidden();
  std::vector<double> sums(dw, dw + weight_floats());
  for (int d = 0; d < s.directions; ++d)
    for (int n = 0; n < s.batch; ++n)
      for (int i = 0; i < s.frames; ++i) {
        const int t = frame(d, i);
        const float* keep = kept(reserve, d, n, t);
        for (int g = 0; g < gates(); ++g)
          for (std::size_t u = 0; u < h_count; ++u) {
            const double by_input = keep[std::size_t(g) * h_count + u];
            const double by_recurrent = s.cell == Cell::kGru && g == 2 ? keep[3 * h_count + u] : by_input;
            sums[bias_at(d, g) + u] += by_input;
            sums[recurrent_bias_at(d, g) + u] += s.cell == Cell::kGru ? by_recurrent : 0;
            for (std::size_t k = 0; k < in(); ++k)
              sums[input_at(d, g) + u * in() + k] += by_input * x[x_at(n, t) + k];
            for (std::size_t k = 0; i > 0 && k < h_count; ++k)
              sums[recurrent_at(d, g) + u * h_count + k] += by_recurrent * y[y_at(d, n, frame(d, i - 1)) + k];
          }
      }
  for (std::size_t i = 0; i < sums.size(); ++i) dw[i] = float(sums[i]);
}

CudnnRecurrent::CudnnRecurrent(const Cudnn& cudnn, const RecurrentShape& shape, const NetworkOptions&) {
  cudnn_call("plan a recurrent layer");
  layer_ = std::make_unique<Layer>(cudnn.handle(), shape);
}
CudnnRecurrent::~CudnnRecurrent() = default;

std::size_t CudnnRecurrent::weight_count() const { return layer_->weight_floats(); }
std::size_t CudnnRecurrent::input_weight(int d, int g) const { return layer_->input_at(d, g); }
std::size_t CudnnRecurrent::recurrent_weight(int d, int g) const { return layer_->recurrent_at(d, g); }
std::size_t CudnnRecurrent::input_bias(int d, int g) const { return layer_->bias_at(d, g); }
std::size_t CudnnRecurrent::recurrent_bias(int d, int g) const { return layer_->recurrent_bias_at(d, g); }
std::size_t CudnnRecurrent::workspace_bytes() const { return kWorkspace; }
std::size_t CudnnRecurrent::reserve_bytes() const { return layer_->reserve_floats() * sizeof(float); }
std::string CudnnRecurrent::implementation() const { return "stand-in for cuDNN"; }

void CudnnRecurrent::forward(bool training, const float* x, const float* weights, float* y, void* workspace,
                             void* reserve) const {
  const Layer* l = layer_.get();
  cudnn_queue(l->handle, "run a recurrent layer",
              {{x, l->x_floats()},
               {weights, l->weight_floats()},
               {y, l->y_floats()},
               {workspace, kWorkspace / 4},
               {reserve, l->reserve_floats()}},
              [=] {
                std::memset(workspace, 0xEE, kWorkspace);
                l->forward(training, x, weights, y, reserve);
              });
}

void CudnnRecurrent::backward_data(const float* y, const float* y_gradient, const float* weights,
                                   float* x_gradient, void* workspace, void* reserve) const {
  const Layer* l = layer_.get();
  cudnn_queue(l->handle, "run a recurrent layer back",
              {{y, l->y_floats()},
               {y_gradient, l->y_floats()},
               {weights, l->weight_floats()},
               {x_gradient, l->x_floats()},
               {workspace, kWorkspace / 4},
               {reserve, l->reserve_floats()}},
              [=] {
                std::memset(workspace, 0xEE, kWorkspace);
                l->backward_data(y, y_gradient, weights, x_gradient, reserve);
              });
}

void CudnnRecurrent::backward_weights(const float* x, const float* y, float* weight_gradients,
                                      void* workspace, void* reserve) const {
  const Layer* l = layer_.get();
  cudnn_queue(l->handle, "gather the gradients of a recurrent layer",
              {{x, l->x_floats()},
               {y, l->y_floats()},
               {weight_gradients, l->weight_floats()},
               {workspace, kWorkspace / 4},
               {reserve, l->reserve_floats()}},
              [=] {
                std::memset(workspace, 0xEE, kWorkspace);
                l->backward_weights(x, y, weight_gradients, reserve);
              });
}

}  // namespace genretrack::cuda
