// CUDA without a GPU: our .cu files, compiled by g++ against include/, run on the CPU.
//
// Every CUDA thread is a fiber. The order of the threads of a block is shuffled whenever it matters, so that
// a missing barrier gives a wrong result; barriers that not all threads reach, shuffles from lanes that do
// not exist, and writes around an allocation are faults. Work of a stream waits until somebody waits for it,
// so that a missing synchronisation gives a wrong result, too. Lost updates are not found: those need
// racecheck on a device. What a test sets and asks is here; device.h is what kernels see, runtime.h what host
// code calls.
#pragma once

#include <cstddef>
#include <stdexcept>

namespace cuda_on_cpu {

// A fault of a kernel or of the code that calls the runtime, thrown by the call that notices it. Not an error
// that CUDA would report, and so not for the product to catch.
class Fault : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

struct Settings {
  unsigned seed = 1;              // of the threads' order
  int threads = 1;                // CPU threads that a launch's blocks are spread over
  bool deferred = true;           // work of streams waits; else it runs at once
  int devices = 1;                // that answer
  std::size_t memory = 1u << 31;  // bytes of the device
  long failing_call = -1;         // counted from 0 down the calls that can fail: that one fails; -1: none
};
Settings& settings();

// Back to the settings above, without a sticky error. What lives goes on living.
void reset();

// What was done since the last reset.
struct Counts {
  long allocations = 0, launches = 0, graph_launches = 0;
};
const Counts& counts();

// Whether the failing call was reached.
bool has_failed();

// What was made and is not freed.
struct Live {
  int allocations = 0, pinned = 0, streams = 0, events = 0, plans = 0, library_handles = 0, graphs = 0;
  bool operator==(const Live&) const = default;
};
Live live();

}  // namespace cuda_on_cpu
