#include <gtest/gtest.h>

#include <algorithm>

#include "host/core/error.h"
#include "host/report/comparison_charts.h"
#include "host/report/comparison_model.h"
#include "host/report/comparison_report.h"
#include "tests/report/fake_run.h"

namespace genretrack {
namespace {

using testing::FakeRun;
using testing::TemporaryFolder;
using testing::write_fake_run;

class ComparisonOfRuns : public ::testing::Test {
 protected:
  Comparison compare(const std::vector<FakeRun>& fakes, const std::string& baseline = {}) {
    std::vector<RunRecord> runs;
    for (const FakeRun& fake : fakes) runs.push_back(read_run(write_fake_run(folder_.path(), fake)));
    if (baseline.empty()) return compare_runs(std::move(runs), std::nullopt);
    return compare_runs(std::move(runs), folder_.path() / baseline);
  }
  std::string refusal(const std::vector<FakeRun>& fakes, ErrorKind kind, const std::string& baseline = {}) {
    try {
      compare(fakes, baseline);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind);
      return error.what();
    }
    return "nothing was refused";
  }
  const FakeRun weak_{.name = "weak", .skill = 0.6}, strong_{.name = "strong", .skill = 1.4},
      fused_{.name = "fused", .fusion = "late", .skill = 5},
      even_{.name = "even", .fusion = "late", .skill = 1.4},
      worse_{.name = "worse", .fusion = "late", .skill = -2};
  TemporaryFolder folder_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(ComparisonOfRuns, HoldsFusedRunsAgainstTheBestSingleOneOnValidation) {
  const Comparison comparison = compare({weak_, strong_, fused_, worse_});
  ASSERT_TRUE(comparison.reference);
  EXPECT_EQ(comparison.runs[*comparison.reference].label, "strong");
  ASSERT_EQ(comparison.candidates.size(), 2u);  // the weak single run is not in the family
  EXPECT_EQ(verdict_word(comparison, comparison.candidates[0]), "better");
  EXPECT_EQ(verdict_word(comparison, comparison.candidates[1]), "worse");
  EXPECT_TRUE(contains(verdict_details(comparison, comparison.candidates[0]), "corrected for 2 comparisons"));
}

TEST_F(ComparisonOfRuns, ChoosesOnValidationAndNotOnTest) {
  Comparison comparison = compare({weak_, strong_});
  // The test predictions of the two change places: the choice stays.
  std::vector<RunRecord> runs = {comparison.runs[0].run, comparison.runs[1].run};
  std::swap(runs[0].test, runs[1].test);
  std::swap(runs[0].test_by_seed, runs[1].test_by_seed);
  const Comparison swapped = compare_runs(runs, std::nullopt);
  EXPECT_EQ(swapped.runs[*swapped.reference].label, "strong");
  EXPECT_LT(swapped.runs[1].test.metrics.accuracy, swapped.runs[0].test.metrics.accuracy);
  // And the reader is told, but not where the reference is the best on test clips as well.
  const auto told = [](const Comparison& c) {
    return std::any_of(c.notes.begin(), c.notes.end(), [](const std::string& note) {
      return contains(note, "On the test clips weak has") && contains(note, "more than the reference strong");
    });
  };
  EXPECT_TRUE(told(swapped));
  EXPECT_FALSE(told(comparison));
}

TEST_F(ComparisonOfRuns, SaysThatClipsAreTooFewWhereFivePointsCouldNotBeShown) {
  const Comparison comparison = compare({strong_, even_});
  const Candidate& candidate = comparison.candidates[0];
  ASSERT_EQ(candidate.pair.verdict, Verdict::kNotShown);
  ASSERT_GT(*candidate.pair.smallest_gain, kGainWorthShowing);
  EXPECT_EQ(verdict_word(comparison, candidate), "too few clips to tell");
  const std::string text = verdict_sentence(comparison, candidate);
  EXPECT_TRUE(contains(text, "even: too few clips to tell: 40 clips by 20 artists can show ")) << text;
}

TEST_F(ComparisonOfRuns, TheVerdictFollowsItsRule) {
  PairedComparison pair;
  pair.only_candidate = pair.only_reference = 3;
  pair.smallest_gain = 0.04;
  EXPECT_EQ(finding_of(pair), Finding::kNotShown);
  pair.smallest_gain = 0.06;
  EXPECT_EQ(finding_of(pair), Finding::kTooFew);
  pair.smallest_gain.reset();
  EXPECT_EQ(finding_of(pair), Finding::kTooFew);
  pair.only_candidate = pair.only_reference = 0;  // the same clips right and wrong: more would not help
  EXPECT_EQ(finding_of(pair), Finding::kNotShown);
  pair.verdict = Verdict::kBetter;
  EXPECT_EQ(finding_of(pair), Finding::kBetter);
  pair.verdict = Verdict::kWorse;
  EXPECT_EQ(finding_of(pair), Finding::kWorse);
}

TEST_F(ComparisonOfRuns, TheSentenceNamesTheSizeAndItsInterval) {
  Comparison comparison = compare({strong_, fused_});
  Candidate& candidate = comparison.candidates[0];
  candidate.pair.verdict = Verdict::kBetter;
  candidate.pair.gain = 0.041;
  candidate.pair.interval = {0.012, 0.07};
  EXPECT_EQ(verdict_sentence(comparison, candidate), "fused is better by 4.1 points (1.2 to 7.0).");
  candidate.pair.verdict = Verdict::kWorse;
  candidate.pair.gain = -0.041;
  candidate.pair.interval = {-0.07, -0.012};
  EXPECT_EQ(verdict_sentence(comparison, candidate), "fused is worse by 4.1 points (1.2 to 7.0).");
  candidate.pair.verdict = Verdict::kNotShown;
  candidate.pair.interval = {-0.07, 0.012};
  candidate.pair.smallest_gain = 0.045;
  EXPECT_EQ(verdict_sentence(comparison, candidate),
            "fused is not shown to help: \u22124.1 points (\u22127.0 to +1.2).");
}

TEST_F(ComparisonOfRuns, ComparesSingleRunsWhereNoneIsFused) {
  const Comparison comparison = compare({weak_, strong_});
  ASSERT_EQ(comparison.candidates.size(), 1u);
  EXPECT_EQ(comparison.candidates[0].run, 0u);
  EXPECT_EQ(verdict_word(comparison, comparison.candidates[0]), "worse");
}

TEST_F(ComparisonOfRuns, TakesTheBaselineByHand) {
  const Comparison comparison = compare({weak_, strong_, fused_}, "weak");
  EXPECT_EQ(comparison.runs[*comparison.reference].label, "weak");
  EXPECT_EQ(comparison.candidates.size(), 2u);
  EXPECT_TRUE(contains(refusal({weak_, strong_}, ErrorKind::kUsage, "elsewhere"), "names none of the runs"));
}

TEST_F(ComparisonOfRuns, ShowsOneRunAloneWithoutAVerdict) {
  const Comparison comparison = compare({weak_});
  EXPECT_FALSE(comparison.reference);
  EXPECT_TRUE(comparison.candidates.empty());
  const std::string text = comparison_text(comparison);
  EXPECT_TRUE(contains(text, "One run alone: name a second one for a verdict."));
  EXPECT_TRUE(contains(text, "split: fault-filtered, reported on the validation list"));
}

TEST_F(ComparisonOfRuns, RefusesRunsThatCannotBeCompared) {
  FakeRun other = strong_;
  other.split = "random";
  EXPECT_TRUE(contains(refusal({weak_, other}, ErrorKind::kData), "its split is 'random'"));
  other = strong_;
  other.genres = {"blues", "classical", "jazz", "rock"};
  EXPECT_TRUE(contains(refusal({weak_, other}, ErrorKind::kData), "its genres are not those of"));
  other = strong_;
  other.clips_per_genre = 44;
  EXPECT_TRUE(contains(refusal({weak_, other}, ErrorKind::kData), "its test clips are not those of"));
  other = strong_;
  other.artists_per_genre = 8;
  EXPECT_TRUE(contains(refusal({weak_, other}, ErrorKind::kData), "the artists of its test clips"));
  EXPECT_TRUE(contains(refusal({weak_, weak_}, ErrorKind::kUsage), "given twice"));
}

TEST_F(ComparisonOfRuns, RepeatsTheNotesOfTheRuns) {
  FakeRun first = weak_, second = strong_;
  first.notes = {"leakage was allowed", "only here"};
  second.notes = {"leakage was allowed"};
  const std::string text = comparison_text(compare({first, second}));
  EXPECT_TRUE(contains(text, "note: All runs: leakage was allowed\n"));
  EXPECT_TRUE(contains(text, "note: weak: only here\n"));
}

TEST_F(ComparisonOfRuns, WarnsOfFewArtistsAndFewSeeds) {
  FakeRun few = weak_;
  few.artists_per_genre = 1;
  few.seeds = {1};
  const std::string text = comparison_text(compare({few}));
  EXPECT_TRUE(contains(text, "by 4 artists, fewer than 20"));
  EXPECT_TRUE(contains(text, "A run here has 1 seed;"));
}

TEST_F(ComparisonOfRuns, TellsRunsOfOneNameApart) {
  std::vector<RunRecord> runs = {read_run(write_fake_run(folder_.path() / "a", weak_)),
                                 read_run(write_fake_run(folder_.path() / "b", weak_))};
  const Comparison comparison = compare_runs(std::move(runs), std::nullopt);
  EXPECT_EQ(comparison.runs[0].label, (folder_.path() / "a" / "weak").string());
}

TEST_F(ComparisonOfRuns, IsTheSameEveryTime) {
  EXPECT_EQ(comparison_json(compare({weak_, fused_})).dump(),
            comparison_json(compare({weak_, fused_})).dump());
}

TEST_F(ComparisonOfRuns, JsonHoldsTheFiguresOfTheText) {
  const Comparison comparison = compare({weak_, strong_, fused_});
  const nlohmann::ordered_json value = comparison_json(comparison);
  EXPECT_EQ(value["reference"], "strong");
  EXPECT_EQ(value["comparisons"][0]["verdict"], "better");
  EXPECT_EQ(value["comparisons"][0]["gain"], comparison.candidates[0].pair.gain);
  EXPECT_EQ(value["runs"][1]["test"]["accuracy"], comparison.runs[1].test.metrics.accuracy);
  EXPECT_EQ(value["runs"][1]["over_seeds"]["accuracy"]["seeds"], 3);
  EXPECT_EQ(value["runs"][2]["fusion"], "late");
  EXPECT_EQ(value["runs"][0]["test"]["confusion"].size(), 4u);
}

TEST_F(ComparisonOfRuns, PoolsFoldsBeforeItCompares) {
  FakeRun single = strong_, fused = fused_;
  single.folds = fused.folds = 4;
  const Comparison comparison = compare({single, fused});
  EXPECT_EQ(comparison.clips, 160u);
  EXPECT_EQ(comparison.candidates[0].pair.groups, 40u);
  EXPECT_EQ(comparison.candidates[0].pair.verdict, Verdict::kBetter);
}

TEST_F(ComparisonOfRuns, PageStartsWithTheVerdictAndHoldsEveryChart) {
  const Comparison comparison = compare({weak_, strong_, fused_});
  const std::string page = comparison_page(comparison);
  const std::size_t verdict = page.find("fused is better by"), table = page.find("<table");
  ASSERT_NE(verdict, std::string::npos);
  ASSERT_NE(table, std::string::npos);
  EXPECT_LT(verdict, table);
  for (const char* part :
       {"Confusion matrix of weak", "Training and validation loss of fused", "Recall per genre"})
    EXPECT_TRUE(contains(page, part)) << part;
}

TEST_F(ComparisonOfRuns, ChartsHoldTheFiguresOfTheRuns) {
  const Comparison comparison = compare({weak_, fused_});
  const nlohmann::json dots = accuracy_chart(comparison)["data"][0]["values"];
  EXPECT_EQ(dots.size(), 2u);
  EXPECT_EQ(dots[0]["kind"], "reference");
  EXPECT_EQ(dots[1]["kind"], "fused");
  EXPECT_EQ(confusion_chart(comparison.runs[0])["data"][0]["values"].size(), 16u);
  EXPECT_EQ(training_chart(comparison.runs[0])["data"][0]["values"].size(), 36u);  // 12 epochs of 3 seeds
  EXPECT_EQ(training_chart(comparison.runs[0])["data"][1]["values"].size(), 3u);   // the epochs kept
}

}  // namespace
}  // namespace genretrack
