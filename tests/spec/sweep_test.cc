// Random draws of a sweep.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "host/core/files.h"
#include "host/spec/read_experiment.h"
#include "tests/core/temporary_folder.h"
#include "tests/spec/spec_fixture.h"

namespace genretrack {
namespace {

class RandomSweep : public ::testing::Test {
 protected:
  std::vector<Experiment> read(const std::string& sweep) {
    write_file_atomically(folder_ / "base.json", good_spec().dump());
    write_file_atomically(folder_ / "sweep.json", sweep);
    return read_experiments({folder_ / "sweep.json"}, {});
  }
  void expect_refused(const std::string& sweep, const std::vector<std::string>& says) {
    expect_refusal(refusal_of([&] { read(sweep); }), ErrorKind::kSpec, says);
  }
  TemporaryFolder folder_;
};

std::string sweep_of(const std::string& axes, int draws, int seed) {
  return R"({"base": "base.json", "random": {)" + axes + R"(}, "draws": )" + std::to_string(draws) +
         R"(, "seed": )" + std::to_string(seed) + "}";
}

constexpr const char* kAxes =
    R"("/training/optimizer/learning_rate": {"log_uniform": [1e-4, 1e-2]},
       "/model/branches/0/dropout": {"uniform": [0.1, 0.5]},
       "/training/batch_size": {"integer": [8, 11]},
       "/training/schedule/type": {"choice": ["constant", "cosine"]})";

TEST_F(RandomSweep, DrawsFromTheDistributions) {
  const auto all = read(sweep_of(kAxes, 400, 3));
  ASSERT_EQ(all.size(), 400u);
  std::set<int> batches;
  int constant = 0, low_rates = 0, low_dropouts = 0;
  for (const Experiment& e : all) {
    EXPECT_GE(e.training.learning_rate, 1e-4);
    EXPECT_LE(e.training.learning_rate, 1e-2);
    EXPECT_GE(e.model.branches[0].dropout, 0.1);
    EXPECT_LE(e.model.branches[0].dropout, 0.5);
    batches.insert(e.training.batch_size);
    low_rates += e.training.learning_rate < 1e-3 ? 1 : 0;
    low_dropouts += e.model.branches[0].dropout < 0.3 ? 1 : 0;
    constant += e.training.schedule == Schedule::kConstant ? 1 : 0;
  }
  EXPECT_EQ(batches, (std::set<int>{8, 9, 10, 11}));
  // Half of 400, five standard deviations (10) to either side.
  for (const int half : {constant, low_rates, low_dropouts}) EXPECT_NEAR(half, 200, 50);
}

TEST_F(RandomSweep, MoreDrawsKeepTheFirstOnesAndAnotherSeedDoesNot) {
  const auto few = read(sweep_of(kAxes, 3, 1)), more = read(sweep_of(kAxes, 6, 1)),
             other = read(sweep_of(kAxes, 3, 2));
  for (std::size_t i = 0; i < few.size(); ++i) {
    EXPECT_EQ(few[i].name, more[i].name);
    EXPECT_EQ(to_json(few[i]), to_json(more[i]));
  }
  EXPECT_NE(to_json(few[0]), to_json(other[0]));
  EXPECT_EQ(few[0].name, "base-draw-001");
}

TEST_F(RandomSweep, SaysOfEachExperimentWhatVaries) {
  const auto all = read(sweep_of(R"("/training/epochs": {"integer": [1, 5]})", 2, 1));
  ASSERT_TRUE(all[0].point.has_value());
  EXPECT_EQ(all[0].point->sweep, "sweep");
  ASSERT_EQ(all[0].point->varied.size(), 1u);
  EXPECT_EQ(all[0].point->varied[0].first, "/training/epochs");
  EXPECT_EQ(all[0].point->varied[0].second, std::to_string(all[0].training.epochs));
}

TEST_F(RandomSweep, RefusesWhatIsNoDistribution) {
  expect_refused(sweep_of(R"("/training/epochs": {"normal": [1, 5]})", 2, 1), {"unknown distribution"});
  expect_refused(sweep_of(R"("/training/epochs": [1, 5])", 2, 1), {"/random/~1training~1epochs", "uniform"});
  expect_refused(sweep_of(R"("/training/epochs": {"integer": [5, 1]})", 2, 1), {"below the second"});
  expect_refused(sweep_of(R"("/training/epochs": {"integer": [1.5, 3]})", 2, 1), {"whole numbers"});
  expect_refused(sweep_of(R"("/training/epochs": {"log_uniform": [0, 3]})", 2, 1), {"above 0"});
  expect_refused(sweep_of(R"("/training/epochs": {"choice": []})", 2, 1), {"expected a list"});
  expect_refused(sweep_of(R"("/training/epochs": {"integer": [1, 3]})", 0, 1), {"/draws"});
  expect_refused(sweep_of(R"("/training/epochs": {"integer": [1, 3]})", 5000, 1), {"/draws", "1000"});
  expect_refused(R"({"base": "base.json", "random": {}})", {"/random"});
  expect_refused(R"({"base": "base.json", "random": {"/training/epochs": {"choice": [1]}},
                     "grid": {"/training/epochs": [1]}})",
                 {"not both"});
  expect_refused(R"({"base": "base.json", "grid": {"/training/epochs": [1]}, "draws": 3})",
                 {"random draws only"});
}

TEST_F(RandomSweep, RefusesAValueThatItsFieldDoesNotTake) {
  expect_refused(sweep_of(R"("/model/branches/0/dropout": {"uniform": [1, 2]})", 2, 1),
                 {"/random/~1model~1branches~10~1dropout", "dropout", "below 1"});
}

}  // namespace
}  // namespace genretrack
