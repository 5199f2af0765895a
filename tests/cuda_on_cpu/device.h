// What kernels see of CUDA: their place, barriers, warp operations, shared memory, atomics.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <source_location>

#include "tests/cuda_on_cpu/block.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __restrict__ __restrict
#define __launch_bounds__(...)
// Of the CPU thread, since one block after another runs on each.
#define __shared__ static thread_local

namespace cuda_on_cpu {

// A coordinate that is looked up when it is read. Objects rather than macros, for the runtime's own
// structures have members of the same names.
template <auto place, auto axis>
struct Coordinate {
  operator unsigned() const { return place().*axis; }
};
template <auto place, class Triple>
struct Coordinates {
  [[no_unique_address]] Coordinate<place, &Triple::x> x;
  [[no_unique_address]] Coordinate<place, &Triple::y> y;
  [[no_unique_address]] Coordinate<place, &Triple::z> z;
};
inline const uint3& thread_index() { return this_thread().index; }
inline const uint3& block_index() { return this_block().index(); }
inline const dim3& block_size() { return this_block().size(); }
inline const dim3& grid_size() { return this_block().grid(); }

}  // namespace cuda_on_cpu

inline constexpr cuda_on_cpu::Coordinates<cuda_on_cpu::thread_index, uint3> threadIdx{};
inline constexpr cuda_on_cpu::Coordinates<cuda_on_cpu::block_index, uint3> blockIdx{};
inline constexpr cuda_on_cpu::Coordinates<cuda_on_cpu::block_size, dim3> blockDim{};
inline constexpr cuda_on_cpu::Coordinates<cuda_on_cpu::grid_size, dim3> gridDim{};

inline void __syncthreads(std::source_location where = std::source_location::current()) {
  cuda_on_cpu::this_block().wait_for_block(where);
}
inline void __syncwarp(unsigned mask = ~0u, std::source_location where = std::source_location::current()) {
  cuda_on_cpu::this_block().wait_for_warp(mask, 0, where);
}

namespace cuda_on_cpu {

// What the lane `from` of this warp gives.
template <class T>
T exchange(unsigned mask, T value, unsigned from, const std::source_location& where) {
  static_assert(sizeof(T) <= sizeof(std::uint64_t));
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  this_block().wait_for_warp(mask, bits, where);
  bits = this_block().value_of_lane(from, mask, where);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline unsigned lane() { return this_thread().linear % 32; }

}  // namespace cuda_on_cpu

template <class T>
T __shfl_sync(unsigned mask, T value, int from,
              std::source_location where = std::source_location::current()) {
  return cuda_on_cpu::exchange(mask, value, unsigned(from) % 32, where);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lanes,
                  std::source_location where = std::source_location::current()) {
  return cuda_on_cpu::exchange(mask, value, cuda_on_cpu::lane() ^ unsigned(lanes), where);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned by,
                   std::source_location where = std::source_location::current()) {
  const unsigned from = cuda_on_cpu::lane() + by;  // behind the warp's end a lane keeps its own
  return cuda_on_cpu::exchange(mask, value, from < 32 ? from : cuda_on_cpu::lane(), where);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned by,
                 std::source_location where = std::source_location::current()) {
  const unsigned lane = cuda_on_cpu::lane();
  return cuda_on_cpu::exchange(mask, value, lane >= by ? lane - by : lane, where);
}
inline unsigned __ballot_sync(unsigned mask, int predicate,
                              std::source_location where = std::source_location::current()) {
  cuda_on_cpu::this_block().wait_for_warp(mask, predicate != 0, where);
  return cuda_on_cpu::this_thread().votes;
}
inline int __any_sync(unsigned mask, int predicate,
                      std::source_location where = std::source_location::current()) {
  return __ballot_sync(mask, predicate, where) != 0;
}
inline int __all_sync(unsigned mask, int predicate,
                      std::source_location where = std::source_location::current()) {
  return __ballot_sync(mask, predicate, where) == mask;
}

inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }
inline int __popc(unsigned x) { return std::popcount(x); }
inline int __ffs(int x) { return x == 0 ? 0 : std::countr_zero(unsigned(x)) + 1; }
inline int __float_as_int(float x) { return std::bit_cast<int>(x); }
inline float __int_as_float(int x) { return std::bit_cast<float>(x); }
inline unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }
inline float __uint_as_float(unsigned x) { return std::bit_cast<float>(x); }
template <class T>
T __ldg(const T* p) {
  return *p;
}

namespace cuda_on_cpu {

// `place` becomes change(place), as one step for all CPU threads; what it was.
template <class T, class Change>
T atomic_update(T* place, const Change& change) {
  T before = __atomic_load_n(place, __ATOMIC_RELAXED), after = change(before);
  while (!__atomic_compare_exchange_n(place, &before, after, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    after = change(before);
  return before;
}

}  // namespace cuda_on_cpu

template <class T>
T atomicAdd(T* place, T value) {
  return cuda_on_cpu::atomic_update(place, [value](T x) { return T(x + value); });
}
inline float atomicAdd(float* place, float value) {
  const auto add = [value](unsigned x) { return __float_as_uint(__uint_as_float(x) + value); };
  return __uint_as_float(cuda_on_cpu::atomic_update(reinterpret_cast<unsigned*>(place), add));
}
template <class T>
T atomicMax(T* place, T value) {
  return cuda_on_cpu::atomic_update(place, [value](T x) { return x < value ? value : x; });
}
template <class T>
T atomicMin(T* place, T value) {
  return cuda_on_cpu::atomic_update(place, [value](T x) { return value < x ? value : x; });
}
template <class T>
T atomicExch(T* place, T value) {
  return cuda_on_cpu::atomic_update(place, [value](T) { return value; });
}
template <class T>
T atomicCAS(T* place, T expected, T value) {
  return cuda_on_cpu::atomic_update(place, [=](T x) { return x == expected ? value : x; });
}
