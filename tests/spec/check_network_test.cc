// Networks that cannot be built are refused where their fields stand.
#include <gtest/gtest.h>

#include "tests/spec/spec_fixture.h"

namespace genretrack {
namespace {

using nlohmann::json;

json network(const char* input, const char* architecture, const json& fields) {
  json branch = {{"input", input}, {"architecture", architecture}};
  branch.update(fields);
  return {branch};
}

void expect_refused(const json& branches, const std::string& what) {
  expect_refusal(refusal_with("/model/branches", branches), ErrorKind::kSpec, {": /model/branches/0" + what});
}
void expect_taken(const json& branches) {
  EXPECT_EQ(refusal_with("/model/branches", branches).message, "") << branches;
}

TEST(CheckNetwork, RefusesAKernelLargerThanItsInput) {
  expect_refused(network("chromagram", "cnn2d", {{"kernel_size", 13}}),
                 "/kernel_size: a kernel of 13 rows is larger than its input of 12");
  expect_taken(network("chromagram", "cnn2d", {{"kernel_size", {11, 13}}}));
  expect_taken(network("chromagram", "cnn1d", {{"kernel_size", 13}}));  // rows are channels there
  json spec = good_spec();
  spec["model"]["branches"] = network("chromagram", "cnn1d", {{"kernel_size", 13}});
  spec["training"]["segment_seconds"] = 0.25;
  expect_refusal(refusal_of_text(spec.dump()), ErrorKind::kSpec,
                 {"/kernel_size: a kernel of 13 frames is larger than its input of 11"});
}

TEST(CheckNetwork, RefusesSizesThatAreNone) {
  expect_refused(network("mfcc", "cnn2d", {{"kernel_size", {3, 4}}}), "/kernel_size: 4 is even");
  expect_refused(network("mfcc", "cnn2d", {{"kernel_size", {3}}}), "/kernel_size: has 1 element");
  expect_refused(network("mfcc", "cnn2d", {{"kernel_size", {3, 33}}}), "/kernel_size/1: 33 is out of range");
  expect_refused(network("mfcc", "cnn2d", {{"kernel_size", "3"}}),
                 "/kernel_size: expected an integer or a pair");
  expect_refused(network("mfcc", "cnn1d", {{"kernel_size", {3, 5}}}),
                 "/kernel_size: a cnn1d has frames only: give one number");
  expect_refused(network("mfcc", "cnn1d", {{"channels", {8}}, {"pooling", {{1, 2}}}}),
                 "/pooling/0: a cnn1d has frames only: give one number");
}

TEST(CheckNetwork, RefusesPoolingThatDoesNotFit) {
  expect_refused(network("mfcc", "cnn2d", {{"channels", {8, 8}}, {"pooling", {2}}}),
                 "/pooling: has 1 element for 2 blocks");
  expect_refused(network("mfcc", "cnn2d", {{"channels", {8}}, {"pooling", {3}}}),
                 "/pooling/0: 3 is out of range");
  expect_refused(network("chromagram", "cnn2d", {{"pooling", {2, 2, 2, 2}}}),
                 "/pooling/3: pools two rows where one is left");
  expect_taken(network("chromagram", "cnn2d", {{"pooling", {2, 2, 2, {1, 2}}}}));
  expect_taken(network("mfcc", "cnn1d", {{"channels", {8, 8}}, {"pooling", {1, 2}}}));
}

TEST(CheckNetwork, RefusesToChooseAmongOneFrame) {
  json spec = good_spec();
  spec["training"]["segment_seconds"] = 0.2;  // 8 frames
  for (const char* summary : {"last", "attention"}) {
    spec["model"]["branches"] = network("mfcc", "cnn2d", {{"time_summary", summary}});
    expect_refusal(
        refusal_of_text(spec.dump()), ErrorKind::kSpec,
        {"/time_summary: \"" + std::string(summary) + "\" chooses among frames, and only one is left"});
    spec["model"]["branches"] = network("mfcc", "crnn", {{"time_summary", summary}});
    EXPECT_EQ(refusal_of_text(spec.dump()).message, "");  // two frames are left
  }
  spec["model"]["branches"] = network("mfcc", "cnn2d", {{"time_summary", "both"}});
  EXPECT_EQ(refusal_of_text(spec.dump()).message, "");
}

}  // namespace
}  // namespace genretrack
