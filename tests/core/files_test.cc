#include "host/core/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

#include "host/core/audio_suffix.h"
#include "host/core/error.h"
#include "host/core/utf8.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

std::string refusal(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    return error.what();
  }
  return "no error";
}

TEST(Files, ReadsBackWhatItWrites) {
  const TemporaryFolder folder;
  const fs::path path = folder / "a.bin";
  const std::string bytes("zero\0 and \xff\n", 12);
  write_file_atomically(path, bytes);
  EXPECT_EQ(read_file(path), bytes);
  write_file_atomically(path, "");
  EXPECT_EQ(read_file(path), "");
}

TEST(Files, LeavesNothingBesideTheTarget) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "a.txt", "one");
  write_file_atomically(folder / "a.txt", "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(Files, KeepsTheOldContentWhenWritingFails) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "target");
  write_file_atomically(folder / "target" / "inner", "kept");
  const std::string message = refusal([&] { write_file_atomically(folder / "target", "new"); });
  EXPECT_NE(message.find((folder / "target").string()), std::string::npos) << message;
  EXPECT_EQ(read_file(folder / "target" / "inner"), "kept");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(Files, TakesNoMemoryForASizeThatAFileClaims) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "sparse", "");
  fs::resize_file(folder / "sparse", std::uintmax_t{1} << 40);
  EXPECT_NE(refusal([&] { read_file(folder / "sparse"); }).find("larger than the 256 MB"), std::string::npos);
}

TEST(Files, ReadsNoMoreOfAnEndlessFileThanItMayHave) {
  EXPECT_NE(refusal([&] { read_file("/dev/zero", 1 << 20); }).find("larger than the 1 MB"),
            std::string::npos);
}

TEST(Files, DoesNotWaitForAWriterOfANamedPipe) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_file(folder / "pipe"), "");
}

TEST(Files, ReadsAPipeToItsEnd) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  const std::string text(100000, 'x');  // more than a pipe holds
  std::jthread writer([&] {
    std::string_view rest(text);
    while (!rest.empty()) {
      const ssize_t put = ::write(ends[1], rest.data(), rest.size());
      if (put < 0) break;
      rest.remove_prefix(static_cast<std::size_t>(put));
    }
    ::close(ends[1]);
  });
  EXPECT_EQ(read_file("/proc/self/fd/" + std::to_string(ends[0])), text);
  writer.join();
  ::close(ends[0]);
}

TEST(Files, NamesThePathAndTheReason) {
  const TemporaryFolder folder;
  const std::string missing = refusal([&] { read_file(folder / "no-such"); });
  EXPECT_NE(missing.find("no-such: cannot read: No such file"), std::string::npos) << missing;
  const std::string is_folder = refusal([&] { read_file(folder.path()); });
  EXPECT_NE(is_folder.find("Is a directory"), std::string::npos) << is_folder;
  EXPECT_NE(refusal([&] { write_file_atomically(folder / "no" / "such", "x"); }).find("cannot create"),
            std::string::npos);
  EXPECT_NE(refusal([&] { sync_folder(folder / "no"); }).find("cannot open"), std::string::npos);
}

TEST(Files, RefusesNamesThatLeaveTheFolder) {
  EXPECT_EQ(why_not_a_file_name("fused-late 1.0"), "");
  for (const std::string bad : {"", ".", "..", "../x", "a/b", "a\nb", "\x7f"})
    EXPECT_NE(why_not_a_file_name(bad), "") << bad;
  EXPECT_EQ(why_not_a_file_name(std::string(200, 'a')), "");
  EXPECT_NE(why_not_a_file_name(std::string(201, 'a')), "");
}

TEST(Error, CarriesItsExitCode) {
  EXPECT_EQ(Error(ErrorKind::kFailure, "").exit_code(), 1);
  EXPECT_EQ(Error(ErrorKind::kUsage, "").exit_code(), 2);
  EXPECT_EQ(Error(ErrorKind::kSpec, "").exit_code(), 3);
  EXPECT_EQ(Error(ErrorKind::kData, "").exit_code(), 4);
  EXPECT_EQ(Error(ErrorKind::kUnsupported, "").exit_code(), 5);
  EXPECT_EQ(Error(ErrorKind::kInterrupted, "stop").exit_code(), 6);
  EXPECT_STREQ(Error(ErrorKind::kData, "what is wrong").what(), "what is wrong");
}

TEST(AudioSuffix, KnowsTheFormatsInAnyCase) {
  for (const char* name : {"a.wav", "a.AU", "a.b.Flac", "x/y.ogg", "a.mp3", "a.opus"})
    EXPECT_TRUE(is_audio_file(name)) << name;
  for (const char* name : {"a", "wav", ".wav", "a.wav.txt", "a.m4a", "a.", "wav/a"})
    EXPECT_FALSE(is_audio_file(name)) << name;
}

TEST(Utf8, OneLineTextHasNoControlCharacters) {
  EXPECT_TRUE(is_one_line_text("Bj\xc3\xb6rk - J\xc3\xb3ga.wav"));
  EXPECT_TRUE(is_one_line_text(""));
  for (const char* bad : {"a\nb", "a\x1b[31m", "\x7f", "\xff", "\xc3"}) EXPECT_FALSE(is_one_line_text(bad));
  EXPECT_TRUE(is_utf8("a\tb\n"));
}

}  // namespace
}  // namespace genretrack
