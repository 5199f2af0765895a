// Streams whose work waits, events, launches, and errors on demand.
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "tests/cuda_on_cpu/block.h"
#include "tests/cuda_on_cpu/state.h"

namespace cuda_on_cpu {
namespace {

constexpr std::size_t kPlainShared = 48 << 10;  // bytes that a kernel may use without asking
constexpr int kMostShared = 227 << 10;          // after asking: compute capability 9.0
constexpr unsigned kMostThreads = 1024;

// A failed kernel ends everything, as on a device.
void break_device() {
  state().sticky = state().last = cudaErrorLaunchFailure;
  for (cudaStream_t stream : state().streams) stream->work.clear();
}

void run_blocks(const cudaLaunchConfig_t& config, const std::function<void()>& body, unsigned seed,
                std::atomic<std::size_t>& next) {
  const dim3& grid = config.gridDim;
  Block block(grid, config.blockDim, config.dynamicSmemBytes, body);
  const std::size_t count = std::size_t(grid.x) * grid.y * grid.z;
  for (std::size_t i; (i = next++) < count;)
    block.run({unsigned(i % grid.x), unsigned(i / grid.x % grid.y), unsigned(i / grid.x / grid.y)}, seed);
}

// With its blocks spread over CPU threads where the settings say so; the first failure is thrown on.
void run_launch(const cudaLaunchConfig_t& config, const std::function<void()>& body) {
  const Settings& set = state().settings;
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> failures(std::size_t(std::max(1, set.threads)));
  const auto work = [&](std::size_t worker) {
    try {
      run_blocks(config, body, set.seed, next);
    } catch (const std::exception&) {
      failures[worker] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (std::size_t worker = 1; worker < failures.size(); ++worker) helpers.emplace_back(work, worker);
    work(0);
  }
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  check_guards();
}

void run_first(CUstream_st& stream) {
  const std::function<void()> work = std::move(stream.work.front());
  stream.work.pop_front();
  try {
    work();
  } catch (const Fault&) {
    break_device();
    throw;
  }
}

bool fits(const cudaLaunchConfig_t& config, const void* kernel) {
  const dim3 &grid = config.gridDim, &block = config.blockDim;
  const std::size_t threads = std::size_t(block.x) * block.y * block.z;
  const auto allowed = state().allowed_shared.find(kernel);
  const std::size_t shared =
      allowed == state().allowed_shared.end() ? kPlainShared : std::size_t(allowed->second);
  return threads >= 1 && threads <= kMostThreads && block.z <= 64 && grid.x >= 1 && grid.y >= 1 &&
         grid.z >= 1 && grid.x <= 0x7FFFFFFFu && grid.y <= 65535 && grid.z <= 65535 &&
         config.dynamicSmemBytes <= shared;
}

}  // namespace

State& state() {
  static State the_state;
  return the_state;
}

Settings& settings() { return state().settings; }

void reset() {
  Lock lock;
  drain_all_quietly();
  state().settings = {};
  state().counts = {};
  state().calls = 0;
  state().failed = false;
  state().last = state().sticky = cudaSuccess;
}

const Counts& counts() { return state().counts; }

bool has_failed() { return state().failed; }

Live live() {
  Lock lock;
  const State& s = state();
  return {int(s.device.size()),
          int(s.pinned.size()),
          int(s.streams.size()),
          int(s.events.size()),
          s.plans,
          s.library_handles,
          int(s.graphs.size() + s.instances.size())};
}

bool fails_now() {
  State& s = state();
  if (s.settings.failing_call < 0 || s.calls++ != s.settings.failing_call) return false;
  s.failed = true;
  return true;
}

cudaError_t answer(cudaError_t error) {
  if (error != cudaSuccess) state().last = error;
  return error;
}

cudaError_t enqueue(cudaStream_t stream, std::function<void()> work) {
  State& s = state();
  if (s.sticky != cudaSuccess) return answer(s.sticky);
  if (stream && !s.streams.contains(stream)) return answer(cudaErrorInvalidResourceHandle);
  if (stream && stream->capture) {
    stream->capture->work.push_back(std::move(work));
    return cudaSuccess;
  }
  if (!stream && refused_by_capture()) return answer(cudaErrorStreamCaptureUnsupported);
  if (!stream) drain_all();
  CUstream_st null_stream;
  CUstream_st& queue = stream ? *stream : null_stream;
  queue.work.push_back(std::move(work));
  if (!stream || !s.settings.deferred)
    while (!queue.work.empty()) run_first(queue);
  return answer(s.sticky);
}

void drain(cudaStream_t stream) {
  while (!stream->work.empty()) run_first(*stream);
}

void drain_all() {
  for (cudaStream_t stream : state().streams) drain(stream);
}

void drain_all_quietly() {
  try {
    drain_all();
  } catch (const Fault&) {  // the device is broken from here on, which whoever waits for the work is told
  }
}

bool refused_by_capture() { return state().captures > 0; }

cudaError_t launch(const cudaLaunchConfig_t& config, const void* kernel, std::function<void()> body) {
  Lock lock;
  if (fails_now() || !fits(config, kernel)) return answer(cudaErrorInvalidConfiguration);
  if (fails_now())  // in time, on the device
    return enqueue(config.stream, [] { break_device(); });
  ++state().counts.launches;
  return enqueue(config.stream, [config, body = std::move(body)] { run_launch(config, body); });
}

cudaError_t allow_shared_memory(const void* kernel, int bytes) {
  Lock lock;
  if (fails_now() || bytes < 0 || bytes > kMostShared) return answer(cudaErrorInvalidValue);
  state().allowed_shared[kernel] = bytes;
  return cudaSuccess;
}

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  Lock lock;
  if (fails_now()) return answer(cudaErrorMemoryAllocation);
  state().streams.insert(*stream = new CUstream_st);
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  Lock lock;
  drain_all_quietly();
  if (state().streams.erase(stream) == 0) throw Fault("a stream is destroyed that does not exist");
  for (cudaEvent_t event : state().events)
    if (event->stream == stream) event->stream = nullptr;
  if (stream->capture) {
    --state().captures;
    delete stream->capture;
  }
  delete stream;
  return state().sticky;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  Lock lock;
  if (fails_now()) return answer(cudaErrorUnknown);
  if (refused_by_capture()) return answer(cudaErrorStreamCaptureUnsupported);
  if (!stream)
    drain_all();
  else if (state().streams.contains(stream))
    drain(stream);
  else
    return answer(cudaErrorInvalidResourceHandle);
  return answer(state().sticky);
}

cudaError_t cudaDeviceSynchronize() { return cudaStreamSynchronize(nullptr); }

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  Lock lock;
  if (fails_now()) return answer(cudaErrorMemoryAllocation);
  state().events.insert(*event = new CUevent_st);
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  Lock lock;
  drain_all_quietly();
  if (state().events.erase(event) == 0) throw Fault("an event is destroyed that does not exist");
  delete event;
  return state().sticky;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  Lock lock;
  if (fails_now()) return answer(cudaErrorInvalidResourceHandle);
  event->stream = stream;
  const std::uint64_t record = ++event->recorded;
  return enqueue(stream, [=] { event->happened = record; });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  Lock lock;
  if (fails_now()) return answer(cudaErrorInvalidResourceHandle);
  const cudaStream_t other = event->stream;
  const std::uint64_t record = event->recorded;
  return enqueue(stream, [=] {
    while (event->happened < record && !other->work.empty()) run_first(*other);
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  Lock lock;
  if (fails_now()) return answer(cudaErrorUnknown);
  if (refused_by_capture()) return answer(cudaErrorStreamCaptureUnsupported);
  while (event->happened < event->recorded && event->stream && !event->stream->work.empty())
    run_first(*event->stream);
  return answer(state().sticky);
}
