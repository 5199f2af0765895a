// What the operations of a recorded network share while they are planned: engine, memory, layouts, and
// primitives bound to their arguments. Nothing here allocates once the network is prepared.
#pragma once

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
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

// Maps of one tensor for a whole batch. Layouts are plain (N, C, H, W), or blocks of 8 or 16 channels.
struct Value {
  int channels = 0, height = 0, width = 0;
  dnnl::memory data, gradient;  // gradient: empty where nothing in front is trained
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
  explicit Plan(int batch_size) : batch(batch_size) {}
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  const int batch;
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};

  // The layout of (batch, channels, height, width) in blocks of `lanes` channels; 1 is plain.
  dnnl::memory::desc map(int channels, int height, int width, int lanes) const;
  // Zeroed memory that lives as long as the plan's network.
  dnnl::memory make(const dnnl::memory::desc& desc);
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

}  // namespace genretrack::cpu
