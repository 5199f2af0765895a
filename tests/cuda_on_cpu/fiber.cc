#include "tests/cuda_on_cpu/fiber.h"

#include <boost/context/pooled_fixedsize_stack.hpp>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace cuda_on_cpu {
namespace {

constexpr std::size_t kStackBytes = 128 << 10;

boost::context::pooled_fixedsize_stack& stacks() {
  static thread_local boost::context::pooled_fixedsize_stack pool(kStackBytes);
  return pool;
}

// Before and after a change of stacks; `frames` is what the side that is left keeps, null where it ends.
#if defined(__SANITIZE_ADDRESS__)
void leave(void** frames, const void* stack, std::size_t size) {
  __sanitizer_start_switch_fiber(frames, stack, size);
}
void arrive(void* frames, const void** from, std::size_t* size) {
  __sanitizer_finish_switch_fiber(frames, from, size);
}
#else
void leave(void**, const void*, std::size_t) {}
void arrive(void*, const void**, std::size_t*) {}
#endif

}  // namespace

void Fiber::start(std::function<void()> body) {
  const boost::context::stack_context stack = stacks().allocate();
  stack_ = static_cast<const char*>(stack.sp) - stack.size;
  stack_size_ = stack.size;
  inside_ =
      boost::context::fiber(std::allocator_arg, boost::context::preallocated(stack.sp, stack.size, stack),
                            stacks(), [this, run = std::move(body)](boost::context::fiber&& caller) {
                              arrive(nullptr, &outer_stack_, &outer_size_);
                              outside_ = std::move(caller);
                              run();
                              leave(nullptr, outer_stack_, outer_size_);
                              return std::move(outside_);
                            });
}

void Fiber::resume() {
  if (!inside_) return;
  leave(&outside_frames_, stack_, stack_size_);
  inside_ = std::move(inside_).resume();
  arrive(outside_frames_, nullptr, nullptr);
}

void Fiber::suspend() {
  leave(&inside_frames_, outer_stack_, outer_size_);
  outside_ = std::move(outside_).resume();
  arrive(inside_frames_, &outer_stack_, &outer_size_);
}

}  // namespace cuda_on_cpu
