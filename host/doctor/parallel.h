// Independent pieces of work on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace genretrack {

// work(i) for every i < count, in no order, on up to `threads` threads; stops early when a signal has come.
// The first exception that a piece throws is thrown here, once all threads have ended.
void run_parallel(int threads, std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace genretrack
