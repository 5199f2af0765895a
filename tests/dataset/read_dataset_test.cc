#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "host/core/error.h"
#include "host/dataset/dataset.h"
#include "host/dataset/gtzan.h"
#include "tests/core/temporary_folder.h"
#include "tests/dataset/shared_gtzan.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

// Reading a data set opens no recording, so a name is enough.
class ReadDataset : public testing::Test {
 protected:
  void touch(const fs::path& name, const std::string& text = "x") {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  std::string refusal(const fs::path& name, const DatasetOptions& options = {}) {
    try {
      read_dataset(folder_ / name, options);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      return error.what();
    }
    return "no error";
  }
  void expect_refused(const fs::path& name, const std::string& words, const DatasetOptions& options = {}) {
    const std::string message = refusal(name, options);
    EXPECT_NE(message.find(words), std::string::npos) << message;
  }
  TemporaryFolder folder_;
};

std::vector<std::string> ids(const Dataset& dataset) {
  std::vector<std::string> all;
  for (const Clip& clip : dataset.clips) all.push_back(clip.id);
  return all;
}

TEST_F(ReadDataset, ReadsAFolderPerGenre) {
  touch("set/rock/b.wav");
  touch("set/rock/album/a.MP3");
  touch("set/jazz/c.flac");
  touch("set/jazz/cover.jpg");
  touch("set/jazz/._c.flac");
  touch("set/.cache/x.wav");
  touch("set/readme.txt");
  const Dataset dataset = read_dataset(folder_ / "set/");
  EXPECT_EQ(dataset.name, "set");
  EXPECT_EQ(dataset.genres, (std::vector<std::string>{"jazz", "rock"}));
  EXPECT_EQ(ids(dataset), (std::vector<std::string>{"jazz/c.flac", "rock/album/a.MP3", "rock/b.wav"}));
  EXPECT_EQ(dataset.clips[1].genre, "rock");
  EXPECT_TRUE(fs::exists(dataset.clips[1].path));
  EXPECT_EQ(dataset.clips[1].artist, "");
  EXPECT_EQ(dataset.genre_index("rock"), 1u);
  EXPECT_THROW(dataset.genre_index("polka"), Error);
}

TEST_F(ReadDataset, ReadsBothGtzanLayoutsWithTheirFacts) {
  for (const std::string layout : {"genres", "genres_original"}) {
    touch("gtzan-" + layout + "/" + layout + "/blues/blues.00000.au");
    touch("gtzan-" + layout + "/" + layout + "/hip-hop/hiphop.00010.wav");
    touch("gtzan-" + layout + "/images/x.png");
    const Dataset dataset = read_dataset(folder_ / ("gtzan-" + layout));
    EXPECT_EQ(dataset.genres, (std::vector<std::string>{"blues", "hiphop"}));
    EXPECT_EQ(dataset.clips[0].id, "blues/blues.00000.au");
    EXPECT_EQ(dataset.clips[0].artist, "John Lee Hooker");
    EXPECT_EQ(dataset.clips[0].year, 1966);
    EXPECT_EQ(dataset.clips[0].stem(), "blues.00000");
    EXPECT_NE(find_gtzan_clip(dataset.clips[1].stem(), dataset.clips[1].genre), nullptr);
    EXPECT_EQ(ids(read_dataset(folder_ / ("gtzan-" + layout) / layout)), ids(dataset));
  }
}

TEST_F(ReadDataset, KeepsTheGenresAskedFor) {
  for (const char* genre : {"a", "b", "c"}) touch(fs::path("set") / genre / "1.wav");
  fs::create_directories(folder_ / "set/empty");
  EXPECT_EQ(read_dataset(folder_ / "set", {{"c", "a"}}).genres, (std::vector<std::string>{"a", "c"}));
  expect_refused("set", "there is no genre 'd' to keep; the genres here are: a, b, c, empty", {{"a", "d"}});
  expect_refused("set", "only the genre 'a'", {{"a"}});
  expect_refused("set", "the genre 'empty' has no recording");
  expect_refused("set", "empty: the genre 'empty'", {{"a", "empty"}});
}

TEST_F(ReadDataset, LeavesAFolderNamedLikeARecordingToTheDecoder) {
  touch("set/a/1.wav");
  touch("set/b/1.wav");
  fs::create_directories(folder_ / "set/b/2.wav");
  EXPECT_EQ(read_dataset(folder_ / "set").clips.size(), 3u);
}

TEST_F(ReadDataset, DoesNotFollowLinksInACircle) {
  touch("set/a/1.wav");
  touch("set/b/1.wav");
  fs::create_directory_symlink(folder_ / "set", folder_ / "set/b/up");
  fs::create_symlink(folder_ / "set/a/1.wav", folder_ / "set/b/linked.wav");
  EXPECT_EQ(read_dataset(folder_ / "set").clips.size(), 3u);
}

TEST_F(ReadDataset, RefusesPlacesWithoutADataSet) {
  expect_refused("missing", "there is no such data set");
  fs::create_directories(folder_ / "empty");
  expect_refused("empty", "there is no folder in it");
  touch("one/jazz/1.wav");
  expect_refused("one", "only the genre 'jazz'");
  touch("song.wav");
  expect_refused("song.wav", "this is no data set");
}

TEST_F(ReadDataset, RefusesNamesThatCannotBeShown) {
  touch("set/a/1.wav");
  touch("set/b/bad\xff.wav");
  expect_refused("set", "not UTF-8");
  fs::remove(folder_ / "set/b/bad\xff.wav");
  touch("set/b/two\nlines.wav");
  expect_refused("set", "control characters");
}

TEST_F(ReadDataset, ReadsAManifest) {
  touch("songs/x.wav");
  touch("songs/y.ogg");
  touch("list.csv",
        "genre,path,year,artist,split,comment\n"
        "rock,./songs/y.ogg,1999,\"Who, The\",test,\n"
        "hip-hop,songs/x.wav,,,train,loud\n");
  const Dataset dataset = read_dataset(folder_ / "list.csv");
  EXPECT_EQ(dataset.name, "list.csv");
  EXPECT_EQ(dataset.genres, (std::vector<std::string>{"hiphop", "rock"}));
  EXPECT_EQ(ids(dataset), (std::vector<std::string>{"songs/x.wav", "songs/y.ogg"}));
  EXPECT_EQ(dataset.clips[1].artist, "Who, The");
  EXPECT_EQ(dataset.clips[1].year, 1999);
  EXPECT_EQ(dataset.clips[1].part, "test");
  EXPECT_FALSE(dataset.clips[0].year);
  EXPECT_TRUE(fs::exists(dataset.clips[0].path));
}

TEST_F(ReadDataset, ManifestKnowsGtzanClipsAndKeepsItsOwnFacts) {
  touch("blues.00000.wav");
  touch("pop.00000.wav");
  touch("list.csv", "path,genre,artist,year\nblues.00000.wav,blues,,\npop.00000.wav,pop,Somebody,2001\n");
  const Dataset dataset = read_dataset(folder_ / "list.csv");
  EXPECT_EQ(dataset.clips[0].artist, "John Lee Hooker");
  EXPECT_EQ(dataset.clips[1].artist, "Somebody");
  EXPECT_EQ(dataset.clips[1].year, 2001);
}

TEST_F(ReadDataset, RefusesManifestLinesWithTheirPlace) {
  touch("x.wav");
  const std::pair<const char*, const char*> cases[] = {
      {"path,genre\nx.wav,\n", "list.csv:2: the genre is empty"},
      {"path,genre\n,rock\n", "list.csv:2: the path is empty"},
      {"path,genre\nno.wav,rock\n", "list.csv:2: there is no recording"},
      {"path,genre\nx.wav,a\n./x.wav,b\n", "list.csv:3: 'x.wav' is listed in line 2 already"},
      {"path,genre,year\nx.wav,a,soon\n", "list.csv:2: the year 'soon'"},
      {"path,genre,year\nx.wav,a,99999999999\n", "list.csv:2: the year"},
      {"path,genre,split\nx.wav,a,dev\n", "list.csv:2: the split 'dev' is none of train, validation, test"},
      {"path,genre\nx.wav\n", "list.csv:2: 1 field"},
      {"file,genre\nx.wav,a\n", "there is no column 'path'; the columns are 'file', 'genre'"},
      {"path,genre\n", "there is no clip below the header"},
      {"", "no header line"},
      {"path,genre\nx.wav,a\n", "only the genre 'a'"},
  };
  for (const auto& [text, words] : cases) {
    touch("list.csv", text);
    expect_refused("list.csv", words);
  }
}

TEST_F(ReadDataset, FindsDataUnderTheRootFirst) {
  touch("root/set/a.wav");
  EXPECT_EQ(find_data("set", folder_ / "root"), folder_ / "root" / "set");
  EXPECT_EQ(find_data(folder_ / "root", "elsewhere"), folder_ / "root");
  try {
    find_data("no-such-set", folder_ / "root");
    FAIL();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find((folder_ / "root/no-such-set").string()), std::string::npos) << message;
    EXPECT_NE(message.find((fs::current_path() / "no-such-set").string()), std::string::npos) << message;
    EXPECT_NE(message.find("--data-root"), std::string::npos) << message;
  }
  EXPECT_THROW(find_data("", folder_ / "root"), Error);
}

TEST(Gtzan, TellsItsClipsByStemAndGenre) {
  ASSERT_NE(find_gtzan_clip("rock.00099", "rock"), nullptr);
  EXPECT_EQ(find_gtzan_clip("rock.00099", "metal"), nullptr);
  EXPECT_EQ(find_gtzan_clip("rock.00100", "rock"), nullptr);
  EXPECT_EQ(find_gtzan_clip("pop.00060", "pop")->replica_of, "pop.00054");
}

TEST(Gtzan, SharedFolderHasTheFourGenres) {
  const auto gtzan = shared_gtzan();
  if (!gtzan) GTEST_SKIP() << "the shared GTZAN recordings are not on this machine";
  const Dataset dataset = read_dataset(*gtzan, {{"blues", "classical", "jazz", "pop"}});
  EXPECT_EQ(dataset.clips.size(), 281u);
}

}  // namespace
}  // namespace genretrack
