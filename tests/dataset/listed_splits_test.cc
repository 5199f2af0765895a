// Splits that somebody has written down: the published artist folds, and files.
#include "host/dataset/listed_splits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "host/core/error.h"
#include "host/core/files.h"
#include "host/dataset/groups.h"
#include "host/dataset/gtzan.h"
#include "host/dataset/split_checks.h"
#include "host/dataset/text.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

Dataset gtzan() {
  Dataset dataset;
  dataset.name = "gtzan";
  dataset.genres = {"blues", "classical", "jazz", "pop"};
  for (const std::string& genre : dataset.genres)
    for (int i = 0; i < 100; ++i) {
      char number[16];
      std::snprintf(number, sizeof number, "%05d", i);
      const std::string stem = genre + "." + number, id = genre + "/" + stem + ".wav";
      dataset.clips.push_back({id, "/nowhere/" + id, genre, find_gtzan_clip(stem, genre)->artist, {}, ""});
    }
  return dataset;
}

Dataset made() {
  Dataset dataset;
  dataset.name = "made";
  dataset.genres = {"a", "b"};
  for (const std::string genre : {"a", "b"})
    for (int i = 0; i < 6; ++i) {
      const std::string id = genre + "/" + std::to_string(i) + ".wav";
      dataset.clips.push_back({id, "/nowhere/" + id, genre, "", {}, ""});
    }
  return dataset;
}

std::string refusal(const Dataset& dataset, const SplitParams& params) {
  try {
    make_split(dataset, params);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    return error.what();
  }
  return "";
}

bool says(const std::vector<std::string>& notes, const std::string& words) {
  return std::any_of(notes.begin(), notes.end(),
                     [&](const std::string& note) { return note.find(words) != std::string::npos; });
}

TEST(ArtistFolds, TestsWhatWasPublishedAndTrainsOnNoArtistOfIt) {
  const Dataset dataset = gtzan();
  const Split split = make_split(dataset, {.type = SplitType::kArtist3Fold});
  ASSERT_EQ(split.folds.size(), 3u);
  std::set<std::size_t> tested;
  for (std::size_t f = 0; f < 3; ++f) {
    const Fold& fold = split.folds[f];
    std::set<std::string> artists;
    for (const std::size_t i : fold.test) {
      const Clip& clip = dataset.clips[i];
      EXPECT_EQ(find_gtzan_clip(clip.stem(), clip.genre)->artist_fold, std::to_string(f + 1));
      EXPECT_TRUE(tested.insert(i).second);
      if (!clip.artist.empty()) artists.insert(artist_key(clip.artist));
    }
    for (const std::size_t i : fold.train)
      EXPECT_FALSE(artists.contains(artist_key(dataset.clips[i].artist)));
  }
  EXPECT_TRUE(says(split.notes, "left out: by the index"));
  EXPECT_TRUE(split.leaks.empty());
}

TEST(ArtistFolds, AsPublishedOnlyWithLeakageAllowedAndMarked) {
  const Split split = make_split(gtzan(), {.type = SplitType::kArtist3Fold, .allow_leakage = true});
  EXPECT_FALSE(split.leaks.empty());
  EXPECT_NE(split.name.find("with leakage"), std::string::npos);
}

TEST(ArtistFolds, RefusesOtherCollections) {
  EXPECT_NE(refusal(made(), {.type = SplitType::kArtist3Fold}).find("k-fold"), std::string::npos);
}

TEST(Lists, OnlyClipsOfTheNamedListsTakePart) {
  const Dataset dataset = gtzan();
  SplitParams params{.type = SplitType::kKFold, .folds = 4, .group = Grouping::kArtist};
  params.lists = {"train", "validation"};
  const Split split = make_split(dataset, params);
  std::size_t tested = 0;
  for (const Fold& fold : split.folds)
    for (const auto* part : {&fold.train, &fold.validation, &fold.test})
      for (const std::size_t i : *part) {
        const Clip& clip = dataset.clips[i];
        const std::string list = find_gtzan_clip(clip.stem(), clip.genre)->fault_filtered;
        EXPECT_TRUE(list == "train" || list == "validation");
        tested += part == &fold.test ? 1 : 0;
      }
  EXPECT_EQ(tested, 251u);
}

