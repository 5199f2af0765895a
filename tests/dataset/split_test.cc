#include "host/dataset/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "host/core/error.h"
#include "host/core/random.h"
#include "host/dataset/gtzan.h"
#include "tests/dataset/shared_gtzan.h"

namespace genretrack {
namespace {

Dataset dataset_of(std::vector<Clip> clips) {
  Dataset dataset;
  dataset.name = "made";
  dataset.clips = std::move(clips);
  std::set<std::string> genres;
  for (const Clip& clip : dataset.clips) genres.insert(clip.genre);
  dataset.genres.assign(genres.begin(), genres.end());
  std::sort(dataset.clips.begin(), dataset.clips.end(),
            [](const Clip& a, const Clip& b) { return a.id < b.id; });
  return dataset;
}

Clip clip_of(const std::string& id, const std::string& genre, const std::string& artist = "",
             const std::string& part = "") {
  return {id, "/nowhere/" + id, genre, artist, {}, part};
}

// All of GTZAN, or some genres of it, as the table has it.
Dataset whole_gtzan(const std::vector<std::string>& genres) {
  std::vector<Clip> clips;
  for (const std::string& genre : genres)
    for (int i = 0; i < 100; ++i) {
      char number[16];
      std::snprintf(number, sizeof number, "%05d", i);
      const std::string stem = genre + "." + number;
      clips.push_back(clip_of(genre + "/" + stem + ".wav", genre, find_gtzan_clip(stem, genre)->artist));
    }
  return dataset_of(std::move(clips));
}

const std::vector<std::string> kGenres = {"blues", "classical", "country", "disco",  "hiphop",
                                          "jazz",  "metal",     "pop",     "reggae", "rock"};

// Artists of uneven sizes, some unknown, a few in two genres.
Dataset random_dataset(Random& random) {
  std::vector<Clip> clips;
  const std::uint32_t genres = 2 + random.below(5);
  for (std::uint32_t g = 0; g < genres; ++g) {
    const std::string genre(1, static_cast<char>('a' + g));
    const std::uint32_t artists = 6 + random.below(20);
    for (std::uint32_t a = 0; a < artists; ++a) {
      std::string artist = random.below(5) == 0 ? "" : genre + std::to_string(a);
      if (random.below(15) == 0) artist = "everywhere";
      for (std::uint32_t n = 1 + random.below(6); n > 0; --n)
        clips.push_back(clip_of(genre + "/" + std::to_string(clips.size()), genre, artist));
    }
  }
  return dataset_of(std::move(clips));
}

std::map<std::string, std::size_t> count_genres(const Dataset& dataset,
                                                const std::vector<std::size_t>& clips) {
  std::map<std::string, std::size_t> counts;
  for (const std::size_t i : clips) ++counts[dataset.clips[i].genre];
  return counts;
}

std::set<std::string> artists_of(const Dataset& dataset, const std::vector<std::size_t>& clips) {
  std::set<std::string> artists;
  for (const std::size_t i : clips)
    if (!dataset.clips[i].artist.empty()) artists.insert(dataset.clips[i].artist);
  return artists;
}

void expect_apart(const std::set<std::string>& a, const std::set<std::string>& b) {
  for (const std::string& artist : a) EXPECT_FALSE(b.contains(artist)) << artist;
}

void expect_partition(const Fold& fold, std::size_t clips) {
  std::vector<std::size_t> all;
  for (const auto* part : {&fold.train, &fold.validation, &fold.test}) {
    EXPECT_TRUE(std::is_sorted(part->begin(), part->end()));
    EXPECT_FALSE(part->empty());
    all.insert(all.end(), part->begin(), part->end());
  }
  std::sort(all.begin(), all.end());
  ASSERT_EQ(all.size(), clips);
  for (std::size_t i = 0; i < clips; ++i) ASSERT_EQ(all[i], i);
}

bool same(const Split& a, const Split& b) {
  return a.name == b.name && a.notes == b.notes &&
         std::equal(a.folds.begin(), a.folds.end(), b.folds.begin(), b.folds.end(),
                    [](const Fold& x, const Fold& y) {
                      return x.name == y.name && x.train == y.train && x.validation == y.validation &&
                             x.test == y.test;
                    });
}

std::string refusal(const Dataset& dataset, const SplitParams& params) {
  try {
    make_split(dataset, params);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData) << error.what();
    return error.what();
  }
  return "no error";
}

void expect_refused(const Dataset& dataset, const SplitParams& params, const std::string& words) {
  const std::string message = refusal(dataset, params);
  EXPECT_NE(message.find(words), std::string::npos) << message;
}

bool has_note(const Split& split, const std::string& words) {
  return std::any_of(split.notes.begin(), split.notes.end(),
                     [&](const std::string& note) { return note.find(words) != std::string::npos; });
}

TEST(Split, RandomSplitsArePartitionsWithTheRightShares) {
  Random random(1, Purpose::kSplit);
  for (int round = 0; round < 100; ++round) {
    const Dataset dataset = random_dataset(random);
    SplitParams params{.type = SplitType::kRandom, .seed = random.word()};
    params.test_fraction = 0.1 + 0.4 * random.uniform();
    params.group = random.below(2) == 0 ? Grouping::kNone : Grouping::kArtist;
    params.validation_group = random.below(2) == 0 ? Grouping::kNone : Grouping::kArtist;
    const Split split = make_split(dataset, params);
    ASSERT_EQ(split.folds.size(), 1u);
    const Fold& fold = split.folds[0];
    EXPECT_EQ(fold.name, "");
    expect_partition(fold, dataset.clips.size());
    std::vector<std::size_t> all(dataset.clips.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    auto tested = count_genres(dataset, fold.test);
    for (const auto& [genre, count] : count_genres(dataset, all)) {
      const double wanted = params.test_fraction * static_cast<double>(count);
      const double slack = params.group == Grouping::kNone ? 1 : 12;
      EXPECT_NEAR(static_cast<double>(tested[genre]), wanted, slack) << genre << " of " << count;
    }
    if (params.group == Grouping::kArtist) {
      expect_apart(artists_of(dataset, fold.train), artists_of(dataset, fold.test));
      expect_apart(artists_of(dataset, fold.validation), artists_of(dataset, fold.test));
    }
    if (params.validation_group == Grouping::kArtist)
      expect_apart(artists_of(dataset, fold.train), artists_of(dataset, fold.validation));
    EXPECT_TRUE(same(split, make_split(dataset, params)));
    SplitParams other = params;
    ++other.seed;
    EXPECT_FALSE(same(split, make_split(dataset, other)));
  }
}

TEST(Split, SharesAreTheNearestThatWholeArtistsGive) {
  std::vector<Clip> clips;
  for (int i = 0; i < 100; ++i)
    clips.push_back(clip_of("a/" + std::to_string(i), "a", "of a " + std::to_string(i / 10)));
  for (int i = 0; i < 100; ++i)
    clips.push_back(clip_of("b/" + std::to_string(i), "b", "of b " + std::to_string(i / 40)));
  const Dataset dataset = dataset_of(std::move(clips));
  SplitParams params{.type = SplitType::kRandom};
  params.group = Grouping::kArtist;
  for (params.seed = 1; params.seed <= 10; ++params.seed) {
    // Of a, ten artists with 10 clips each: 26 wanted, 30 is nearer than 20. Of b, artists with 40, 40
    // and 20.
    params.test_fraction = 0.26;
    auto counts = count_genres(dataset, make_split(dataset, params).folds[0].test);
    EXPECT_EQ(counts["a"], 30u);
    EXPECT_EQ(counts["b"], 20u);
    params.test_fraction = 0.03;
    counts = count_genres(dataset, make_split(dataset, params).folds[0].test);
    EXPECT_EQ(counts["a"], 10u);
    EXPECT_EQ(counts["b"], 20u);
  }
}

TEST(Split, FoldsTestEachClipOnceInBalance) {
  Random random(2, Purpose::kSplit);
  for (int round = 0; round < 60; ++round) {
    const Dataset dataset = random_dataset(random);
    SplitParams params{.type = SplitType::kKFold, .seed = random.word()};
    params.folds = 2 + static_cast<int>(random.below(3));
    params.group = random.below(2) == 0 ? Grouping::kNone : Grouping::kArtist;
    params.validation_group = params.group;
    const Split split = make_split(dataset, params);
    ASSERT_EQ(split.folds.size(), static_cast<std::size_t>(params.folds));
    EXPECT_EQ(split.folds[1].name, "fold-2");
    std::vector<int> times(dataset.clips.size());
    for (const Fold& fold : split.folds) {
      expect_partition(fold, dataset.clips.size());
      for (const std::size_t i : fold.test) ++times[i];
      if (params.group != Grouping::kArtist) continue;
      expect_apart(artists_of(dataset, fold.train), artists_of(dataset, fold.test));
      expect_apart(artists_of(dataset, fold.validation), artists_of(dataset, fold.test));
      expect_apart(artists_of(dataset, fold.train), artists_of(dataset, fold.validation));
    }
    EXPECT_EQ(std::set(times.begin(), times.end()), std::set<int>{1});
    if (params.group == Grouping::kNone)
      for (const std::string& genre : dataset.genres) {
        std::set<std::size_t> sizes;
        for (const Fold& fold : split.folds) sizes.insert(count_genres(dataset, fold.test)[genre]);
        EXPECT_LE(*sizes.rbegin() - *sizes.begin(), 1u);
      }
    EXPECT_TRUE(same(split, make_split(dataset, params)));
  }
}

TEST(Split, PublishedListsHaveTheirSizes) {
  const Dataset gtzan = whole_gtzan(kGenres);
  const Split split = make_split(gtzan, {.type = SplitType::kFaultFiltered});
  EXPECT_EQ(split.name, "fault-filtered, reported on the test list");
  EXPECT_EQ(split.folds[0].train.size(), 443u);
  EXPECT_EQ(split.folds[0].validation.size(), 197u);
  EXPECT_EQ(split.folds[0].test.size(), 290u);
  EXPECT_TRUE(has_note(split, "70 clips in none of the fault-filtered lists"));
}

TEST(Split, ReportsOnTheValidationListWithAnInnerPart) {
  const auto folder = shared_gtzan();
  if (!folder) GTEST_SKIP() << "the shared GTZAN recordings are not on this machine";
  const Dataset dataset = read_dataset(*folder / "genres", {{"blues", "classical", "jazz", "pop"}});
  SplitParams params{.type = SplitType::kFaultFiltered, .test = ReportedList::kValidation};
  const Split split = make_split(dataset, params);
  const Fold& fold = split.folds[0];
  EXPECT_EQ(split.name, "fault-filtered, reported on the validation list");
  EXPECT_EQ(fold.train.size() + fold.validation.size(), 178u);
  EXPECT_EQ(fold.test.size(), 73u);
  EXPECT_NEAR(static_cast<double>(fold.validation.size()), 0.2 * 178, 10);
  expect_apart(artists_of(dataset, fold.train), artists_of(dataset, fold.validation));
  EXPECT_TRUE(has_note(split, "the test part is small: 73 clips"));
  EXPECT_TRUE(has_note(split, "30 clips in none"));
  params.test = ReportedList::kTest;
  expect_refused(dataset, params, "\"test\": \"validation\"");
  const Dataset ten = read_dataset(*folder / "genres");
  params.test = ReportedList::kValidation;
  expect_refused(ten, params, "country");
}

TEST(Split, ListedPartsOfGtzanShareNoKnownArtist) {
  const Dataset gtzan = whole_gtzan(kGenres);
  EXPECT_FALSE(has_note(make_split(gtzan, {.type = SplitType::kFaultFiltered}), "artist has"));
  EXPECT_FALSE(has_note(make_split(gtzan, {.type = SplitType::kFaultFiltered}), "artists have"));
}

TEST(Split, PublishedListsAreOnlyForGtzan) {
  Dataset dataset = whole_gtzan(kGenres);
  dataset.clips[5].path = "/nowhere/blues/own.wav";
  expect_refused(dataset, {.type = SplitType::kFaultFiltered},
                 "1 clip of 'made' is not of it, such as blues/");
}

TEST(Split, KeepsReplicasTogether) {
  const Dataset gtzan = whole_gtzan({"jazz", "pop", "rock", "metal"});
  const auto place = [](const Dataset& dataset, const Fold& fold, const std::string& stem) {
    const auto holds = [&](const std::vector<std::size_t>& part) {
      return std::any_of(part.begin(), part.end(),
                         [&](std::size_t i) { return dataset.clips[i].stem() == stem; });
    };
    return holds(fold.train) ? 0 : holds(fold.validation) ? 1 : 2;
  };
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SplitParams params{.type = SplitType::kRandom, .seed = seed};
    params.validation_group = Grouping::kNone;
    const Split split = make_split(gtzan, params);
    for (const auto& [a, b] : {std::pair("pop.00067", "pop.00071"), std::pair("pop.00054", "pop.00060"),
                               std::pair("jazz.00033", "jazz.00051"), std::pair("metal.00058", "rock.00016")})
      EXPECT_EQ(place(gtzan, split.folds[0], a), place(gtzan, split.folds[0], b)) << a;
  }
}

TEST(Split, RefusesMoreFoldsThanArtists) {
  SplitParams params{.type = SplitType::kKFold};
  params.group = Grouping::kArtist;
  expect_refused(whole_gtzan({"blues", "rock"}), params,
                 "the genre 'blues' has 9 artists, but 10-fold needs 10");
}

TEST(Split, RefusesAGenreThatCannotBeDivided) {
  std::vector<Clip> clips = {clip_of("a/1", "a"), clip_of("b/1", "b", "X"), clip_of("b/2", "b", "x")};
  for (int i = 2; i < 9; ++i) clips.push_back(clip_of("a/" + std::to_string(i), "a"));
  SplitParams params{.type = SplitType::kRandom};
  params.group = Grouping::kArtist;
  expect_refused(dataset_of(clips), params, "the genre 'b' has 1 artist, but a test part needs 2");
  params.group = Grouping::kNone;
  expect_refused(dataset_of(clips), params,
                 "the genre 'b' has 1 artist, but a training and a validation part");
}

std::vector<Clip> manifest_clips() {
  std::vector<Clip> clips;
  for (const std::string genre : {"a", "b"})
    for (int i = 0; i < 6; ++i)
      clips.push_back(clip_of(genre + std::to_string(i), genre, "artist " + genre + std::to_string(i),
                              i < 3   ? "train"
                              : i < 4 ? "validation"
                              : i < 5 ? "test"
                                      : ""));
  return clips;
}

TEST(Split, FollowsTheManifest) {
  const Dataset dataset = dataset_of(manifest_clips());
  const Split split = make_split(dataset, {.type = SplitType::kManifest});
  EXPECT_EQ(split.folds[0].train, (std::vector<std::size_t>{0, 1, 2, 6, 7, 8}));
  EXPECT_EQ(split.folds[0].validation, (std::vector<std::size_t>{3, 9}));
  EXPECT_EQ(split.folds[0].test, (std::vector<std::size_t>{4, 10}));
  EXPECT_TRUE(has_note(split, "2 clips without a part"));
}

TEST(Split, TakesTheValidationPartWhereTheManifestHasNone) {
  std::vector<Clip> clips = manifest_clips();
  for (Clip& clip : clips)
    if (clip.part == "validation") clip.part = "train";
  const Split split = make_split(dataset_of(clips), {.type = SplitType::kManifest});
  EXPECT_EQ(split.folds[0].train.size(), 6u);
  EXPECT_EQ(split.folds[0].validation.size(), 2u);
}

TEST(Split, RefusesManifestsWithMissingParts) {
  std::vector<Clip> clips = manifest_clips();
  clips[4].part = "";
  expect_refused(dataset_of(clips), {.type = SplitType::kManifest},
                 "test part of the split 'manifest' has no clip of the genre 'a'");
  for (Clip& clip : clips) clip.part = "";
  expect_refused(dataset_of(clips), {.type = SplitType::kManifest}, "names no split of any clip");
}

TEST(Split, RefusesLeakageUnlessItIsAllowed) {
  std::vector<Clip> clips = manifest_clips();
  clips[4].artist = "Artist  A-0";  // another spelling of the artist of a training clip
  SplitParams params{.type = SplitType::kManifest};
  expect_refused(dataset_of(clips), params,
                 "1 artist has clips in both the training and the test part: a0 and a4");
  params.allow_leakage = true;
  EXPECT_TRUE(has_note(make_split(dataset_of(clips), params), "leakage was allowed: 1 artist has"));

  clips = manifest_clips();
  clips[4].path = clips[0].path;
  params.allow_leakage = false;
  expect_refused(dataset_of(clips), params, "1 recording has clips in both the training and the test part");
}

TEST(Split, SaysWhatGroupingCouldNotDo) {
  std::vector<Clip> clips;
  for (int i = 0; i < 40; ++i) clips.push_back(clip_of("a/" + std::to_string(i), i % 2 ? "a" : "b"));
  EXPECT_TRUE(has_note(make_split(dataset_of(clips), {}), "no artist is known"));
  for (int i = 0; i < 30; ++i) clips[static_cast<std::size_t>(i)].artist = std::to_string(i % 6);
  EXPECT_TRUE(has_note(make_split(dataset_of(clips), {}), "the artist of 10 of 40 clips is not known"));
  EXPECT_TRUE(has_note(make_split(dataset_of(clips), {}), "not grouped by artist: "));
}

TEST(Split, RefusesImpossibleParameters) {
  const Dataset dataset = dataset_of(manifest_clips());
  for (const double fraction : {0.0, 1.0, -1.0, std::nan("")}) {
    SplitParams params;
    params.test_fraction = fraction;
    EXPECT_THROW(make_split(dataset, params), Error);
  }
  SplitParams params{.type = SplitType::kKFold};
  params.folds = 1;
  EXPECT_THROW(make_split(dataset, params), Error);
  params.folds = 1000000000;
  expect_refused(dataset, params, "the genre 'a' has 6 recordings, but 1000000000-fold needs");
}

}  // namespace
}  // namespace genretrack
