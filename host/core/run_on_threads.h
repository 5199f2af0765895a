// Independent pieces of work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "host/core/interrupt.h"

namespace genretrack {

// work(state, i) for every i < count, in no order, on up to `threads` threads, each with a state of its own
// that make_state() gives and that goes to finish(state) at its end; until all is done, one throws, or a
// signal comes. The first exception is thrown on once all threads have ended; after a signal,
// Error(kInterrupted) with `remedy`.
template <class MakeState, class Work, class Finish>
void run_on_threads(int threads, std::size_t count, const char* remedy, const MakeState& make_state,
                    const Work& work, const Finish& finish) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto loop = [&] {
    try {
      auto state = make_state();
      for (std::size_t i = 0; !stop && !interrupted() && (i = next++) < count;) work(state, i);
      if (!stop) finish(state);
    } catch (...) {
      const std::lock_guard guard(mutex);
      if (!failure) failure = std::current_exception();
      stop = true;
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (std::size_t t = 1; t < std::min(static_cast<std::size_t>(std::max(threads, 1)), count); ++t)
      helpers.emplace_back(loop);
    loop();
  }
  if (failure) std::rethrow_exception(failure);
  throw_if_interrupted(remedy);
}

}  // namespace genretrack
