// The transforms, and the naive references, against values that librosa and torchaudio gave; cases.txt names
// the versions.
#include "tests/cpu/features/transforms_test.h"
#include "tests/golden/golden_cases.h"
#include "tests/reference/transform_match.h"

namespace genretrack::testing {
namespace {

struct GoldenCase {
  golden::Case inputs;
  reference::Transforms naive;     // all frames
  reference::Transforms expected;  // the kept frames, by the other library
};

std::vector<GoldenCase> make_cases() {
  std::vector<GoldenCase> result;
  for (const golden::Case& c : golden::read_cases()) {
    const auto samples = golden::samples_of(c);
    reference::Transforms naive =
        reference::Clip(c.params, std::vector<double>(samples.begin(), samples.end())).all();
    reference::Transforms expected = golden::Values(c).around(naive);
    result.push_back({c, std::move(naive), std::move(expected)});
  }
  return result;
}

const std::vector<GoldenCase>& all_cases() {
  static const std::vector<GoldenCase> cases = make_cases();
  return cases;
}

template <class Features>
std::array<std::vector<double>, kTransformCount> all_kept(const Features& features, const golden::Case& c) {
  std::array<std::vector<double>, kTransformCount> result;
  for (std::size_t t = 0; t < result.size(); ++t) result[t] = golden::kept(features[t], c).values;
  return result;
}

std::vector<double> joined(const std::vector<reference::Matrix>& blocks) {
  std::vector<double> result;
  for (const auto& block : blocks) result.insert(result.end(), block.values.begin(), block.values.end());
  return result;
}

TEST(Golden, CasesCoverEveryKindAndProfile) {
  EXPECT_GE(all_cases().size(), 50u);
  for (Profile profile : {Profile::kLibrosa, Profile::kTorchaudio})
    for (PercussionKind kind : {PercussionKind::kFlux, PercussionKind::kTempogram, PercussionKind::kHpss})
      EXPECT_TRUE(std::any_of(all_cases().begin(), all_cases().end(), [&](const GoldenCase& c) {
        return c.inputs.params.profile == profile && c.inputs.params.percussion == kind;
      }));
}

// Of several tunings that rounding may choose from, the other library's is among the reference's.
TEST(Golden, ReferencesMatchTheLibraries) {
  reference::Worst worst;
  for (const auto& [inputs, naive, expected] : all_cases()) {
    SCOPED_TRACE(inputs.name);
    const std::array<std::vector<double>, 3> maps = {naive.spectrogram.value.values,
                                                     naive.percussion.value.values, joined(naive.mfcc)};
    std::array<std::vector<double>, kTransformCount> features;
    double nearest = std::numeric_limits<double>::infinity();
    for (const auto& chroma : naive.chroma) {
      const auto kept_chroma = golden::kept(chroma.values, inputs).values;
      const double error = largest_difference(kept_chroma, expected.chroma.front().values);
      if (error < nearest) features[3] = kept_chroma;
      nearest = std::min(nearest, error);
    }
    for (std::size_t t = 0; t < maps.size(); ++t) features[t] = golden::kept(maps[t], inputs).values;
    reference::expect_match(features, expected, inputs.params, worst);
  }
  EXPECT_EQ(worst.excused("librosa"), 0u);
  worst.print();
}

class Golden : public EachBackend {};

TEST_P(Golden, TransformsMatchTheLibraries) {
  reference::Worst worst;
  for (const auto& [inputs, naive, expected] : all_cases()) {
    SCOPED_TRACE(inputs.name);

    const auto samples = golden::samples_of(inputs);
    const auto extractor = make_extractor(inputs.params);
    const Features features = extract(*extractor, inputs.params, std::span(samples));
    reference::expect_match(all_kept(features, inputs), expected, inputs.params, worst);
  }
  // With librosa's floor, 80 dB below the loudest, no value needs rounding as an excuse.
  EXPECT_EQ(worst.excused("librosa"), 0u);
  worst.print();
}

INSTANTIATE_TEST_SUITE_P(Backends, Golden, ::testing::ValuesIn(backend_names()));

}  // namespace
}  // namespace genretrack::testing
