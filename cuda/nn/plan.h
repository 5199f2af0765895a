// What the operations of a recorded network share on the device: stream, libraries, memory. Nothing here
// allocates once the network is prepared.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "cuda/core/handles.h"
#include "cuda/nn/cublas_products.h"
#include "cuda/nn/cudnn_handle.h"
#include "host/backend/network_ops.h"

namespace genretrack::cuda {

// What differs from one step to the next, in device memory, so that a captured step can be replayed.
struct StepNumbers {
  std::uint64_t seed = 0, step = 0;
};

// The maps of one tensor for a whole batch, channels last: element (n, c, h, w) lies at
// ((n * H + h) * W + w) * C + c.
struct Value {
  int batch = 0, channels = 0, height = 0, width = 0;
  float* data = nullptr;
  float* gradient = nullptr;  // null where nothing in front is trained
  std::size_t positions() const { return std::size_t(height) * std::size_t(width); }
  std::size_t rows() const { return std::size_t(batch) * positions(); }
  std::size_t count() const { return rows() * std::size_t(channels); }
  // Plain (N, C, H, W) order and ours are the same.
  bool is_plain() const { return channels == 1 || positions() == 1; }
};

class Plan {
 public:
  explicit Plan(const NetworkOptions& network_options);
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  const NetworkOptions options;
  const int batch;
  const std::string device;
  const Stream stream;
  const Cudnn cudnn;
  const CublasProducts products;

  // Floats that live as long as the network; not initialised.
  float* make(std::size_t count);
  // Zeros.
  float* make_zeros(std::size_t count);
  // A copy of host values.
  template <class T>
  T* make_table(const std::vector<T>& values) {
    DeviceArray<T> array = to_device(values);
    T* data = array.data();
    tables_.push_back(std::make_shared<DeviceArray<T>>(std::move(array)));
    return data;
  }
  void make_gradient(Value* value) { value->gradient = make(value->count()); }

  // Scratch memory that every operation may use while it runs; there once all have asked.
  void need_workspace(std::size_t bytes) { workspace_bytes_ = std::max(workspace_bytes_, bytes); }
  void allocate_workspace() { workspace_ = DeviceArray<unsigned char>(workspace_bytes_); }
  void* workspace() const { return workspace_.data(); }

  StepNumbers* numbers() const { return numbers_.data(); }

 private:
  DeviceArray<StepNumbers> numbers_{1};
  std::deque<DeviceArray<float>> buffers_;
  std::deque<std::shared_ptr<void>> tables_;
  DeviceArray<unsigned char> workspace_;
  std::size_t workspace_bytes_ = 0;
};

// One recorded operation after planning. Everything it does is queued in the plan's stream.
class Operation {
 public:
  virtual ~Operation() = default;
  virtual void forward(Mode mode) = 0;
  // From the gradients of its outputs to those of its inputs and parameters.
  virtual void backward() = 0;
  virtual std::string implementation() const = 0;
};

}  // namespace genretrack::cuda
