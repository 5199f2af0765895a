// What the CUDA extractor promises beside what all do, on the emulated device.
#include "cuda/features/cuda_feature_extractor.h"

#include "host/core/error.h"
#include "tests/cpu/features/transforms_test.h"
#include "tests/cuda_on_cpu/machine.h"
#include "tests/reference/dsp_signals.h"

namespace genretrack::testing {
namespace {

constexpr std::size_t kSamples = 6000;

// Small, for there are many runs.
FeatureParams small_params() {
  FeatureParams params = params_for(kSamples);
  params.n_fft = 512;
  params.hop_length = 200;
  params.n_mels = 40;
  params.n_mfcc = 13;
  return params;
}

// One set of parameters per path through the kernels.
std::vector<FeatureParams> all_kinds() {
  std::vector<FeatureParams> all(4, small_params());
  all[1].percussion = PercussionKind::kTempogram;
  all[1].deltas = 2;
  all[1].lifter = 22;
  all[2].percussion = PercussionKind::kHpss;
  all[2].tuning = Tuning::kFixed;
  all[2].tuning_semitones = 0.2;
  all[3].scale = SpectrogramScale::kLinear;
  all[3].profile = Profile::kTorchaudio;
  return all;
}

struct Batch {
  std::vector<std::vector<std::int16_t>> recordings;
  std::vector<float> as_float;
  std::vector<Pcm> clips;
};

// Seven clips of several kinds and lengths, one of them of floats.
Batch make_batch() {
  Batch batch;
  for (const char* name : {"music", "sharp", "noise", "sweep", "silence", "nyquist"})
    batch.recordings.push_back(reference::signal(name, int(kSamples - 300 * batch.recordings.size())));
  for (int v : batch.recordings[0]) batch.as_float.push_back(float(v) / 32768 / 3);
  for (const auto& recording : batch.recordings) batch.clips.emplace_back(std::span(recording));
  batch.clips.emplace_back(std::span(std::as_const(batch.as_float)));
  return batch;
}

std::vector<Features> extract_all(FeatureExtractor& extractor, const FeatureParams& params,
                                  std::span<const Pcm> clips) {
  std::vector<Features> features(clips.size(), allocate(params));
  std::vector<ClipFeatures> out;
  for (Features& f : features) out.push_back(places(f));
  extractor.extract(clips, out);
  return features;
}

std::vector<Features> extract_one_by_one(const FeatureParams& params, std::span<const Pcm> clips) {
  std::vector<Features> features;
  for (const Pcm& clip : clips)
    features.push_back(extract(*make_cuda_feature_extractor(params), params, clip));
  return features;
}

class CudaFeatureExtractor : public ::testing::Test {
 protected:
  void SetUp() override { cuda_on_cpu::reset(); }
  void TearDown() override {
    cuda_on_cpu::reset();
    EXPECT_EQ(cuda_on_cpu::live(), cuda_on_cpu::Live{});
  }
};

TEST_F(CudaFeatureExtractor, ChunksOfAnySizeGiveTheSameBits) {
  const Batch batch = make_batch();
  for (const FeatureParams& params : all_kinds()) {
    const auto expected = extract_one_by_one(params, batch.clips);
    for (int clips : {1, 3, 16}) {
      const auto extractor = make_cuda_feature_extractor(params, {.clips = clips});
      for (int again = 0; again < 2; ++again)
        EXPECT_EQ(extract_all(*extractor, params, batch.clips), expected) << clips << " clips in a chunk";
    }
  }
}

// Values of `found` against `expected` in dB, where those are within 80 dB of the largest: what is quieter
// and not floored is the rounding of either FFT.
double loud_difference(const std::vector<float>& found, const std::vector<float>& expected) {
  const float low = *std::max_element(expected.begin(), expected.end()) - 80;
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (expected[i] > low || !std::isfinite(found[i]))
      largest = std::max(largest, std::abs(double(found[i]) - double(expected[i])));
  return largest;
}

TEST_F(CudaFeatureExtractor, EveryKindAgreesWithTheCpu) {
  for (const char* name : {"music", "noise"})
    for (const FeatureParams& params : all_kinds()) {
      const auto pcm = reference::signal(name, int(kSamples));
      const Features found = extract(*make_cuda_feature_extractor(params), params, std::span(pcm));
      const Features expected = extract(*make_other_extractor(params), params, std::span(pcm));
      EXPECT_LE(loud_difference(found[0], expected[0]), 0.01) << name;
      EXPECT_LE(largest_difference(found[1], expected[1]),
                params.percussion == PercussionKind::kTempogram ? 1e-3 : 0.02)
          << name;
      EXPECT_LE(relative_error(found[2], expected[2]), 1e-4) << name;
      EXPECT_LE(largest_difference(found[3], expected[3]), 1e-3) << name;
    }
}

TEST_F(CudaFeatureExtractor, TheOrderOfThreadsAndStreamsDoesNotMatter) {
  const Batch batch = make_batch();
  for (const FeatureParams& params : all_kinds()) {
    const auto expected = extract_one_by_one(params, batch.clips);
    for (unsigned seed : {2u, 3u, 4u}) {
      cuda_on_cpu::settings().seed = seed;
      cuda_on_cpu::settings().threads = int(seed) - 1;
      cuda_on_cpu::settings().deferred = seed % 2 == 0;
      const auto extractor = make_cuda_feature_extractor(params, {.clips = 2});
      EXPECT_EQ(extract_all(*extractor, params, batch.clips), expected) << "seed " << seed;
    }
    cuda_on_cpu::reset();
  }
}

TEST_F(CudaFeatureExtractor, TakesMemoryOncePerSizeOfABatch) {
  const FeatureParams params = small_params();
  const Batch batch = make_batch();
  const auto extractor = make_cuda_feature_extractor(params, {.clips = 4});
  extract_all(*extractor, params, batch.clips);
  const long taken = cuda_on_cpu::counts().allocations;
  extract_all(*extractor, params, batch.clips);
  extract_all(*extractor, params, std::span(batch.clips).first(1));
  EXPECT_EQ(cuda_on_cpu::counts().allocations, taken);
}

TEST_F(CudaFeatureExtractor, SplitsABatchThatTheDeviceCannotHold) {
  const FeatureParams params = small_params();
  const Batch batch = make_batch();
  const auto expected = extract_one_by_one(params, batch.clips);
  int completed = 0, refused = 0;
  for (std::size_t memory = 1u << 20; memory <= 16u << 20; memory += memory / 4) {
    cuda_on_cpu::settings().memory = memory;
    try {
      const auto extractor = make_cuda_feature_extractor(params, {.clips = 7});
      EXPECT_EQ(extract_all(*extractor, params, batch.clips), expected) << memory << " bytes";
      ++completed;
    } catch (const Error& error) {
      EXPECT_EQ(completed, 0) << "more memory did not suffice: " << memory;
      EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
      EXPECT_NE(std::string(error.what()).find("out of memory"), std::string::npos) << error.what();
      ++refused;
    }
    EXPECT_EQ(cuda_on_cpu::live(), cuda_on_cpu::Live{});
  }
  EXPECT_GT(completed, 3);
  EXPECT_GT(refused, 0);
}

// Makes one call after another fail; how many failures were told, and how many the extractor managed without.
std::pair<int, int> fail_every_call(const FeatureParams& params, std::span<const Pcm> clips) {
  cuda_on_cpu::reset();
  const auto expected = extract_one_by_one(params, clips);
  int told = 0, managed = 0;
  for (long call = 0; call < 2000; ++call) {
    cuda_on_cpu::reset();
    cuda_on_cpu::settings().failing_call = call;
    try {
      const auto extractor = make_cuda_feature_extractor(params, {.clips = 2});
      EXPECT_EQ(extract_all(*extractor, params, clips), expected) << "call " << call;
      if (!cuda_on_cpu::has_failed()) break;
      ++managed;
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_EQ(message.rfind("CUDA: ", 0), 0u) << message;
      EXPECT_NE(message.find("--device cpu"), std::string::npos) << message;
      EXPECT_TRUE(error.kind() == ErrorKind::kUnsupported || error.kind() == ErrorKind::kFailure) << message;
      EXPECT_TRUE(cuda_on_cpu::has_failed()) << message;
      ++told;
    }
    EXPECT_EQ(cuda_on_cpu::live(), cuda_on_cpu::Live{}) << "call " << call;
  }
  return {told, managed};
}

TEST_F(CudaFeatureExtractor, EveryCallThatFailsIsToldAndLeaksNothing) {
  const Batch batch = make_batch();
  for (const FeatureParams& params : all_kinds()) {
    const auto [told, managed] = fail_every_call(params, std::span(batch.clips).last(3));
    // An allocation that fails leads to smaller chunks; everything else is told.
    EXPECT_GT(told, 50);
    EXPECT_GT(managed, 20);
  }
}

TEST_F(CudaFeatureExtractor, GoesOnAfterARefusedClip) {
  const FeatureParams params = small_params();
  Batch batch = make_batch();
  const auto expected = extract_one_by_one(params, batch.clips);
  const auto extractor = make_cuda_feature_extractor(params, {.clips = 2});
  const std::vector<float> good = batch.as_float;
  batch.as_float[77] = std::numeric_limits<float>::quiet_NaN();
  try {
    extract_all(*extractor, params, batch.clips);
    ADD_FAILURE() << "a NaN passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_NE(std::string(error.what()).find("clip 6: sample 77 is not finite"), std::string::npos)
        << error.what();
  }
  batch.as_float[77] = good[77];
  EXPECT_EQ(extract_all(*extractor, params, batch.clips), expected);
}

TEST_F(CudaFeatureExtractor, SaysThatNoDeviceAnswers) {
  cuda_on_cpu::settings().devices = 0;
  try {
    make_cuda_feature_extractor(small_params());
    ADD_FAILURE() << "made without a device";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("no CUDA-capable device"), std::string::npos) << error.what();
  }
}

TEST_F(CudaFeatureExtractor, DescribesItself) {
  const auto extractor = make_cuda_feature_extractor(small_params());
  EXPECT_EQ(extractor->describe(), "cuda, emulated device (compute capability 9.0)");
  EXPECT_GT(extractor->preferred_batch(), 1);
}

}  // namespace
}  // namespace genretrack::testing
