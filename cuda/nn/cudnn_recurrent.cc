// Recurrent layers have no graph form; these calls are cuDNN's current ones for them. All sequences of a
// batch have all frames, and lie batch first.
#include "cuda/nn/cudnn_recurrent.h"

#include <algorithm>
#include <vector>

#include "cuda/core/handles.h"
#include "cuda/nn/cudnn_check.h"
#include "host/core/error.h"

namespace genretrack::cuda {
namespace {

constexpr const char* kPlan = "plan a recurrent layer";

// One of cuDNN's descriptors.
template <class T, cudnnStatus_t (*create)(T*), cudnnStatus_t (*destroy)(T)>
class Descriptor {
 public:
  Descriptor() { check_cudnn(create(&value_), kPlan); }
  ~Descriptor() { destroy(value_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator T() const { return value_; }

 private:
  T value_ = nullptr;
};
using RnnDescriptor = Descriptor<cudnnRNNDescriptor_t, cudnnCreateRNNDescriptor, cudnnDestroyRNNDescriptor>;
using DataDescriptor =
    Descriptor<cudnnRNNDataDescriptor_t, cudnnCreateRNNDataDescriptor, cudnnDestroyRNNDataDescriptor>;
using TensorDescriptor =
    Descriptor<cudnnTensorDescriptor_t, cudnnCreateTensorDescriptor, cudnnDestroyTensorDescriptor>;
using DropoutDescriptor =
    Descriptor<cudnnDropoutDescriptor_t, cudnnCreateDropoutDescriptor, cudnnDestroyDropoutDescriptor>;

cudnnRNNMode_t mode_of(Cell cell) {
  switch (cell) {
    case Cell::kRnn:
      return CUDNN_RNN_TANH;
    case Cell::kLstm:
      return CUDNN_LSTM;
    case Cell::kGru:
      return CUDNN_GRU;
  }
  return CUDNN_LSTM;
}

struct Place {
  std::size_t matrix, bias;  // floats from the start of the weights
};

}  // namespace

struct CudnnRecurrent::Layer {
  cudnnHandle_t handle;
  RecurrentShape shape;
  RnnDescriptor rnn;
  DropoutDescriptor dropout;
  DataDescriptor x, y;
  TensorDescriptor state;
  DeviceArray<int> lengths;
  std::size_t weight_bytes = 0, workspace_bytes = 0, reserve_bytes = 0;
  std::vector<Place> places;  // by direction and cuDNN's number of the matrix

  Layer(const Cudnn& cudnn, const RecurrentShape& s, const NetworkOptions& options)
      : handle(cudnn.handle().cudnn), shape(s) {
    // One layer has no dropout inside, but a descriptor of it is asked for.
    check_cudnn(cudnnSetDropoutDescriptor(dropout, handle, 0, nullptr, 0, 0), kPlan);
    const cudnnMathType_t math =
        options.precision == Precision::kFloat32 ? CUDNN_FMA_MATH : CUDNN_TENSOR_OP_MATH_ALLOW_CONVERSION;
    check_cudnn(
        cudnnSetRNNDescriptor_v8(rnn, CUDNN_RNN_ALGO_STANDARD, mode_of(s.cell),
                                 s.cell == Cell::kGru ? CUDNN_RNN_DOUBLE_BIAS : CUDNN_RNN_SINGLE_INP_BIAS,
                                 s.directions == 2 ? CUDNN_BIDIRECTIONAL : CUDNN_UNIDIRECTIONAL,
                                 CUDNN_LINEAR_INPUT, CUDNN_DATA_FLOAT, CUDNN_DATA_FLOAT, math, s.in, s.hidden,
                                 s.hidden, 1, dropout, CUDNN_RNN_PADDED_IO_ENABLED),
        kPlan);
    const std::vector<int> all(static_cast<std::size_t>(s.batch), s.frames);
    lengths = to_device(all);
    describe(x, s.in, all);
    describe(y, s.hidden * s.directions, all);
    const int size[] = {s.directions, s.batch, s.hidden}, stride[] = {s.batch * s.hidden, s.hidden, 1};
    check_cudnn(cudnnSetTensorNdDescriptor(state, CUDNN_DATA_FLOAT, 3, size, stride), kPlan);
    check_cudnn(cudnnGetRNNWeightSpaceSize(handle, rnn, &weight_bytes), kPlan);
    measure();
    find_places();
  }

  void describe(const DataDescriptor& data, int values, const std::vector<int>& all) const {
    float padding = 0;
    check_cudnn(cudnnSetRNNDataDescriptor(data, CUDNN_DATA_FLOAT, CUDNN_RNN_DATA_LAYOUT_BATCH_MAJOR_UNPACKED,
                                          shape.frames, shape.batch, values, all.data(), &padding),
                kPlan);
  }

