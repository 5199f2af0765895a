// What the CPU's extractor promises beside what all do.
#include "host/core/error.h"
#include "host/cpu/features/cpu_feature_extractor.h"
#include "host/cpu/widest_lanes.h"
#include "tests/cpu/features/transforms_test.h"

namespace genretrack::testing {
namespace {

TEST(MakeCpuFeatureExtractor, DescribesItself) {
  for (const int lanes : {4, 8, 16}) {
    if (lanes > widest_lanes()) continue;
    const auto extractor = make_cpu_feature_extractor(params_for(9000), lanes);
    EXPECT_NE(extractor->describe().find("cpu, " + std::to_string(lanes) + " lanes"), std::string::npos);
    EXPECT_EQ(extractor->preferred_batch(), 1);
  }
}

TEST(MakeCpuFeatureExtractor, TakesTheWidestLanes) {
  EXPECT_EQ(make_cpu_feature_extractor(FeatureParams{})->describe(),
            make_cpu_feature_extractor(FeatureParams{}, widest_lanes())->describe());
}

TEST(MakeCpuFeatureExtractor, RefusesOtherWidths) {
  EXPECT_THROW(make_cpu_feature_extractor(FeatureParams{}, 2), Error);
}

TEST(MakeCpuFeatureExtractor, RefusesWhatCheckRefuses) {
  FeatureParams params;
  params.n_fft = 16384;
  EXPECT_THROW(make_cpu_feature_extractor(params), Error);
}

}  // namespace
}  // namespace genretrack::testing
