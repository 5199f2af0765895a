// More random parameters and ten minutes of music at 22,050 Hz against the naive references: minutes, not
// seconds.
#include "tests/cpu/features/clip_match.h"

namespace genretrack::testing {
namespace {

constexpr std::uint64_t kFirstClip = 1000;  // other clips than those of random_parameters_test.cc
constexpr int kClips = 600, kPerTest = 60;

class ManyRandomParameters : public ::testing::TestWithParam<int> {
 protected:
  static void TearDownTestSuite() { worst_.print(); }
  static inline reference::Worst worst_;
};

TEST_P(ManyRandomParameters, MatchReference) {
  for (int i = 0; i < kPerTest; ++i)
    expect_clip_matches(ClipMaker(kFirstClip + std::uint64_t(GetParam() * kPerTest + i), 600, 12).make(),
                        worst_);
}

INSTANTIATE_TEST_SUITE_P(Clips, ManyRandomParameters, ::testing::Range(0, kClips / kPerTest));

class TenMinutes : public ::testing::TestWithParam<PercussionKind> {};

TEST_P(TenMinutes, MatchReference) {
  FeatureParams params;
  params.percussion = GetParam();
  params.clip_seconds = 600;
  params.deltas = 2;
  if (params.percussion == PercussionKind::kHpss) params.hop_length = 1024;  // memory of the reference
  const int samples = params.clip_samples();
  reference::Worst worst;
  expect_clip_matches({params, "music", samples, 0, false, reference::signal("music", samples)}, worst);
  worst.print();
}

INSTANTIATE_TEST_SUITE_P(Kinds, TenMinutes,
                         ::testing::Values(PercussionKind::kFlux, PercussionKind::kTempogram,
                                           PercussionKind::kHpss));

}  // namespace
}  // namespace genretrack::testing