  void measure() {
    for (const cudnnForwardMode_t mode : {CUDNN_FWD_MODE_INFERENCE, CUDNN_FWD_MODE_TRAINING}) {
      std::size_t work = 0, reserve = 0;
      check_cudnn(cudnnGetRNNTempSpaceSizes(handle, rnn, mode, x, &work, &reserve), kPlan);
      workspace_bytes = std::max(workspace_bytes, work);
      reserve_bytes = std::max(reserve_bytes, reserve);
    }
  }

  // Matrices are numbered: the input's of each gate, then the recurrent ones.
  void find_places() {
    const DeviceArray<float> space(weight_bytes / sizeof(float));
    const TensorDescriptor matrix, bias;
    for (int d = 0; d < shape.directions; ++d)
      for (int number = 0; number < 2 * gates_of(shape.cell); ++number) {
        void *matrix_at = nullptr, *bias_at = nullptr;
        check_cudnn(cudnnGetRNNWeightParams(handle, rnn, d, weight_bytes, space.data(), number, matrix,
                                            &matrix_at, bias, &bias_at),
                    kPlan);
        const auto place = [&](const void* at) {
          return at ? static_cast<std::size_t>(static_cast<const float*>(at) - space.data()) : 0;
        };
        places.push_back({place(matrix_at), place(bias_at)});
      }
  }

  const Place& place(int direction, int number) const {
    return places[static_cast<std::size_t>(direction * 2 * gates_of(shape.cell) + number)];
  }
};

CudnnRecurrent::CudnnRecurrent(const Cudnn& cudnn, const RecurrentShape& shape, const NetworkOptions& options)
    : layer_(std::make_unique<Layer>(cudnn, shape, options)) {}
CudnnRecurrent::~CudnnRecurrent() = default;

std::size_t CudnnRecurrent::weight_count() const { return layer_->weight_bytes / sizeof(float); }
std::size_t CudnnRecurrent::input_weight(int d, int g) const { return layer_->place(d, g).matrix; }
std::size_t CudnnRecurrent::recurrent_weight(int d, int g) const {
  return layer_->place(d, gates_of(layer_->shape.cell) + g).matrix;
}
std::size_t CudnnRecurrent::input_bias(int d, int g) const { return layer_->place(d, g).bias; }
std::size_t CudnnRecurrent::recurrent_bias(int d, int g) const {
  return layer_->place(d, gates_of(layer_->shape.cell) + g).bias;
}
std::size_t CudnnRecurrent::workspace_bytes() const { return layer_->workspace_bytes; }
std::size_t CudnnRecurrent::reserve_bytes() const { return layer_->reserve_bytes; }
std::string CudnnRecurrent::implementation() const { return "cuDNN recurrent, standard"; }

void CudnnRecurrent::forward(bool training, const float* x, const float* weights, float* y, void* workspace,
                             void* reserve) const {
  const Layer& l = *layer_;
  check_cudnn(cudnnRNNForward(l.handle, l.rnn, training ? CUDNN_FWD_MODE_TRAINING : CUDNN_FWD_MODE_INFERENCE,
                              l.lengths.data(), l.x, x, l.y, y, l.state, nullptr, nullptr, l.state, nullptr,
                              nullptr, l.weight_bytes, weights, l.workspace_bytes, workspace,
                              training ? l.reserve_bytes : 0, training ? reserve : nullptr),
              "run a recurrent layer");
}

void CudnnRecurrent::backward_data(const float* y, const float* y_gradient, const float* weights,
                                   float* x_gradient, void* workspace, void* reserve) const {
  const Layer& l = *layer_;
  check_cudnn(
      cudnnRNNBackwardData_v8(l.handle, l.rnn, l.lengths.data(), l.y, y, y_gradient, l.x, x_gradient, l.state,
                              nullptr, nullptr, nullptr, l.state, nullptr, nullptr, nullptr, l.weight_bytes,
                              weights, l.workspace_bytes, workspace, l.reserve_bytes, reserve),
      "run a recurrent layer back");
}

void CudnnRecurrent::backward_weights(const float* x, const float* y, float* weight_gradients,
                                      void* workspace, void* reserve) const {
  const Layer& l = *layer_;
  check_cudnn(cudnnRNNBackwardWeights_v8(l.handle, l.rnn, CUDNN_WGRAD_MODE_ADD, l.lengths.data(), l.x, x,
                                         l.state, nullptr, l.y, y, l.weight_bytes, weight_gradients,
                                         l.workspace_bytes, workspace, l.reserve_bytes, reserve),
              "gather the gradients of a recurrent layer");
}

}  // namespace genretrack::cuda
