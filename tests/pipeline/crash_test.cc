// Builds that end in the middle, by any means, and what the next one makes of what they left.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "host/core/interrupt.h"
#include "tests/pipeline/pipeline_fixture.h"

namespace genretrack {
namespace {

using Strings = std::vector<std::string>;

class CrashTest : public PipelineTest {
 protected:
  // Runs `work` in a process of its own; returns how it ended, as waitpid() says it.
  static int in_child(const std::function<void()>& work) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        work();
      } catch (const Error& error) {
        _exit(error.exit_code());
      }
      _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
  }

  // A build that dies before clip `n` (from 0) is transformed.
  void die_before(int n) {
    const int status = in_child([&] {
      before_clip_ = [this, n] {
        if (calls_ == n) _exit(77);
      };
      options_.threads = 1;
      build();
    });
    ASSERT_EQ(WEXITSTATUS(status), 77);
  }

  std::filesystem::path partial() const {
    for (const std::string& file : files())
      if (file.ends_with(".partial")) return folder_ / file;
    return {};
  }
  std::filesystem::path journal() const { return folder_ / "features.h5.journal"; }
};

TEST_F(CrashTest, GoesOnBehindTheLastFinishedClip) {
  const std::string whole = fresh();
  for (int n = 0; n < 8; ++n) {
    die_before(n);
    EXPECT_FALSE(std::filesystem::exists(target_));
    const BuildReport report = build();
    EXPECT_EQ(calls_, 8 - n);
    EXPECT_EQ(report.reused, static_cast<std::size_t>(n));
    if (n > 0) {
      EXPECT_EQ(reasons(report)[data_.clips[0].id], "resumed");
    }
    EXPECT_EQ(bytes(target_), whole) << n;
    EXPECT_EQ(files(), Strings{"features.h5"});
    std::filesystem::remove(target_);
  }
}

TEST_F(CrashTest, DyingAgainAndAgainEndsWithTheSameBytes) {
  const std::string whole = fresh();
  for (int n = 0; n < 7; ++n) die_before(1);
  build();
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(bytes(target_), whole);
}

TEST_F(CrashTest, KilledAtAnyMomentEndsWithTheSameBytes) {
  const std::string whole = fresh();
  for (int round = 0; round < 60; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      before_clip_ = [] { std::this_thread::sleep_for(std::chrono::microseconds(300)); };
      build();
      _exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(round % 30 * 400));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    if (std::filesystem::exists(target_)) {
      ASSERT_EQ(bytes(target_), whole);
    }
    if (round % 4 == 3) {
      build();
      ASSERT_EQ(bytes(target_), whole) << round;
      ASSERT_EQ(files(), Strings{"features.h5"});
      std::filesystem::remove(target_);
    }
  }
}

TEST_F(CrashTest, BelievesNoTornOrGarbledJournalLine) {
  const std::string whole = fresh();
  die_before(5);
  const std::string lines = bytes(journal()), rows = bytes(partial());
  const auto file = partial();
  const auto check = [&](const std::string& damaged) {
    std::filesystem::remove(target_);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << rows;
    std::ofstream(journal(), std::ios::binary | std::ios::trunc) << damaged;
    build();
    ASSERT_EQ(bytes(target_), whole);
    ASSERT_EQ(files(), Strings{"features.h5"});
  };
  for (std::size_t length = 0; length < lines.size(); length += 23) check(lines.substr(0, length));
  for (std::size_t at = 0; at < lines.size(); at += 17) {
    std::string damaged = lines;
    damaged[at] = static_cast<char>(damaged[at] ^ 2);
    check(damaged);
  }
  check(lines + lines + "R nonsense\n");
}

// After a power cut the journal may tell of rows that never reached the disk.
TEST_F(CrashTest, BelievesNoRowWhoseBytesAreNotThere) {
  const std::string whole = fresh();
  die_before(6);
  const std::string rows = bytes(partial()), lines = bytes(journal());
  const auto file = partial();
  for (std::size_t length = 0; length <= rows.size(); length += rows.size() / 12) {
    std::filesystem::remove(target_);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << rows.substr(0, length);
    std::filesystem::resize_file(file, rows.size());
    std::ofstream(journal(), std::ios::binary | std::ios::trunc) << lines;
    build();
    ASSERT_EQ(bytes(target_), whole) << length;
    std::ofstream(file, std::ios::binary | std::ios::trunc) << rows.substr(0, length);
    std::ofstream(journal(), std::ios::binary | std::ios::trunc) << lines;
    std::filesystem::remove(target_);
    build();
    ASSERT_EQ(bytes(target_), whole) << length;
  }
}

TEST_F(CrashTest, ComputesAgainWhatChangedBeforeTheResume) {
  die_before(5);
  write_wav(data_.clips[2].path, 50, 4000);
  build();
  EXPECT_EQ(calls_, 4);
  EXPECT_EQ(bytes(target_), fresh());
}

TEST_F(CrashTest, AnotherListOfClipsTakesTheFinishedRowsOver) {
  die_before(5);
  add("blues", 20);
  data_.clips.erase(data_.clips.begin());
  build();
  EXPECT_EQ(calls_, 4);
  EXPECT_EQ(files(), Strings{"features.h5"});
  EXPECT_EQ(bytes(target_), fresh());
}

TEST_F(CrashTest, OtherParametersTakeNothingOver) {
  die_before(5);
  params_.n_mels = 20;
  build();
  EXPECT_EQ(calls_, 8);
  EXPECT_EQ(files(), Strings{"features.h5"});
}

TEST_F(CrashTest, KilledBehindTheRenameLeavesAFinishedCache) {
  die_before(5);
  const std::string lines = bytes(journal());
  build();
  std::ofstream(journal(), std::ios::binary) << lines;
  std::ofstream(folder_ / "features.h5.0123456789abcdef.partial") << "a stray";
  build();
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(files(), Strings{"features.h5"});
}

TEST_F(CrashTest, AnInterruptKeepsTheJournalAndTheEarlierCache) {
  build();
  const std::string before = bytes(target_);
  for (Clip& clip : data_.clips) write_wav(clip.path, 60, 4000);
  const int status = in_child([&] {
    install_interrupt_handler();
    options_.threads = 1;
    before_clip_ = [this] {
      if (calls_ == 3) raise(SIGINT);
    };
    build();
  });
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ErrorKind::kInterrupted));
  EXPECT_EQ(bytes(target_), before);
  EXPECT_TRUE(std::filesystem::exists(journal()));
  build();
  EXPECT_EQ(calls_, 4);
  EXPECT_EQ(bytes(target_), fresh());
}

TEST_F(CrashTest, ASecondBuilderIsTold) {
  int started[2], go[2];
  ASSERT_EQ(pipe(started), 0);
  ASSERT_EQ(pipe(go), 0);
  const pid_t child = fork();
  if (child == 0) {
    options_.threads = 1;
    before_clip_ = [&] {
      char byte = 0;
      if (calls_ == 2 && (write(started[1], "x", 1) != 1 || read(go[0], &byte, 1) != 1)) _exit(1);
    };
    build();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(started[0], &byte, 1), 1);
  const std::string message = error(ErrorKind::kData, [&] { build(); });
  EXPECT_NE(message.find("another program is building this feature cache"), std::string::npos) << message;
  EXPECT_NE(message.find(target_.string() + ":"), std::string::npos) << message;
  ASSERT_EQ(write(go[1], "x", 1), 1);
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  build();
  EXPECT_EQ(calls_, 0);
  for (const int fd : {started[0], started[1], go[0], go[1]}) close(fd);
}

}  // namespace
}  // namespace genretrack
