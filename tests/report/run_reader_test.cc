#include "host/report/run_reader.h"

#include <gtest/gtest.h>

#include "host/core/error.h"
#include "tests/report/fake_run.h"

namespace genretrack {
namespace {

using testing::FakeRun;
using testing::replace_in;
using testing::TemporaryFolder;
using testing::write_fake_run;
using testing::write_text;

// The message with which reading fails; empty where it does not. Every refusal is Error(kData).
std::string refusal(const std::filesystem::path& run) {
  try {
    read_run(run);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    return error.what();
  }
  return {};
}

class RunReader : public ::testing::Test {
 protected:
  void expect_refusal(const std::vector<std::string>& parts) {
    const std::string message = refusal(run_);
    EXPECT_FALSE(message.empty()) << "was read without complaint";
    for (const std::string& part : parts)
      EXPECT_NE(message.find(part), std::string::npos) << "'" << part << "' is not in: " << message;
  }
  TemporaryFolder folder_;
  std::filesystem::path run_ = write_fake_run(folder_.path(), {.name = "fake", .notes = {"leakage allowed"}});
  std::filesystem::path predictions_ = run_ / "seed-1" / "predictions.csv";
};

TEST_F(RunReader, ReadsEverythingThatReportsNeed) {
  const RunRecord run = read_run(run_);
  EXPECT_EQ(run.name, "fake");
  EXPECT_FALSE(run.fusion);
  EXPECT_EQ(run.notes, std::vector<std::string>{"leakage allowed"});
  EXPECT_EQ(run.seeds, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(run.test.clips.size(), 40u);
  EXPECT_EQ(run.validation.clips.size(), 40u);
  EXPECT_EQ(run.trainings[0].epochs.size(), 12u);
  EXPECT_EQ(run.test.artists[0], "blues artist 3");
}

TEST_F(RunReader, AveragesProbabilitiesOverSeeds) {
  const RunRecord run = read_run(run_);
  for (std::size_t clip = 0; clip < run.test.clips.size(); ++clip) {
    double sum = 0;
    for (const Predictions& seed : run.test_by_seed) sum += seed.probability(clip, 2);
    EXPECT_NEAR(run.test.probability(clip, 2), sum / 3, 1e-12);
  }
}

TEST_F(RunReader, PoolsFolds) {
  const RunRecord run =
      read_run(write_fake_run(folder_.path(), {.name = "folds", .seeds = {1, 2}, .folds = 4}));
  EXPECT_EQ(run.trainings.size(), 8u);
  EXPECT_EQ(run.test_by_seed.size(), 2u);
  EXPECT_EQ(run.test.clips.size(), 160u);  // every clip was tested
}

TEST_F(RunReader, ReadsAFolderNamedWithASlash) { EXPECT_EQ(read_run(run_ / "").name, "fake"); }

TEST_F(RunReader, RefusesAFolderThatIsNotThere) {
  EXPECT_NE(refusal(folder_.path() / "nothing").find("no such folder"), std::string::npos);
}

TEST_F(RunReader, RefusesOneTrainingOfARun) {
  EXPECT_NE(refusal(run_ / "seed-1").find("name the run's folder, " + run_.string()), std::string::npos);
}

TEST_F(RunReader, RefusesAnUnfinishedRun) {
  std::filesystem::remove(run_ / "summary.json");
  expect_refusal({"fake", "summary.json is missing", "resumed"});
}

TEST_F(RunReader, RefusesASummaryCutShort) {
  write_text(run_ / "summary.json", testing::read_text(run_ / "summary.json").substr(0, 100));
  expect_refusal({"summary.json", "damaged", "--force"});
}

TEST_F(RunReader, RefusesASummaryWithoutASplit) {
  replace_in(run_ / "summary.json", "\"split\"", "\"spilt\"");
  expect_refusal({"summary.json", "'split' is missing"});
}

TEST_F(RunReader, RefusesASummaryThatLeadsOutOfTheFolder) {
  replace_in(run_ / "summary.json", "\"seed-1\"", "\"../seed-1\"");
  expect_refusal({"summary.json", "/trainings/0", "../seed-1"});
}

TEST_F(RunReader, RefusesATrainingThatIsListedTwice) {
  replace_in(run_ / "summary.json", "\"seed-2\"", "\"seed-1\"");
  expect_refusal({"summary.json", "/trainings/1", "'seed-1' is listed twice"});
}

TEST_F(RunReader, RefusesAnUnknownFormat) {
  replace_in(run_ / "summary.json", "\"format\": 1", "\"format\": 2");
  expect_refusal({"summary.json", "format"});
}

TEST_F(RunReader, RefusesMissingPredictions) {
  std::filesystem::remove(predictions_);
  expect_refusal({"predictions.csv"});
}

TEST_F(RunReader, RefusesPredictionsCutShort) {
  const std::string text = testing::read_text(predictions_);
  write_text(predictions_, text.substr(0, text.rfind("\n", text.size() - 2) + 1));
  expect_refusal({"predictions.csv", "is missing", "--force"});
}

TEST_F(RunReader, RefusesALineCutShort) {
  const std::string text = testing::read_text(predictions_);
  write_text(predictions_, text.substr(0, text.size() - 60));
  expect_refusal({"predictions.csv"});
}

TEST_F(RunReader, RefusesAMissingColumn) {
  replace_in(predictions_, ",pop\n", ",folk\n");
  expect_refusal({"predictions.csv:1", "the columns must be part,clip,truth,blues,classical,jazz,pop"});
}

TEST_F(RunReader, RefusesProbabilitiesThatAreNone) {
  for (const std::string bad : {"nan", "inf", "-0.5", "1.5", "", "0,5", "zero", "0.5x"}) {
    const std::string text = testing::read_text(predictions_);
    const std::size_t line = text.find('\n') + 1, end = text.find('\n', line);
    const std::size_t last = text.rfind(',', end) + 1;
    write_text(predictions_, text.substr(0, last) + bad + text.substr(end));
    expect_refusal({"predictions.csv"});
    write_text(predictions_, text);
  }
}

TEST_F(RunReader, RefusesProbabilitiesThatDoNotSumToOne) {
  const std::string text = testing::read_text(predictions_);
  const std::size_t line = text.find('\n') + 1, end = text.find('\n', line);
  write_text(predictions_,
             text.substr(0, line) + "validation,blues.10002,blues,0.5,0.1,0.1,0.1" + text.substr(end));
  expect_refusal({"predictions.csv:2", "sum to 0.8"});
}

TEST_F(RunReader, RefusesAClipThatStandsTwice) {
  const std::string text = testing::read_text(predictions_);
  const std::size_t line = text.find('\n') + 1;
  write_text(predictions_, text + text.substr(line, text.find('\n', line) + 1 - line));
  expect_refusal({"predictions.csv", "stands twice"});
}

TEST_F(RunReader, RefusesAnotherGenreThanTheSplits) {
  replace_in(predictions_, "blues.10002,blues", "blues.10002,jazz");
  expect_refusal({"predictions.csv:2", "'blues' in split.csv"});
}

TEST_F(RunReader, RefusesAPartThatIsNone) {
  replace_in(predictions_, "\ntest,", "\ntset,");
  expect_refusal({"predictions.csv", "neither validation nor test"});
}

TEST_F(RunReader, RefusesADamagedSplit) {
  replace_in(run_ / "seed-2" / "split.csv", ",train\n", ",trian\n");
  expect_refusal({"split.csv:2", "trian"});
}

TEST_F(RunReader, RefusesASeedTestedOnOtherClips) {
  // One test clip of seed 3 moves to its training part and out of its predictions.
  replace_in(run_ / "seed-3" / "split.csv", "blues.10003,blues,blues artist 3,test",
             "blues.10003,blues,blues artist 3,train");
  const auto file = run_ / "seed-3" / "predictions.csv";
  const std::string text = testing::read_text(file);
  const std::size_t line = text.find("test,blues.10003");
  write_text(file, text.substr(0, line) + text.substr(text.find('\n', line) + 1));
  expect_refusal({"seed 3", "other clips"});
}

TEST_F(RunReader, RefusesADamagedLineOfMetrics) {
  replace_in(run_ / "seed-1" / "metrics.jsonl", "\"epoch\":2", "\"epoch\":\"two\"");
  expect_refusal({"metrics.jsonl:2", "'epoch'"});
  write_text(run_ / "seed-1" / "metrics.jsonl", std::string("\x00\xff\xfe binary", 10));
  expect_refusal({"metrics.jsonl:1", "damaged"});
}

}  // namespace
}  // namespace genretrack
