// One block of a launch: its threads as fibers, its barriers, its dynamic shared memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <random>
#include <source_location>
#include <string>
#include <vector>

#include "tests/cuda_on_cpu/fiber.h"
#include "tests/cuda_on_cpu/runtime.h"

namespace cuda_on_cpu {

struct Thread {
  enum class State { kReady, kAtBlockBarrier, kAtWarpBarrier, kDone };
  Fiber fiber;
  uint3 index{};
  unsigned linear = 0;
  State state = State::kDone;
  std::source_location where;  // the barrier that it waits at
  unsigned mask = 0;           // of a warp barrier
  std::uint64_t offered = 0;   // to the other lanes
  std::uint64_t released = 0;  // what it had offered when the barrier opened
  unsigned votes = 0;          // lanes that had offered an odd number then
};

// Runs blocks of one launch one after another, on one CPU thread; made anew for each launch.
class Block {
 public:
  Block(const dim3& grid, const dim3& size, std::size_t shared_bytes, const std::function<void()>& body);
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  // Throws what a thread throws, and Fault for barriers that cannot open.
  void run(const uint3& index, unsigned seed);

  // For the threads that run.
  void wait_for_block(const std::source_location& where);
  void wait_for_warp(unsigned mask, std::uint64_t offered, const std::source_location& where);
  std::uint64_t value_of_lane(unsigned lane, unsigned mask, const std::source_location& where) const;
  Thread& current() { return *current_; }
  const uint3& index() const { return index_; }
  const dim3& size() const { return size_; }
  const dim3& grid() const { return grid_; }
  void* shared_memory() { return shared_.data() + kGuard; }

 private:
  static constexpr std::size_t kGuard = 256;  // bytes around the shared memory that nobody may write

  void run_thread(Thread& thread);
  void resume(Thread& thread);
  void suspend();
  bool all_done() const;
  bool open_warp_barriers();
  bool open_warp_barrier(std::size_t first);
  bool open_block_barrier();
  void check_shared_memory() const;
  [[noreturn]] void refuse_stuck() const;

  dim3 grid_, size_;
  uint3 index_{};
  const std::function<void()>& body_;
  std::vector<Thread> threads_;
  std::vector<unsigned char> shared_;
  std::size_t shared_bytes_;
  Thread* current_ = nullptr;
  std::exception_ptr failure_;
  bool ending_ = false;  // the kernel's threads are to leave it
};

// Where the calling code runs; a Fault outside a kernel.
Block& this_block();
inline Thread& this_thread() { return this_block().current(); }

}  // namespace cuda_on_cpu
