// Convolutions of stride 1 with zero padding that keeps the size, and their two gradients.
#pragma once

#include <memory>
#include <string>

#include "cuda/nn/cudnn_handle.h"
#include "host/backend/network_ops.h"

namespace genretrack::cuda {

// Letters: N batch, C input channels, K output channels, H height, W width, R and S the kernel's.
struct ConvolutionShape {
  int batch = 0, in = 0, out = 0, height = 0, width = 0, kernel_height = 0, kernel_width = 0;
  bool input_gradient = false;  // whether anything in front is trained
};

// Describes all three passes to cuDNN, which builds and checks its graphs of them; needs no device. Throws
// Error(kUnsupported) with cuDNN's words where one cannot be.
void validate_convolution(const ConvolutionShape& shape);

class CudnnConvolution {
 public:
  // Chooses engines and plans them. Throws Error(kUnsupported) where there is none for this shape.
  CudnnConvolution(const Cudnn& cudnn, const ConvolutionShape& shape, const NetworkOptions& options);
  ~CudnnConvolution();
  CudnnConvolution(const CudnnConvolution&) = delete;
  CudnnConvolution& operator=(const CudnnConvolution&) = delete;

  std::size_t workspace_bytes() const;  // on the device; the most of the three
  std::string engines() const;          // for people

  // x: (N, H, W, C), w: (K, R, S, C), y: (N, H, W, K), all float32. Queued in the handle's stream.
  void forward(const float* x, const float* w, float* y, void* workspace) const;
  void backward_data(const float* w, const float* y_gradient, float* x_gradient, void* workspace) const;
  void backward_filter(const float* x, const float* y_gradient, float* w_gradient, void* workspace) const;

 private:
  struct Graphs;
  std::unique_ptr<Graphs> graphs_;
};

}  // namespace genretrack::cuda
