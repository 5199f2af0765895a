// A recurrent layer over time, one or two directions.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "cuda/nn/cudnn_handle.h"
#include "host/backend/network_ops.h"

namespace genretrack::cuda {

// Letters: N batch, T frames, C features in, H hidden, D directions.
struct RecurrentShape {
  Cell cell = Cell::kLstm;
  int batch = 0, frames = 0, in = 0, hidden = 0, directions = 1;
};

class CudnnRecurrent {
 public:
  CudnnRecurrent(const Cudnn& cudnn, const RecurrentShape& shape, const NetworkOptions& options);
  ~CudnnRecurrent();
  CudnnRecurrent(const CudnnRecurrent&) = delete;
  CudnnRecurrent& operator=(const CudnnRecurrent&) = delete;

  // cuDNN keeps all weights of a layer in one space, in an order of its own. Places are floats from its
  // start; gates come in the order of RecurrentLayer. A matrix is row-major: (H, C) or (H, H).
  std::size_t weight_count() const;
  std::size_t input_weight(int direction, int gate) const;
  std::size_t recurrent_weight(int direction, int gate) const;
  std::size_t input_bias(int direction, int gate) const;      // (H)
  std::size_t recurrent_bias(int direction, int gate) const;  // (H); GRU only

  std::size_t workspace_bytes() const;
  std::size_t reserve_bytes() const;  // kept from a training forward to its backward
  std::string implementation() const;

  // x: (N, T, C); y: (N, T, D * H), the forward direction's units first. Queued in the handle's stream.
  void forward(bool training, const float* x, const float* weights, float* y, void* workspace,
               void* reserve) const;
  void backward_data(const float* y, const float* y_gradient, const float* weights, float* x_gradient,
                     void* workspace, void* reserve) const;
  // After backward_data; adds to weight_gradients.
  void backward_weights(const float* x, const float* y, float* weight_gradients, void* workspace,
                        void* reserve) const;

 private:
  struct Layer;
  std::unique_ptr<Layer> layer_;
};

}  // namespace genretrack::cuda
