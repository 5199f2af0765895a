#include "cuda/nn/cudnn_graphs.h"

#include <string>
#include <vector>

#include "host/core/error.h"

namespace genretrack::cuda {
namespace {

namespace fe = cudnn_frontend;
using Sizes = std::vector<std::int64_t>;

// Strides of (a, b, c, d) whose b comes last in memory.
Sizes channels_last(const Sizes& d) { return {d[1] * d[2] * d[3], 1, d[1] * d[3], d[1]}; }

struct Dimensions {
  Sizes x, filter, y, padding;
  explicit Dimensions(const ConvolutionShape& s)
      : x{s.batch, s.in, s.height, s.width},
        filter{s.out, s.in, s.kernel_height, s.kernel_width},
        y{s.batch, s.out, s.height, s.width},
        padding{s.kernel_height / 2, s.kernel_width / 2} {}
};

using GraphTensor = std::shared_ptr<fe::graph::Tensor_attributes>;

GraphTensor given(fe::graph::Graph& graph, TensorName name, const char* text, const Sizes& size) {
  return graph.tensor(fe::graph::Tensor_attributes().set_name(text).set_uid(name).set_dim(size).set_stride(
      channels_last(size)));
}

void result(const GraphTensor& tensor, TensorName name, const Sizes& size) {
  tensor->set_output(true).set_uid(name).set_dim(size).set_stride(channels_last(size));
}

template <class Attributes>
Attributes same_size(const Dimensions& d) {
  return Attributes().set_padding(d.padding).set_stride({1, 1}).set_dilation({1, 1});
}

}  // namespace

CudnnGraph convolution_graph(const ConvolutionShape& shape, ConvolutionPass pass) {
  const Dimensions d(shape);
  auto graph = std::make_shared<fe::graph::Graph>();
  graph->set_io_data_type(fe::DataType_t::FLOAT)
      .set_intermediate_data_type(fe::DataType_t::FLOAT)
      .set_compute_data_type(fe::DataType_t::FLOAT);
  switch (pass) {
    case ConvolutionPass::kForward:
      result(graph->conv_fprop(given(*graph, kX, "x", d.x), given(*graph, kFilter, "filter", d.filter),
                               same_size<fe::graph::Conv_fprop_attributes>(d)),
             kY, d.y);
      break;
    case ConvolutionPass::kBackwardData:
      result(graph->conv_dgrad(given(*graph, kY, "dy", d.y), given(*graph, kFilter, "filter", d.filter),
                               same_size<fe::graph::Conv_dgrad_attributes>(d)),
             kX, d.x);
      break;
    case ConvolutionPass::kBackwardFilter:
      result(graph->conv_wgrad(given(*graph, kY, "dy", d.y), given(*graph, kX, "x", d.x),
                               same_size<fe::graph::Conv_wgrad_attributes>(d)),
             kFilter, d.filter);
      break;
  }
  return graph;
}

void check_graph(fe::error_t status, const ConvolutionShape& s, const char* what) {
  if (status.is_good()) return;
  throw Error(ErrorKind::kUnsupported, std::string("CUDA: cuDNN cannot ") + what + " a convolution of " +
                                           std::to_string(s.in) + " to " + std::to_string(s.out) +
                                           " channels with a kernel of " + std::to_string(s.kernel_height) +
                                           " x " + std::to_string(s.kernel_width) + " on " +
                                           std::to_string(s.height) + " x " + std::to_string(s.width) + ": " +
                                           status.get_message() + "; --device cpu does without");
}

void validate_convolution(const ConvolutionShape& shape) {
  for (const ConvolutionPass pass :
       {ConvolutionPass::kForward, ConvolutionPass::kBackwardData, ConvolutionPass::kBackwardFilter}) {
    const CudnnGraph graph = convolution_graph(shape, pass);
    check_graph(graph->validate(), shape, "describe");
    check_graph(graph->build_operation_graph(nullptr), shape, "build");  // engines alone need a device
  }
}

void plan_graph(const CudnnGraph& graph, const ConvolutionShape& shape, const NetworkOptions& options,
                cudnnHandle_t handle) {
  using Note = fe::NumericalNote_t;
  check_graph(graph->validate(), shape, "describe");
  check_graph(graph->build_operation_graph(handle), shape, "build");
  check_graph(graph->create_execution_plans({fe::HeurMode_t::A, fe::HeurMode_t::FALLBACK}), shape,
              "find an engine for");
  // Large Winograd tiles lose digits that float32 has.
  std::vector<Note> unwanted = {Note::WINOGRAD_TILE_6x6, Note::WINOGRAD_TILE_13x13};
  if (options.precision == Precision::kFloat32)
    unwanted.insert(unwanted.end(),
                    {Note::TENSOR_CORE, Note::DOWN_CONVERT_INPUTS, Note::REDUCED_PRECISION_REDUCTION});
  if (options.deterministic) unwanted.push_back(Note::NONDETERMINISTIC);
  graph->deselect_numeric_notes(unwanted);
  check_graph(graph->check_support(), shape, "support");
  check_graph(graph->build_plans(fe::BuildPlanPolicy_t::HEURISTICS_CHOICE), shape, "plan");
}

}  // namespace genretrack::cuda
