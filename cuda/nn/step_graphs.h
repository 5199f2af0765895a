// Work that is queued again and again, captured as CUDA graphs: a step is then one launch instead of some
// hundred. What differs from step to step lies in device memory.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <map>

#include "cuda/core/error.h"

namespace genretrack::cuda {

class StepGraphs {
 public:
  StepGraphs() = default;
  ~StepGraphs();
  StepGraphs(const StepGraphs&) = delete;
  StepGraphs& operator=(const StepGraphs&) = delete;

  // Does what `queue` queues in `stream`: the first time of a key as it is, for libraries load kernels then;
  // the second time it is captured; from then on the graph is launched. `queue` must queue the same every
  // time.
  template <class Queue>
  void run(int key, cudaStream_t stream, const Queue& queue) {
    Entry& entry = entries_[key];
    if (!entry.warm) {
      queue();
      entry.warm = true;
      return;
    }
    if (!entry.graph) {
      begin(stream);
      try {
        queue();
      } catch (...) {
        abandon(stream);
        throw;
      }
      entry.graph = end(stream);
    }
    check_cuda(cudaGraphLaunch(entry.graph, stream), "launch a captured step");
  }

  std::size_t captured() const;

 private:
  struct Entry {
    bool warm = false;
    cudaGraphExec_t graph = nullptr;
  };
  static void begin(cudaStream_t stream);
  static void abandon(cudaStream_t stream);
  static cudaGraphExec_t end(cudaStream_t stream);

  std::map<int, Entry> entries_;
};

}  // namespace genretrack::cuda
