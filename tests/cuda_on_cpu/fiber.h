// A fiber that AddressSanitizer is told of.
#pragma once

#include <boost/context/fiber.hpp>
#include <functional>

namespace cuda_on_cpu {

class Fiber {
 public:
  // Nothing runs before the first resume().
  void start(std::function<void()> body);

  // From outside: runs on until the body suspends or ends. Does nothing where it has ended.
  void resume();

  // From inside: back to whoever resumed.
  void suspend();

 private:
  boost::context::fiber inside_, outside_;
  const void* stack_ = nullptr;  // the lowest address of the fiber's own stack
  std::size_t stack_size_ = 0;
  const void* outer_stack_ = nullptr;
  std::size_t outer_size_ = 0;
  void *inside_frames_ = nullptr, *outside_frames_ = nullptr;  // AddressSanitizer's
};

}  // namespace cuda_on_cpu
