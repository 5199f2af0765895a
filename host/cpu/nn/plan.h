// What the operations of a recorded network share while they are planned: engine, memory, layouts, and
// primitives bound to their arguments. Nothing here allocates once the network is prepared.
#pragma once

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/backend/network_ops.h"

namespace genretrack::cpu {

// Zeroed floats on a cache line's border, which oneDNN's blocked layouts and whole vectors ask for.
class FloatBuffer {
 public:
  FloatBuffer() = default;
  explicit FloatBuffer(std::size_t count);
  float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(float* p) const;
  };
  std::unique_ptr<float, Free> data_;
  std::size_t size_ = 0;
};

// A primitive with its arguments, ready to run.
class Call {
 public:
  Call() = default;  // does nothing
  Call(const dnnl::primitive& primitive, std::vector<std::pair<int, dnnl::memory>> arguments);
  void run(const dnnl::stream& stream) const;

 private:
  dnnl::primitive primitive_;
  std::vector<std::pair<int, dnnl::memory>> kept_;
  std::vector<dnnl_exec_arg_t> arguments_;  // the C form of kept_: the C++ one is converted in every run
};

// Rows of features by frame: what recurrent layers read and write. The batch is divided into shares, one for
// each thread, and a share holds (frames, its clips, features): a thread walks through its own memory.
struct TimeMajor {
  int batch = 0, shares = 0, frames = 0, features = 0;
  float* data = nullptr;
  float* gradient = nullptr;  // null where nothing in front is trained

  int first(int share) const { return static_cast<int>(std::size_t(batch) * share / shares); }
  int clips(int share) const { return first(share + 1) - first(share); }
  int share_of(int n) const {
    return static_cast<int>(((std::size_t(n) + 1) * shares - 1) / std::size_t(batch));
  }
  std::size_t begin(int share) const { return std::size_t(first(share)) * frames * features; }
  std::size_t count() const { return std::size_t(batch) * frames * features; }
  // Of the features of clip n at frame 0, and from there to the next frame.
  std::size_t clip(int n) const {
    const int share = share_of(n);
    return begin(share) + std::size_t(n - first(share)) * features;
  }
  std::size_t step(int n) const { return std::size_t(clips(share_of(n))) * features; }
};

// Maps of one tensor for a whole batch. Layouts are plain (N, C, H, W), or blocks of 8 or 16 channels; or, in
// the place of both, rows by frame.
struct Value {
  int channels = 0, height = 0, width = 0;
  dnnl::memory data, gradient;  // gradient: empty where nothing in front is trained
  std::optional<TimeMajor> time;
  std::string name;
};

// Where the elements of a map lie: ((n * blocks + c / lanes) * area + place) * lanes + c % lanes.
struct MapLayout {
  int lanes = 1, blocks = 0, area = 0;
  std::size_t offset(int n, int c, int place) const {
    return ((std::size_t(n) * blocks + c / lanes) * area + place) * lanes + c % lanes;
  }
};

class Plan {
 public:
  Plan(int batch_size, int thread_count) : batch(batch_size), threads(thread_count) {}
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  const int batch, threads;
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};

  // The layout of (batch, channels, height, width) in blocks of `lanes` channels; 1 is plain.
  dnnl::memory::desc map(int channels, int height, int width, int lanes) const;
  // Zeroed memory that lives as long as the plan's network.
  dnnl::memory make(const dnnl::memory::desc& desc);
  float* make(std::size_t count);
  // (batch, features, 1, frames) by frame, one share for each thread; without a gradient where not wanted.
  TimeMajor make_time_major(int features, int frames, bool with_gradient);
  // `from` itself where it already has the wanted layout, else a copy that `copy` renews.
  dnnl::memory as(const dnnl::memory& from, const dnnl::memory::desc& wanted, Call* copy);
  // Where an operation writes what belongs into `to`: `to` itself, or memory in the wanted layout that `copy`
  // brings there.
  dnnl::memory into(const dnnl::memory& to, const dnnl::memory::desc& wanted, Call* copy);

 private:
  std::vector<FloatBuffer> buffers_;
};

// 1, 8 or 16 channels per block, or 0 for any other layout of a map.
int lanes_of(const dnnl::memory::desc& desc);
// The width of blocks that oneDNN's convolutions take on this machine: 16 or 8.
int preferred_lanes();
MapLayout layout_of(const dnnl::memory::desc& desc);
inline float* floats(const dnnl::memory& m) { return static_cast<float*>(m.get_data_handle()); }

struct StepState {
  Mode mode = Mode::kTraining;
  std::uint64_t seed = 0, step = 0;
};

// One recorded operation after planning.
class Operation {
 public:
  virtual ~Operation() = default;
  virtual void forward(const StepState& state) = 0;
  virtual void backward() = 0;
  virtual std::string implementation() const = 0;
};

// The calling thread's number of OpenMP threads, for the length of one call. oneDNN plans a primitive for it.
class ThreadCount {
 public:
  explicit ThreadCount(int threads);
  ~ThreadCount();
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_;
};

}  // namespace genretrack::cpu
