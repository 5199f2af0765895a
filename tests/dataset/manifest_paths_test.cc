// A manifest names recordings in its own folder and below the data root, and nothing else.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "host/core/error.h"
#include "host/dataset/dataset.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

class ManifestPaths : public testing::Test {
 protected:
  ManifestPaths() {
    for (const char* name : {"set/a.wav", "set/b.wav", "root/c.wav", "root/lists/d.wav", "outside.wav"}) {
      fs::create_directories((folder_ / name).parent_path());
      std::ofstream(folder_ / name) << "x";
    }
  }
  // A manifest of the path and of a.wav beside it.
  fs::path list(const std::string& path, const fs::path& in = "set") {
    std::ofstream(folder_ / in / "list.csv") << "path,genre\n" << path << ",rock\nb.wav,jazz\n";
    std::ofstream(folder_ / in / "b.wav") << "x";
    return folder_ / in / "list.csv";
  }
  std::string refusal(const std::string& path, const fs::path& data_root = {}) {
    try {
      read_dataset(list(path), {.data_root = data_root});
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      return error.what();
    }
    return "no error";
  }
  void expect_leads_out(const std::string& path, const fs::path& data_root = {}) {
    const std::string message = refusal(path, data_root);
    EXPECT_NE(message.find("list.csv:2: the path '" + path + "' leads out of"), std::string::npos) << message;
    EXPECT_NE(message.find("--data-root"), std::string::npos) << message;
  }
  const Clip& rock(const Dataset& dataset) {
    return dataset.clips[0].genre == "rock" ? dataset.clips[0] : dataset.clips[1];
  }
  TemporaryFolder folder_;
};

TEST_F(ManifestPaths, RefusesPathsThatLeadOut) {
  for (const char* path : {"../outside.wav", "x/../../outside.wav", "./../set/../outside.wav", "/dev/null",
                           "/etc/passwd", "..", "."})
    expect_leads_out(path);
  expect_leads_out((folder_ / "outside.wav").string());
  expect_leads_out((folder_ / "set" / ".." / "outside.wav").string());
  // Whether such a file is there is not told either.
  expect_leads_out("../no-such-file.wav");
  expect_leads_out((folder_ / "setting.wav").string());
}

TEST_F(ManifestPaths, TakesWhatStaysInside) {
  for (const std::string& path : {std::string("a.wav"), std::string("../set/a.wav"),
                                  std::string("x/../a.wav"), (folder_ / "set/a.wav").string()}) {
    const Dataset dataset = read_dataset(list(path));
    EXPECT_EQ(rock(dataset).id, "a.wav") << path;
    EXPECT_TRUE(fs::equivalent(rock(dataset).path, folder_ / "set/a.wav")) << path;
  }
}

TEST_F(ManifestPaths, TakesWhatLiesBelowTheDataRoot) {
  for (const std::string& path :
       {std::string("c.wav"), (folder_ / "root/c.wav").string(), std::string("../root/c.wav")}) {
    const Dataset dataset = read_dataset(list(path), {.data_root = folder_ / "root"});
    EXPECT_EQ(rock(dataset).id, "c.wav") << path;
    EXPECT_TRUE(fs::equivalent(rock(dataset).path, folder_ / "root/c.wav")) << path;
  }
  EXPECT_NE(refusal("none.wav", folder_ / "root").find("list.csv:2: there is no recording 'none.wav'"),
            std::string::npos);
  expect_leads_out("../outside.wav", folder_ / "root");
}

TEST_F(ManifestPaths, AManifestDeepInTheDataRootMayClimbToIt) {
  const Dataset dataset = read_dataset(list("../c.wav", "root/lists"), {.data_root = folder_ / "root"});
  EXPECT_EQ(rock(dataset).id, "c.wav");
}

TEST_F(ManifestPaths, FollowsLinksThatTheUserMadeThere) {
  fs::create_symlink(folder_ / "outside.wav", folder_ / "set/link.wav");
  fs::create_directory_symlink(folder_ / "root", folder_ / "set/more");
  EXPECT_EQ(rock(read_dataset(list("link.wav"))).id, "link.wav");
  EXPECT_EQ(rock(read_dataset(list("more/c.wav"))).id, "more/c.wav");
}

TEST_F(ManifestPaths, KnowsItsFolderByOtherNames) {
  fs::create_directory_symlink(folder_ / "set", folder_ / "alias");
  list((folder_ / "set/a.wav").string());
  EXPECT_EQ(rock(read_dataset(folder_ / "alias/list.csv")).id, "a.wav");
}

TEST_F(ManifestPaths, OneRecordingByTwoPathsIsListedTwice) {
  list("a.wav");
  std::ofstream(folder_ / "set/list.csv", std::ios::app) << (folder_ / "set/a.wav").string() << ",pop\n";
  try {
    read_dataset(folder_ / "set/list.csv");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("list.csv:4: 'a.wav' is listed in line 2 already"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace genretrack
