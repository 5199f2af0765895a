// Allocations with guard bytes, and copies whose ends are checked.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/cuda_on_cpu/state.h"

namespace cuda_on_cpu {
namespace {

constexpr std::size_t kGuard = 512;  // bytes on both sides; keeps cudaMalloc's alignment of 256
constexpr unsigned char kGuardByte = 0xA7, kFreshByte = 0xFF;

using Allocations = std::map<const char*, std::size_t>;

char* allocate(Allocations& allocations, std::size_t bytes) {
  const std::size_t room = (bytes + 2 * kGuard + 255) / 256 * 256;
  char* block = static_cast<char*>(std::aligned_alloc(256, room));
  if (!block) return nullptr;
  ++state().counts.allocations;
  std::memset(block, kGuardByte, room);
  std::memset(block + kGuard, kFreshByte, bytes);
  allocations[block + kGuard] = bytes;
  return block + kGuard;
}

void check_guard(const char* begin, std::size_t bytes, const char* kind) {
  const auto intact = [](char byte) { return static_cast<unsigned char>(byte) == kGuardByte; };
  if (!std::all_of(begin - kGuard, begin, intact))
    throw Fault("a write in front of " + std::string(kind) + " memory of " + std::to_string(bytes) +
                " bytes");
  if (!std::all_of(begin + bytes, begin + bytes + kGuard, intact))
    throw Fault("a write behind the end of " + std::string(kind) + " memory of " + std::to_string(bytes) +
                " bytes");
}

void release(Allocations& allocations, void* pointer, const char* kind) {
  const auto found = allocations.find(static_cast<char*>(pointer));
  if (found == allocations.end())
    throw Fault("a pointer is freed that was not allocated as " + std::string(kind));
  const std::size_t bytes = found->second;
  allocations.erase(found);
  const char* begin = static_cast<char*>(pointer);
  struct Freed {
    const char* block;
    ~Freed() { std::free(const_cast<char*>(block)); }
  } freed{begin - kGuard};
  check_guard(begin, bytes, kind);
}

std::size_t used() {
  std::size_t sum = 0;
  for (const auto& [pointer, bytes] : state().device) sum += bytes;
  return sum;
}

// The device allocation that holds or follows an address.
bool overlaps(const char* from, std::size_t bytes, const Allocations::value_type& a) {
  return from < a.first + a.second && from + bytes > a.first;
}

cudaError_t copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  Lock lock;
  if (fails_now()) return answer(cudaErrorInvalidValue);
  const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  if (!(to_device ? on_device(to, bytes) : off_device(to, bytes)) ||
      !(from_device ? on_device(from, bytes) : off_device(from, bytes)))
    return answer(cudaErrorInvalidValue);
  return enqueue(stream, [=] { std::memcpy(to, from, bytes); });
}

}  // namespace

void check_guards() {
  for (const auto& [pointer, bytes] : state().device) check_guard(pointer, bytes, "device");
  for (const auto& [pointer, bytes] : state().pinned) check_guard(pointer, bytes, "pinned");
}

bool on_device(const void* pointer, std::size_t bytes) {
  const char* from = static_cast<const char*>(pointer);
  return std::any_of(state().device.begin(), state().device.end(),
                     [&](const auto& a) { return from >= a.first && from + bytes <= a.first + a.second; });
}

bool off_device(const void* pointer, std::size_t bytes) {
  const char* from = static_cast<const char*>(pointer);
  return std::none_of(state().device.begin(), state().device.end(),
                      [&](const auto& a) { return overlaps(from, bytes, a); });
}

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

cudaError_t cudaMalloc(void** pointer, std::size_t bytes) {
  Lock lock;
  *pointer = nullptr;
  if (fails_now() || used() + bytes > state().settings.memory) return answer(cudaErrorMemoryAllocation);
  if (refused_by_capture()) return answer(cudaErrorStreamCaptureUnsupported);
  if (bytes == 0) return cudaSuccess;
  *pointer = allocate(state().device, bytes);
  return *pointer ? cudaSuccess : answer(cudaErrorMemoryAllocation);
}

cudaError_t cudaFree(void* pointer) {
  Lock lock;
  if (!pointer) return cudaSuccess;
  drain_all_quietly();
  release(state().device, pointer, "device");
  return state().sticky;
}

cudaError_t cudaHostAlloc(void** pointer, std::size_t bytes, unsigned) {
  Lock lock;
  *pointer = nullptr;
  if (fails_now()) return answer(cudaErrorMemoryAllocation);
  if (refused_by_capture()) return answer(cudaErrorStreamCaptureUnsupported);
  *pointer = allocate(state().pinned, bytes);
  return *pointer ? cudaSuccess : answer(cudaErrorMemoryAllocation);
}

cudaError_t cudaFreeHost(void* pointer) {
  Lock lock;
  if (!pointer) return cudaSuccess;
  drain_all_quietly();
  release(state().pinned, pointer, "pinned");
  return state().sticky;
}

cudaError_t cudaMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes) {
  Lock lock;
  if (fails_now()) return answer(cudaErrorUnknown);
  *total_bytes = state().settings.memory;
  *free_bytes = *total_bytes - std::min(*total_bytes, used());
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  return copy(to, from, bytes, kind, stream);
}

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  return copy(to, from, bytes, kind, nullptr);
}

cudaError_t cudaMemsetAsync(void* pointer, int value, std::size_t bytes, cudaStream_t stream) {
  Lock lock;
  if (fails_now() || !on_device(pointer, bytes)) return answer(cudaErrorInvalidValue);
  return enqueue(stream, [=] { std::memset(pointer, value, bytes); });
}
