// What a comparison explains, and its tables for papers, pandas and spreadsheets.
#include <gtest/gtest.h>

#include "host/core/csv.h"
#include "host/report/comparison_charts.h"
#include "host/report/comparison_report.h"
#include "host/report/comparison_tables.h"
#include "tests/report/fake_run.h"

namespace genretrack {
namespace {

using testing::FakeRun;
using testing::write_fake_run;

class ComparisonOutputs : public ::testing::Test {
 protected:
  Comparison compare(const std::vector<FakeRun>& fakes) {
    std::vector<RunRecord> runs;
    for (const FakeRun& fake : fakes) runs.push_back(read_run(write_fake_run(folder_.path(), fake)));
    return compare_runs(std::move(runs), std::nullopt);
  }
  const FakeRun first_{.name = "first", .skill = 1.4},
      second_{.name = "second", .inputs = {"mfcc"}, .skill = 1.0},
      fused_{.name = "fused", .fusion = "late", .inputs = {"spectrogram", "mfcc"}, .skill = 3};
  testing::TemporaryFolder folder_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(ComparisonOutputs, EveryFigureHasItsIntervalAndItsSources) {
  const ComparedRun run = compare({first_}).runs.front();
  EXPECT_TRUE(run.test.intervals.accuracy->contains(run.test.metrics.accuracy));
  EXPECT_TRUE(run.test.intervals.brier->contains(run.test.metrics.brier));
  ASSERT_TRUE(run.sources);
  EXPECT_GT(run.sources->clip_error, 0);
  ASSERT_TRUE(run.calibrated);
  EXPECT_EQ(run.calibrated->metrics.accuracy, run.test.metrics.accuracy);
  EXPECT_NE(run.calibrated->metrics.log_loss, run.test.metrics.log_loss);
  EXPECT_EQ(run.test.reliability->bins.size(), 4u);  // 40 clips
}

TEST_F(ComparisonOutputs, SingleRunsStandForBranchesThatAreNotStored) {
  const Comparison comparison = compare({first_, second_, fused_});
  ASSERT_EQ(comparison.branches.size(), 1u);
  const BranchStudy& study = comparison.branches.front();
  EXPECT_FALSE(study.own);  // the fused run's probabilities are not their mean
  EXPECT_TRUE(study.left_out.empty());
  EXPECT_EQ(study.names, (std::vector<std::string>{"spectrogram", "mfcc"}));
  EXPECT_EQ(study.accuracies[0], comparison.runs[0].test.metrics.accuracy);
  EXPECT_GE(study.oracle, std::max(study.accuracies[0], study.accuracies[1]));
  EXPECT_NEAR(study.oracle, 1 - study.pairs[0].double_fault, 1e-12);
}

TEST_F(ComparisonOutputs, ABranchIsLeftOutOfTheMeanOfItsSingleRuns) {
  std::vector<RunRecord> runs;
  for (const FakeRun& fake : {first_, second_, fused_})
    runs.push_back(read_run(write_fake_run(folder_.path(), fake)));
  runs[2].test = mean_of_predictions({&runs[0].test, &runs[1].test});
  const Comparison comparison = compare_runs(runs, std::nullopt);
  const BranchStudy& study = comparison.branches.front();
  EXPECT_TRUE(study.own);
  ASSERT_EQ(study.left_out.size(), 2u);
  // Without the first, only the second is left.
  EXPECT_NEAR(study.left_out[0].gain,
              comparison.runs[1].test.metrics.accuracy - comparison.runs[2].test.metrics.accuracy, 1e-12);
}

TEST_F(ComparisonOutputs, ListsTheClipsThatChangedHands) {
  const Comparison comparison = compare({first_, fused_});
  const Candidate& candidate = comparison.candidates.front();
  ASSERT_EQ(candidate.changed.size(), candidate.pair.only_candidate + candidate.pair.only_reference);
  double gains = 0;
  for (const GenreGain& genre : candidate.genres) gains += genre.gain * static_cast<double>(genre.clips);
  EXPECT_NEAR(gains / 40, candidate.pair.gain, 1e-12);
  EXPECT_EQ(changed_table(comparison, candidate, 2).rows.size(), 2u);
  EXPECT_EQ(genre_gains_chart(comparison)["data"][0]["values"].size(), 4u);
  EXPECT_EQ(forest_chart(comparison)["data"][0]["values"][0]["run"], "fused");
}

TEST_F(ComparisonOutputs, ChancesAreNamedFromTenSeedsAndFoldsFromTenFolds) {
  FakeRun one = first_, other = fused_;
  one.seeds = other.seeds = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_FALSE(compare({one, other}).candidates[0].seed_wins);
  one.seeds.push_back(10);
  other.seeds.push_back(10);
  EXPECT_GT(compare({one, other}).candidates[0].seed_wins->chance, 0.9);
  one.seeds = other.seeds = {1, 2};
  one.folds = other.folds = 10;
  const Comparison folds = compare({one, other});
  ASSERT_TRUE(folds.candidates[0].fold_gain);
  EXPECT_EQ(folds.candidates[0].fold_gain->repetitions, 10u);
  EXPECT_GT(folds.candidates[0].fold_gain->mean, 0);
  one.folds = other.folds = 9;
  EXPECT_FALSE(compare({one, other}).candidates[0].fold_gain);
}

TEST_F(ComparisonOutputs, CsvHasARowPerRun) {
  FakeRun hostile = first_;
  hostile.name = "=cmd|' /C calc'!A0";
  const Comparison comparison = compare({hostile, fused_});
  const CsvTable table = parse_csv(comparison_csv(comparison), "summary.csv");
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[0].fields[table.column("run")], "'=cmd|' /C calc'!A0");
  EXPECT_EQ(table.rows[0].fields[table.column("verdict")], "");
  EXPECT_EQ(std::stod(table.rows[1].fields[table.column("gain")]), comparison.candidates[0].pair.gain);
  EXPECT_EQ(std::stod(table.rows[1].fields[table.column("accuracy")]),
            comparison.runs[1].test.metrics.accuracy);
}

TEST_F(ComparisonOutputs, SpreadsheetsFindNoFormulas) {
  for (const char* formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"})
    EXPECT_EQ(spreadsheet_text(formula), std::string("'") + formula);
  EXPECT_EQ(spreadsheet_text("jazz = good"), "jazz = good");
  EXPECT_EQ(spreadsheet_text(""), "");
}

TEST_F(ComparisonOutputs, MarkdownAndTerminalsShowHostileNamesAndDoNotObey) {
  FakeRun hostile = first_;
  hostile.genres = {"blues", "a|b*c", "<img src=x>", "\x1b[31mred"};
  const Comparison comparison = compare({hostile});
  const std::string markdown = comparison_markdown(comparison), text = comparison_text(comparison);
  EXPECT_TRUE(contains(markdown, "a\\|b\\*c"));
  EXPECT_TRUE(contains(markdown, "&lt;img src=x\\>"));
  for (const std::string& output : {markdown, text}) EXPECT_FALSE(contains(output, "\x1b"));
  EXPECT_TRUE(contains(text, "a|b*c"));
}

TEST_F(ComparisonOutputs, PageNamesTheCommandAndTheRule) {
  Comparison comparison = compare({first_, fused_});
  comparison.command = "genretrack compare 'a b'";
  const std::string page = comparison_page(comparison, [](const std::string& clip) {
    return ClipPictures{{"spectrogram of " + clip, "\x89PNG"}};
  });
  EXPECT_TRUE(contains(page, "genretrack compare &#39;a b&#39;"));
  EXPECT_TRUE(contains(page, "could not have been found with that power"));
  EXPECT_TRUE(contains(page, "<nav aria-label=\"Contents\">"));
  EXPECT_TRUE(contains(page, "src=\"data:image/png;base64,iVBORw==\"") ||
              contains(page, "src=\"data:image/png;base64,iVBORw\""));
}

TEST_F(ComparisonOutputs, ShowsTheBestOfManyInDetail) {
  std::vector<FakeRun> fakes;
  for (int i = 0; i < 15; ++i)
    fakes.push_back({.name = "fused-" + std::to_string(i), .fusion = "late", .skill = 0.3 * i, .seeds = {1}});
  fakes.push_back(first_);
  const Comparison comparison = compare(fakes);
  EXPECT_EQ(comparison.detailed.size(), kMostDetailedRuns);
  EXPECT_TRUE(comparison.is_detailed(15));  // the reference
  EXPECT_TRUE(comparison.is_detailed(14));
  EXPECT_FALSE(comparison.is_detailed(0));
  EXPECT_EQ(comparison_json(comparison)["runs"].size(), 16u);
  EXPECT_TRUE(contains(comparison_page(comparison), "12 of 16 runs"));
}

}  // namespace
}  // namespace genretrack
