#include "host/dataset/fma.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "host/core/error.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHeader =
    ",album,album,artist,artist,set,set,track,track\n"
    ",comments,date_released,id,name,split,subset,genre_top,title\n"
    "track_id,,,,,,,,\n";

constexpr const char* kTracks =
    "2,0,2009-01-05 00:00:00,1,AWOL,training,small,Hip-Hop,Food\n"
    "5,0,,1,AWOL,test,small,Rock,\"This \"\"is\"\" a\ntitle\"\n"
    "10,0,2008-02-06 00:00:00,6,Kurt Vile,validation,small,Rock,Freeway\n"
    "20,0,2009-01-06 00:00:00,4,Nicky Cook,training,large,,Spiritual Level\n"
    "137,0,soon,54,,training,large,Experimental,Side A\n"
    "1002,0,2009-01-06 00:00:00,4,Nicky Cook,training,large,Rock,Not here\n";

class Fma : public testing::Test {
 protected:
  void touch(const fs::path& name, const std::string& text = "x") {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  void make(const std::string& tracks = kTracks) {
    touch("fma/fma_metadata/tracks.csv", kHeader + tracks);
    touch("fma/fma_metadata/genres.csv", "genre_id\n");
    for (const char* track :
         {"000/000002.mp3", "000/000005.mp3", "000/000010.mp3", "000/000020.mp3", "000/000137.mp3"})
      touch(fs::path("fma/fma_small") / track);
    touch("fma/fma_small/README.txt");
    touch("fma/fma_small/checksums");
  }
  std::string refusal(const fs::path& name) {
    try {
      read_dataset(folder_ / name);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      return error.what();
    }
    return "no error";
  }
  TemporaryFolder folder_;
};

TEST_F(Fma, TakesLabelsFromTheTable) {
  make();
  const Dataset dataset = read_dataset(folder_ / "fma");
  EXPECT_EQ(dataset.name, "fma_small");
  EXPECT_EQ(dataset.root, folder_ / "fma" / "fma_small");
  EXPECT_EQ(dataset.genres, (std::vector<std::string>{"Experimental", "Rock", "hiphop"}));
  ASSERT_EQ(dataset.clips.size(), 4u);
  const Clip &food = dataset.clips[0], &title = dataset.clips[1], &freeway = dataset.clips[2],
             &side = dataset.clips[3];
  EXPECT_EQ(food.id, "000/000002.mp3");
  EXPECT_EQ(food.path, folder_ / "fma/fma_small/000/000002.mp3");
  EXPECT_EQ(food.genre, "hiphop");
  EXPECT_EQ(food.artist, "AWOL");
  EXPECT_EQ(food.year, 2009);
  EXPECT_EQ(food.part, "train");
  EXPECT_EQ(title.part, "test");
  EXPECT_FALSE(title.year);
  EXPECT_EQ(freeway.part, "validation");
  EXPECT_EQ(side.artist, "artist 54");
  EXPECT_FALSE(side.year);
}

TEST_F(Fma, SaysWhatIsMissing) {
  make();
  touch("fma/fma_small/155/155999.mp3");
  touch("fma/fma_small/mine.mp3");
  EXPECT_EQ(read_dataset(folder_ / "fma").notes,
            (std::vector<std::string>{"5 tracks of 6 in tracks.csv have their recording here",
                                      "1 recording without a top genre left out",
                                      "2 recordings not in tracks.csv left out"}));
}

TEST_F(Fma, IsTheSameByEveryNameOfIt) {
  make();
  for (const char* name : {"fma", "fma/", "fma/fma_metadata/tracks.csv", "fma/fma_small", "fma/fma_small/"}) {
    const Dataset dataset = read_dataset(folder_ / name);
    EXPECT_EQ(dataset.clips.size(), 4u) << name;
    EXPECT_EQ(dataset.name, "fma_small") << name;
    EXPECT_EQ(dataset.clips[0].id, "000/000002.mp3") << name;
  }
}

TEST_F(Fma, FindsRecordingsThatLieBesideTheMetadataOrWereConverted) {
  touch("fma/fma_metadata/tracks.csv", std::string(kHeader) + kTracks);
  for (const char* track : {"000/000002.flac", "000/000005.wav", "000/000010.mp3"})
    touch(fs::path("fma") / track);
  const Dataset dataset = read_dataset(folder_ / "fma");
  EXPECT_EQ(dataset.name, "fma");
  ASSERT_EQ(dataset.clips.size(), 3u);
  EXPECT_EQ(dataset.clips[0].id, "000/000002.flac");
}

TEST_F(Fma, KeepsTheGenresAskedFor) {
  make();
  const Dataset dataset = read_dataset(folder_ / "fma", {.genres = {"Hip-Hop", "Rock"}});
  EXPECT_EQ(dataset.genres, (std::vector<std::string>{"Rock", "hiphop"}));
  EXPECT_EQ(dataset.clips.size(), 3u);
}

TEST_F(Fma, AsksWhichSetIsMeant) {
  make();
  touch("fma/fma_large/000/000002.mp3");
  const std::string message = refusal("fma");
  EXPECT_NE(message.find("several sets"), std::string::npos) << message;
  EXPECT_NE(message.find("fma_small, "), std::string::npos) << message;
  EXPECT_EQ(read_dataset(folder_ / "fma/fma_small").clips.size(), 4u);
}

TEST_F(Fma, SaysThatThereAreNoRecordings) {
  touch("fma/fma_metadata/tracks.csv", std::string(kHeader) + kTracks);
  EXPECT_NE(refusal("fma").find("unpack fma_small.zip"), std::string::npos) << refusal("fma");
}

TEST_F(Fma, RefusesTablesThatAreNotWhole) {
  const std::pair<std::string, const char*> cases[] = {
      {std::string(kHeader) + "2,0,2009\n", "tracks.csv:4: 3 fields, but the header lines have 9"},
      {std::string(kHeader) + "two,0,,1,A,test,small,Rock,x\n",
       "tracks.csv:4: 'two' is no number of a track"},
      {std::string(kHeader) + "2,0,,1,A,dev,small,Rock,x\n", "tracks.csv:4: the split 'dev'"},
      {std::string(kHeader) + "2,0,,1,A,test,small,Rock,x\n2,0,,1,A,test,small,Rock,x\n",
       "tracks.csv:5: track 2 is listed twice"},
      {",album\n", "there are not two header lines"},
      {",album\n,date_released\n2,x\n", "there is no column 'genre_top' under 'track'"},
      {",album,set\n,date_released\n", "different lengths"},
      {std::string(kHeader) + "2,0,,1,A,test,small,Rock,x\xff\n", "tracks.csv:4: this line is not UTF-8"},
  };
  make();
  for (const auto& [text, words] : cases) {
    touch("fma/fma_metadata/tracks.csv", text);
    const std::string message = refusal("fma");
    EXPECT_NE(message.find(words), std::string::npos) << message;
  }
}

TEST_F(Fma, RefusesATrackThatIsThereTwice) {
  make();
  touch("fma/fma_small/000/000002.wav");
  EXPECT_NE(refusal("fma").find("this track is there as"), std::string::npos) << refusal("fma");
}

TEST_F(Fma, LeavesOtherFilesNamedTracksToTheManifest) {
  touch("x/a.wav");
  touch("x/b.wav");
  touch("x/tracks.csv", "path,genre\na.wav,rock\nb.wav,jazz\n");
  EXPECT_EQ(read_dataset(folder_ / "x/tracks.csv").clips.size(), 2u);
}

}  // namespace
}  // namespace genretrack
