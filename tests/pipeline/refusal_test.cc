// Recordings that cannot be read and targets that cannot be written.
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/pipeline/pipeline_fixture.h"

namespace genretrack {
namespace {

using RefusalTest = PipelineTest;
using Strings = std::vector<std::string>;

TEST_F(RefusalTest, NamesUnreadableRecordingsAfterAllOthersWereComputed) {
  std::ofstream(data_.clips[2].path, std::ios::trunc) << "not audio";
  std::filesystem::remove(data_.clips[5].path);
  const std::string message = error(ErrorKind::kData, [&] { build(); });
  EXPECT_EQ(calls_, 6);
  EXPECT_NE(message.find("2 of 8 recordings"), std::string::npos) << message;
  EXPECT_NE(message.find(data_.clips[2].id), std::string::npos) << message;
  EXPECT_NE(message.find(data_.clips[5].id), std::string::npos) << message;
  EXPECT_NE(message.find("--skip-unreadable"), std::string::npos) << message;
  EXPECT_FALSE(std::filesystem::exists(target_));
  write_wav(data_.clips[2].path, 2, 4000);
  write_wav(data_.clips[5].path, 5, 4000);
  build();
  EXPECT_EQ(calls_, 2);
  EXPECT_EQ(bytes(target_), fresh());
}

TEST_F(RefusalTest, LeavesUnreadableRecordingsOutWhenAsked) {
  options_.skip_unreadable = true;
  std::ofstream(data_.clips[2].path, std::ios::trunc) << "not audio";
  const std::string id = data_.clips[2].id;
  for (int time = 0; time < 2; ++time) {
    const BuildReport report = build();
    EXPECT_EQ(calls_, time == 0 ? 7 : 0);
    EXPECT_EQ(report.computed, time == 0 ? 7u : 0u);
    ASSERT_EQ(report.unreadable.size(), 1u);
    EXPECT_EQ(report.unreadable[0].id, id);
    EXPECT_EQ(report.clips.size(), 7u);
    EXPECT_EQ(files(), Strings{"features.h5"});
  }
  EXPECT_EQ(FeatureCache(target_).clips().size(), 7u);
  EXPECT_FALSE(FeatureCache(target_).find(id));
  EXPECT_EQ(bytes(target_), fresh());
}

TEST_F(RefusalTest, RefusesADataSetWithoutOneReadableRecording) {
  options_.skip_unreadable = true;
  for (const Clip& clip : data_.clips) std::ofstream(clip.path, std::ios::trunc) << "";
  const std::string message = error(ErrorKind::kData, [&] { build(); });
  EXPECT_NE(message.find("8 of 8 recordings"), std::string::npos) << message;
  EXPECT_EQ(files(), Strings{});
  data_.clips.clear();
  EXPECT_NE(error(ErrorKind::kData, [&] { build(); }).find("no recordings"), std::string::npos);
}

TEST_F(RefusalTest, RefusesTargetsBeforeAnyWork) {
  const auto refused = [&](const std::filesystem::path& target) {
    const std::string message = error(ErrorKind::kData, [&] { build(target); });
    EXPECT_EQ(calls_, 0);
    EXPECT_NE(message.find(target.string()), std::string::npos) << message;
    return message;
  };
  EXPECT_NE(refused(folder_ / "nowhere" / "f.h5").find("there is no folder"), std::string::npos);
  EXPECT_NE(refused(folder_).find("is a folder"), std::string::npos);
  std::ofstream(folder_ / "thesis.txt") << "ten years of work";
  EXPECT_NE(refused(folder_ / "thesis.txt").find("not a feature cache"), std::string::npos);
  EXPECT_EQ(bytes(folder_ / "thesis.txt"), "ten years of work");
  EXPECT_EQ(files(), Strings{"thesis.txt"});
}

TEST_F(RefusalTest, AFolderThatMayNotBeWrittenIsToldAndAFinishedCacheInItStillServes) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  build();
  chmod(folder_.c_str(), 0500);
  build();
  EXPECT_EQ(calls_, 0);
  write_wav(data_.clips[0].path, 90, 4000);
  const std::string message = error(ErrorKind::kData, [&] { build(); });
  chmod(folder_.c_str(), 0700);
  EXPECT_NE(message.find("check its permissions"), std::string::npos) << message;
}

TEST_F(RefusalTest, AFileThatMayNotGrowIsToldAndTheEarlierCacheStays) {
  build();
  const std::string before = bytes(target_);
  params_.n_mels = 128;
  const pid_t child = fork();
  if (child == 0) {
    // Without the signal, a write past the limit fails like one on a full disk.
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {200'000, 200'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    try {
      build();
    } catch (const Error& error) {
      _exit(error.exit_code());
    }
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ErrorKind::kData));
  EXPECT_EQ(bytes(target_), before);
  EXPECT_EQ(files(), Strings{"features.h5"});
}

TEST_F(RefusalTest, AFullDiskIsToldBeforeAnyWork) {
  const auto disk = folder_ / "disk";
  std::filesystem::create_directory(disk);
  if (mount("none", disk.c_str(), "tmpfs", 0, "size=160k") != 0)
    GTEST_SKIP() << "a small disk to fill needs the right to mount one";
  const std::string message = error(ErrorKind::kData, [&] {
    params_.n_mels = 128;
    build(disk / "f.h5");
  });
  const bool empty = std::filesystem::is_empty(disk);
  umount(disk.c_str());
  EXPECT_NE(message.find("free some space"), std::string::npos) << message;
  EXPECT_TRUE(empty);
  EXPECT_EQ(calls_, 0);
}

}  // namespace
}  // namespace genretrack
