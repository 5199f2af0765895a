// What CUDA gives and wants back. Destructors wait for what uses the memory (cudaFree does) and never throw.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <string>
#include <utility>

#include "cuda/core/error.h"

namespace genretrack {

// A stream that does not wait for the null stream.
class Stream {
 public:
  Stream() { check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "make a stream"); }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  operator cudaStream_t() const { return stream_; }
  void synchronize(const char* what) const { check_cuda(cudaStreamSynchronize(stream_), what); }

 private:
  cudaStream_t stream_ = nullptr;
};

// A place in a stream's work that the host can wait for.
class Event {
 public:
  Event() { check_cuda(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "make an event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  void record(cudaStream_t stream) const { check_cuda(cudaEventRecord(event_, stream), "record an event"); }
  void synchronize(const char* what) const { check_cuda(cudaEventSynchronize(event_), what); }

 private:
  cudaEvent_t event_ = nullptr;
};

struct DeviceMemory {
  static void* allocate(std::size_t bytes) {
    void* pointer = nullptr;
    const cudaError_t status = cudaMalloc(&pointer, bytes);
    if (status != cudaSuccess)
      check_cuda(status, ("allocate " + std::to_string(bytes >> 10) + " KiB on the device").c_str());
    return pointer;
  }
  static void release(void* pointer) { cudaFree(pointer); }
};

// Host memory that the device copies from and to by itself.
struct PinnedMemory {
  static void* allocate(std::size_t bytes) {
    void* pointer = nullptr;
    const cudaError_t status = cudaHostAlloc(&pointer, bytes, cudaHostAllocDefault);
    if (status != cudaSuccess)
      check_cuda(status, ("allocate " + std::to_string(bytes >> 10) + " KiB of pinned host memory").c_str());
    return pointer;
  }
  static void release(void* pointer) { cudaFreeHost(pointer); }
};

// `count` values that are not initialised.
template <class T, class Memory>
class Array {
 public:
  Array() = default;
  explicit Array(std::size_t count)
      : data_(count == 0 ? nullptr : static_cast<T*>(Memory::allocate(count * sizeof(T)))), count_(count) {}
  ~Array() {
    if (data_) Memory::release(data_);
  }
  Array(Array&& other) noexcept { *this = std::move(other); }
  Array& operator=(Array&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
    return *this;
  }
  T* data() const { return data_; }
  std::size_t size() const { return count_; }
  std::size_t bytes() const { return count_ * sizeof(T); }

 private:
  T* data_ = nullptr;
  std::size_t count_ = 0;
};
template <class T>
using DeviceArray = Array<T, DeviceMemory>;
template <class T>
using PinnedArray = Array<T, PinnedMemory>;

// A copy of host values, there when the call returns.
template <class Values>
auto to_device(const Values& values) {
  using T = typename Values::value_type;
  DeviceArray<T> array(values.size());
  check_cuda(cudaMemcpy(array.data(), values.data(), array.bytes(), cudaMemcpyHostToDevice),
             "copy a table to the device");
  return array;
}

}  // namespace genretrack
