#include "tests/cuda_on_cpu/block.h"

#include <algorithm>
#include <numeric>

#include "tests/cuda_on_cpu/machine.h"

namespace cuda_on_cpu {
namespace {

constexpr unsigned char kGuardByte = 0xA7, kFreshByte = 0xFF;  // fresh floats are NaN

thread_local Block* running = nullptr;

std::string text(const std::source_location& where) {
  return std::string(where.file_name()) + ":" + std::to_string(where.line());
}

bool same_place(const std::source_location& a, const std::source_location& b) {
  return a.line() == b.line() && a.column() == b.column() && std::string(a.file_name()) == b.file_name();
}

// Leaves a kernel whose block is given up.
struct Leave {};

}  // namespace

Block& this_block() {
  if (!running) throw Fault("device code runs outside a kernel");
  return *running;
}

Block::Block(const dim3& grid, const dim3& size, std::size_t shared_bytes, const std::function<void()>& body)
    : grid_(grid),
      size_(size),
      body_(body),
      threads_(std::size_t(size.x) * size.y * size.z),
      shared_(shared_bytes + 2 * kGuard),
      shared_bytes_(shared_bytes) {
  for (unsigned i = 0; i < threads_.size(); ++i) {
    threads_[i].linear = i;
    threads_[i].index = {i % size.x, i / size.x % size.y, i / size.x / size.y};
    threads_[i].fiber.start([this, i] { run_thread(threads_[i]); });
  }
}

Block::~Block() {
  ending_ = true;
  for (Thread& thread : threads_) thread.fiber.resume();
}

// One block's kernel after another.
void Block::run_thread(Thread& thread) {
  while (!ending_) {
    try {
      body_();
    } catch (const std::exception&) {
      failure_ = std::current_exception();
    } catch (const Leave&) {
    }
    thread.state = Thread::State::kDone;
    if (!ending_) thread.fiber.suspend();
  }
}

void Block::resume(Thread& thread) {
  current_ = &thread;
  thread.fiber.resume();
  if (failure_) std::rethrow_exception(failure_);
}

void Block::suspend() {
  current_->fiber.suspend();
  if (ending_) throw Leave();
}

void Block::run(const uint3& index, unsigned seed) {
  struct Running {
    explicit Running(Block* block) { running = block; }
    ~Running() { running = nullptr; }
  } scope(this);
  index_ = index;
  std::fill(shared_.begin(), shared_.end(), kFreshByte);
  std::fill_n(shared_.begin(), kGuard, kGuardByte);
  std::fill_n(shared_.end() - kGuard, kGuard, kGuardByte);
  std::minstd_rand random(1 + seed + index.x + 0x9E37u * index.y + 0x85EBCAu * index.z);
  std::vector<std::size_t> order(threads_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (Thread& thread : threads_) thread.state = Thread::State::kReady;
  while (true) {
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t i : order)
      if (threads_[i].state == Thread::State::kReady) resume(threads_[i]);
    if (all_done()) break;
    if (!open_warp_barriers() && !open_block_barrier()) refuse_stuck();
  }
  check_shared_memory();
}

bool Block::all_done() const {
  return std::all_of(threads_.begin(), threads_.end(),
                     [](const Thread& t) { return t.state == Thread::State::kDone; });
}

void Block::wait_for_block(const std::source_location& where) {
  current_->state = Thread::State::kAtBlockBarrier;
  current_->where = where;
  suspend();
}

void Block::wait_for_warp(unsigned mask, std::uint64_t offered, const std::source_location& where) {
  const unsigned lane = current_->linear % 32;
  const std::size_t first = current_->linear - lane,
                    lanes = std::min<std::size_t>(32, threads_.size() - first);
  if (!(mask >> lane & 1)) throw Fault(text(where) + ": a lane waits for a warp whose mask leaves it out");
  if (lanes < 32 && mask >> lanes != 0)
    throw Fault(text(where) + ": the mask of a warp operation names lanes past the block's end");
  current_->state = Thread::State::kAtWarpBarrier;
  current_->where = where;
  current_->mask = mask;
  current_->offered = offered;
  suspend();
}

std::uint64_t Block::value_of_lane(unsigned lane, unsigned mask, const std::source_location& where) const {
  const std::size_t from = current_->linear / 32 * 32 + lane;
  if (from >= threads_.size()) throw Fault(text(where) + ": a shuffle from past the block's end");
  if (!(mask >> lane & 1)) throw Fault(text(where) + ": a shuffle from a lane that takes no part");
  return threads_[from].released;
}

bool Block::open_warp_barriers() {
  bool opened = false;
  for (std::size_t first = 0; first < threads_.size(); first += 32) opened |= open_warp_barrier(first);
  return opened;
}

// All lanes of a mask wait at one place.
bool Block::open_warp_barrier(std::size_t first) {
  bool opened = false;
  const std::size_t end = std::min(first + 32, threads_.size());
  for (std::size_t i = first; i < end; ++i) {
    const Thread& leader = threads_[i];
    if (leader.state != Thread::State::kAtWarpBarrier) continue;
    const auto takes_part = [&](std::size_t j) { return leader.mask >> (j - first) & 1; };
    bool complete = true;
    for (std::size_t j = first; j < end; ++j)
      complete &=
          !takes_part(j) || (threads_[j].state == Thread::State::kAtWarpBarrier &&
                             threads_[j].mask == leader.mask && same_place(threads_[j].where, leader.where));
    if (!complete) continue;
    opened = true;
    unsigned votes = 0;
    for (std::size_t j = first; j < end; ++j)
      if (takes_part(j)) votes |= unsigned(threads_[j].offered & 1) << (j - first);
    for (std::size_t j = first; j < end; ++j)
      if (takes_part(j)) {
        threads_[j].votes = votes;
        threads_[j].released = threads_[j].offered;
        threads_[j].state = Thread::State::kReady;
      }
  }
  return opened;
}

bool Block::open_block_barrier() {
  for (const Thread& thread : threads_)
    if (thread.state != Thread::State::kAtBlockBarrier || !same_place(thread.where, threads_[0].where))
      return false;
  for (Thread& thread : threads_) thread.state = Thread::State::kReady;
  return true;
}

void Block::check_shared_memory() const {
  const auto intact = [](unsigned char byte) { return byte == kGuardByte; };
  if (!std::all_of(shared_.begin(), shared_.begin() + kGuard, intact) ||
      !std::all_of(shared_.end() - kGuard, shared_.end(), intact))
    throw Fault("a kernel wrote outside its " + std::to_string(shared_bytes_) +
                " bytes of dynamic shared memory");
}

void Block::refuse_stuck() const {
  std::string message = "a barrier is not reached by all threads: ";
  const Thread* other = nullptr;
  const Thread& waiting = *std::find_if(threads_.begin(), threads_.end(),
                                        [](const Thread& t) { return t.state != Thread::State::kDone; });
  for (const Thread& thread : threads_)
    if (thread.state != waiting.state || !same_place(thread.where, waiting.where)) other = &thread;
  message += "thread " + std::to_string(waiting.linear) + " waits at " + text(waiting.where);
  if (other)
    message += ", thread " + std::to_string(other->linear) +
               (other->state == Thread::State::kDone ? " has ended" : " waits at " + text(other->where));
  throw Fault(message);
}

}  // namespace cuda_on_cpu
