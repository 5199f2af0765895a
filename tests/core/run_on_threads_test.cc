// Independent pieces of work on several threads.
#include "host/core/run_on_threads.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace genretrack {
namespace {

TEST(RunOnThreads, DoesEachPieceOnceAndFinishesEachState) {
  for (const int threads : {-1, 0, 1, 3, 16})
    for (const std::size_t count : {0u, 1u, 2u, 100u}) {
      std::vector<int> times(count);
      std::mutex mutex;
      std::size_t finished = 0;
      run_on_threads(
          threads, count, "", [] { return std::vector<std::size_t>(); },
          [](std::vector<std::size_t>& mine, std::size_t i) { mine.push_back(i); },
          [&](const std::vector<std::size_t>& mine) {
            const std::lock_guard guard(mutex);
            for (const std::size_t i : mine) ++times[i];
            ++finished;
          });
      EXPECT_EQ(times, std::vector<int>(count, 1)) << threads;
      EXPECT_EQ(finished, std::max<std::size_t>(1, std::min(count, std::size_t(std::max(1, threads)))));
    }
}

TEST(RunOnThreads, ThrowsWhatAPieceThrowsAndStops) {
  std::atomic<int> begun{0};
  const auto run = [&](int threads) {
    run_on_threads(
        threads, 100000, "", [] { return 0; },
        [&](int, std::size_t i) {
          ++begun;
          if (i == 10) throw std::runtime_error("the tenth");
        },
        [](int) {});
  };
  EXPECT_THROW(run(1), std::runtime_error);
  EXPECT_EQ(begun, 11);
  EXPECT_THROW(run(4), std::runtime_error);
}

}  // namespace
}  // namespace genretrack
