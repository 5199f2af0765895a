// A run that is killed: in a child process, so that the test lives on.
#pragma once

#include <gtest/gtest.h>
#include <omp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace genretrack {

constexpr int kKilled = 9;

// Runs `work` in a child; it shall call _exit(kKilled) half way. Only the thread that forks lives on in a
// child: it would wait forever for OpenMP's other threads, which tests before this one have started, so those
// end first. Both processes start new ones when they need them.
inline void run_and_be_killed(const std::function<void()>& work) {
  ASSERT_EQ(omp_pause_resource_all(omp_pause_hard), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    work();
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), kKilled);
}

}  // namespace genretrack
