// Captured work: a graph is a list of what was queued, and a launch queues it again.
#include <utility>

#include "tests/cuda_on_cpu/state.h"

using namespace cuda_on_cpu;

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  Lock lock;
  if (fails_now()) return answer(cudaErrorUnknown);
  if (!state().streams.contains(stream) || stream->capture) return answer(cudaErrorInvalidValue);
  stream->capture = new CUgraph_st;
  ++state().captures;
  return cudaSuccess;
}

// A graph is given even where the call fails, for its maker to destroy, unless there was no capture.
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  Lock lock;
  *graph = nullptr;
  if (!state().streams.contains(stream) || !stream->capture) return answer(cudaErrorInvalidValue);
  *graph = std::exchange(stream->capture, nullptr);
  --state().captures;
  state().graphs.insert(*graph);
  return fails_now() ? answer(cudaErrorUnknown) : cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* instance, cudaGraph_t graph, unsigned long long) {
  Lock lock;
  *instance = nullptr;
  if (fails_now()) return answer(cudaErrorMemoryAllocation);
  if (!state().graphs.contains(graph)) return answer(cudaErrorInvalidValue);
  state().instances.insert(*instance = new CUgraphExec_st{graph->work});
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t instance, cudaStream_t stream) {
  Lock lock;
  if (fails_now()) return answer(cudaErrorUnknown);
  if (!state().instances.contains(instance)) return answer(cudaErrorInvalidValue);
  ++state().counts.graph_launches;
  for (const auto& work : instance->work)
    if (const cudaError_t status = enqueue(stream, work); status != cudaSuccess) return status;
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  Lock lock;
  if (state().graphs.erase(graph) == 0) throw Fault("a graph is destroyed that does not exist");
  delete graph;
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t instance) {
  Lock lock;
  drain_all_quietly();
  if (state().instances.erase(instance) == 0) throw Fault("a captured step is destroyed that does not exist");
  delete instance;
  return cudaSuccess;
}
