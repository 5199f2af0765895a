// cuDNN's graphs of one convolution each, as NVIDIA's front end describes them. Building one needs no device.
#pragma once

#include <cudnn_frontend.h>

#include <memory>

#include "cuda/nn/cudnn_convolution.h"

namespace genretrack::cuda {

enum class ConvolutionPass { kForward, kBackwardData, kBackwardFilter };

// Names of the tensors of every pass: what belongs to x, to the filter and to y.
enum TensorName : std::int64_t { kX = 1, kFilter = 2, kY = 3 };

using CudnnGraph = std::shared_ptr<cudnn_frontend::graph::Graph>;

// Float tensors with channels last: x (N, C, H, W), filter (K, C, R, S), y (N, K, H, W) in cuDNN's letters.
CudnnGraph convolution_graph(const ConvolutionShape& shape, ConvolutionPass pass);

// Throws Error(kUnsupported) with the front end's own words where `status` is bad.
void check_graph(cudnn_frontend::error_t status, const ConvolutionShape& shape, const char* what);

// Engines are found and one is chosen, for the device of `handle`: without TF32 unless the precision allows
// it, the same bits every time where they are wanted.
void plan_graph(const CudnnGraph& graph, const ConvolutionShape& shape, const NetworkOptions& options,
                cudnnHandle_t handle);

}  // namespace genretrack::cuda
