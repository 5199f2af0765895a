// The machine behind runtime.h: what lives on the device, and what waits in its streams.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "tests/cuda_on_cpu/machine.h"
#include "tests/cuda_on_cpu/runtime.h"

struct CUgraph_st {
  std::vector<std::function<void()>> work;
};
struct CUgraphExec_st {
  std::vector<std::function<void()>> work;
};
struct CUstream_st {
  std::deque<std::function<void()>> work;
  CUgraph_st* capture = nullptr;  // where work goes instead
};
struct CUevent_st {
  cudaStream_t stream = nullptr;             // where it was recorded last
  std::uint64_t recorded = 0, happened = 0;  // how many records were asked for, and how many came to pass
};

namespace cuda_on_cpu {

struct State {
  std::recursive_mutex mutex;
  Settings settings;
  Counts counts;
  long calls = 0;
  bool failed = false;
  cudaError_t last = cudaSuccess;             // what cudaGetLastError answers next
  cudaError_t sticky = cudaSuccess;           // after a kernel failed, every call answers this
  std::map<const char*, std::size_t> device;  // first byte behind the front guard: size
  std::map<const char*, std::size_t> pinned;  // the same
  std::map<const void*, int> allowed_shared;  // bytes, by kernel
  std::set<cudaStream_t> streams;
  std::set<cudaEvent_t> events;
  std::set<cudaGraph_t> graphs;
  std::set<cudaGraphExec_t> instances;
  int plans = 0, library_handles = 0;
  int captures = 0;  // under way
};
State& state();

// Held by every call.
struct Lock {
  Lock() : guard(state().mutex) {}
  std::lock_guard<std::recursive_mutex> guard;
};

// Counts a call that can fail; whether it is to fail now.
bool fails_now();

// Notes the error and returns it.
cudaError_t answer(cudaError_t error);

// Refuses, while a capture is under way, what cannot be captured.
bool refused_by_capture();

// Appends to a stream's work, or does it at once where that is wanted; the null stream waits for all others.
cudaError_t enqueue(cudaStream_t stream, std::function<void()> work);

// Does all that waits. After a fault, everything that waits is dropped and the device answers nothing more.
void drain(cudaStream_t stream);
void drain_all();

// The same for calls that free: a fault was or will be told elsewhere.
void drain_all_quietly();

// Throws Fault where somebody wrote around an allocation.
void check_guards();

// Whether [pointer, pointer + bytes) lies in one device allocation, or touches none.
bool on_device(const void* pointer, std::size_t bytes);
bool off_device(const void* pointer, std::size_t bytes);

}  // namespace cuda_on_cpu