class FileSplit : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    write_file_atomically(folder_.path() / "split.csv", text);
    return (folder_.path() / "split.csv").string();
  }
  SplitParams params(const std::string& text) {
    SplitParams params{.type = SplitType::kFile};
    params.path = write(text);
    params.validation_group = Grouping::kNone;
    return params;
  }
  TemporaryFolder folder_;
};

constexpr const char* kWhole =
    "clip,part\na/0.wav,train\nb/0.wav,train\na/1.wav,validation\nb/1.wav,validation\na/2.wav,test\nb/"
    "2.wav,test\n";

TEST_F(FileSplit, DividesAsTheFileSays) {
  const Split split = make_split(made(), params(kWhole));
  ASSERT_EQ(split.folds.size(), 1u);
  EXPECT_EQ(split.folds[0].train, (ClipList{0, 6}));
  EXPECT_EQ(split.folds[0].validation, (ClipList{1, 7}));
  EXPECT_EQ(split.folds[0].test, (ClipList{2, 8}));
  EXPECT_TRUE(says(split.notes, "6 clips without a part in the split's file, left out"));
}

TEST_F(FileSplit, HasFoldsWhereTheFileHas) {
  std::string text = "path,part,fold\n";
  for (int fold = 1; fold <= 2; ++fold)
    for (const std::string genre : {"a", "b"})
      for (int i = 0; i < 6; ++i)
        text += genre + "/" + std::to_string(i) + ".wav," + ((i < 3) == (fold == 1) ? "test" : "train") +
                "," + std::to_string(fold) + "\n";
  const Split split = make_split(made(), params(text));
  ASSERT_EQ(split.folds.size(), 2u);
  EXPECT_EQ(split.folds[1].name, "fold-2");
  EXPECT_EQ(split.folds[1].test, (ClipList{3, 4, 5, 9, 10, 11}));
}

TEST_F(FileSplit, NamesTheLineThatCannotBe) {
  EXPECT_NE(refusal(made(), params("clip,part\na/0.wav,teach\n")).find("split.csv:2: the part 'teach'"),
            std::string::npos);
  EXPECT_NE(refusal(made(), params("clip,part\na/0.wav,train\na/0.wav,test\n")).find(":3: 'a/0.wav' stands"),
            std::string::npos);
  EXPECT_NE(refusal(made(), params("clip,part,fold\na/0.wav,train,../up\n")).find("cannot name a folder"),
            std::string::npos);
  EXPECT_NE(refusal(made(), params("clip,part\nc/0.wav,train\n")).find("names no clip of 'made'"),
            std::string::npos);
  EXPECT_NE(refusal(made(), params("clip,kind\na/0.wav,train\n")).find("part"), std::string::npos);
}

TEST_F(FileSplit, SaysWhichLinesNameNoClip) {
  const Split split = make_split(made(), params(std::string(kWhole) + "a/99.wav,train\n"));
  EXPECT_TRUE(says(split.notes,
                   "1 line of the split's file names a clip that the data set does not have, such as "
                   "a/99.wav"));
}

TEST(CheckSame, RefusesCopiesInTwoPartsAndNamesThem) {
  const Dataset dataset = made();
  Split split{"file", {{"", {0, 6}, {1, 7}, {2, 8}}}, {}, {}};
  std::vector<std::string> keys(dataset.clips.size());
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = std::to_string(i);
  EXPECT_NO_THROW(check_same(dataset, {}, keys, "", split));
  keys[8] = keys[0];
  try {
    check_same(dataset, {}, keys, ", equal byte for byte", split);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("equal byte for byte: a/0.wav and b/2.wav"), std::string::npos);
  }
  check_same(dataset, {.allow_leakage = true}, keys, "", split);
  EXPECT_EQ(split.leaks.size(), 1u);
  EXPECT_EQ(split.name, "file, with leakage");
}

}  // namespace
}  // namespace genretrack
