#include "cuda/nn/cudnn_convolution.h"

#include <algorithm>
#include <unordered_map>

#include "cuda/nn/cudnn_check.h"
#include "cuda/nn/cudnn_graphs.h"

namespace genretrack::cuda {

struct CudnnConvolution::Graphs {
  cudnnHandle_t handle;
  ConvolutionShape shape;
  CudnnGraph forward, backward_data, backward_filter;

  void run(const CudnnGraph& graph, const char* what, const float* x, const float* filter, const float* y,
           void* workspace) const {
    // What a graph only reads is not const to the front end.
    std::unordered_map<std::int64_t, void*> tensors = {
        {kX, const_cast<float*>(x)}, {kFilter, const_cast<float*>(filter)}, {kY, const_cast<float*>(y)}};
    check_graph(graph->execute(handle, tensors, workspace), shape, what);
  }
};

CudnnConvolution::CudnnConvolution(const Cudnn& cudnn, const ConvolutionShape& shape,
                                   const NetworkOptions& options)
    : graphs_(std::make_unique<Graphs>()) {
  graphs_->handle = cudnn.handle().cudnn;
  graphs_->shape = shape;
  const auto planned = [&](ConvolutionPass pass) {
    CudnnGraph graph = convolution_graph(shape, pass);
    plan_graph(graph, shape, options, graphs_->handle);
    return graph;
  };
  graphs_->forward = planned(ConvolutionPass::kForward);
  graphs_->backward_filter = planned(ConvolutionPass::kBackwardFilter);
  if (shape.input_gradient) graphs_->backward_data = planned(ConvolutionPass::kBackwardData);
}

CudnnConvolution::~CudnnConvolution() = default;

std::size_t CudnnConvolution::workspace_bytes() const {
  std::int64_t most = 0;
  for (const CudnnGraph& graph : {graphs_->forward, graphs_->backward_filter, graphs_->backward_data}) {
    std::int64_t bytes = 0;
    if (graph) check_graph(graph->get_workspace_size(bytes), graphs_->shape, "measure");
    most = std::max(most, bytes);
  }
  return static_cast<std::size_t>(most);
}

std::string CudnnConvolution::engines() const {
  std::string text = "cuDNN";
  for (const CudnnGraph& graph : {graphs_->forward, graphs_->backward_filter, graphs_->backward_data}) {
    std::string name;
    if (graph && graph->get_plan_name(name).is_good()) text += (text == "cuDNN" ? " " : "/") + name;
  }
  return text;
}

void CudnnConvolution::forward(const float* x, const float* w, float* y, void* workspace) const {
  graphs_->run(graphs_->forward, "run", x, w, y, workspace);
}

void CudnnConvolution::backward_data(const float* w, const float* y_gradient, float* x_gradient,
                                     void* workspace) const {
  graphs_->run(graphs_->backward_data, "run back to the input", x_gradient, w, y_gradient, workspace);
}

void CudnnConvolution::backward_filter(const float* x, const float* y_gradient, float* w_gradient,
                                       void* workspace) const {
  graphs_->run(graphs_->backward_filter, "run back to the filter", x, w_gradient, y_gradient, workspace);
}

}  // namespace genretrack::cuda
