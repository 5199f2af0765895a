#include "cuda/nn/step_graphs.h"

#include <algorithm>

namespace genretrack::cuda {

StepGraphs::~StepGraphs() {
  for (const auto& [key, entry] : entries_)
    if (entry.graph) cudaGraphExecDestroy(entry.graph);
}

std::size_t StepGraphs::captured() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(entries_, [](const auto& entry) { return entry.second.graph != nullptr; }));
}

// Calls of other threads, which may allocate, do not disturb the capture.
void StepGraphs::begin(cudaStream_t stream) {
  check_cuda(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "begin to capture a step");
}

void StepGraphs::abandon(cudaStream_t stream) {
  cudaGraph_t graph = nullptr;
  cudaStreamEndCapture(stream, &graph);
  if (graph) cudaGraphDestroy(graph);
  cudaGetLastError();
}

cudaGraphExec_t StepGraphs::end(cudaStream_t stream) {
  cudaGraph_t graph = nullptr;
  const cudaError_t ended = cudaStreamEndCapture(stream, &graph);
  if (ended != cudaSuccess && graph) cudaGraphDestroy(graph);
  check_cuda(ended, "capture a step");
  cudaGraphExec_t instance = nullptr;
  const cudaError_t made = cudaGraphInstantiate(&instance, graph, 0);
  cudaGraphDestroy(graph);
  check_cuda(made, "prepare a captured step");
  return instance;
}

}  // namespace genretrack::cuda
