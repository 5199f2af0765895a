#include "host/cpu/features/cpu_feature_extractor.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "host/core/error.h"
#include "host/cpu/features/kernels.h"
#include "host/cpu/features/tuning.h"
#include "host/dsp/decibel.h"

namespace genretrack {
namespace {

// Full scale is 1. Louder is taken as it is, up to where powers would leave float32.
constexpr float kLoudestSample = 1e9f;

// The first sample that is not finite, or far beyond any recording; samples.size() where there is none.
std::size_t find_unusable(std::span<const float> samples) {
  int unusable = 0;  // counted, without a jump, so that it runs in lanes
  for (float x : samples) unusable += std::fabs(x) <= kLoudestSample ? 0 : 1;
  if (unusable == 0) return samples.size();
  const auto at =
      std::find_if(samples.begin(), samples.end(), [](float x) { return !(std::fabs(x) <= kLoudestSample); });
  return static_cast<std::size_t>(at - samples.begin());
}

void check_samples(std::span<const float> samples, std::size_t clip) {
  const std::size_t at = find_unusable(samples);
  if (at == samples.size()) return;
  const bool finite = std::isfinite(samples[at]);
  throw Error(ErrorKind::kData, "clip " + std::to_string(clip) + ": sample " + std::to_string(at) +
                                    (finite ? " is far beyond full scale, which is 1" : " is not finite") +
                                    "; leave the recording out or repair it");
}

void check_samples(std::span<const std::int16_t>, std::size_t) {}  // every value is a sample

class CpuFeatureExtractor final : public FeatureExtractor {
 public:
  CpuFeatureExtractor(const FeatureParams& params, int lanes)
      : tables_(params), kernels_(make_kernels(lanes, params.n_fft)), workspace_(tables_, lanes) {}

  void extract(std::span<const Pcm> clips, std::span<const ClipFeatures> out) override {
    if (clips.size() != out.size())
      throw Error(ErrorKind::kFailure,
                  std::to_string(clips.size()) + " clips but places for " + std::to_string(out.size()));
    for (std::size_t i = 0; i < clips.size(); ++i) {
      check_places(out[i]);
      std::visit([&](auto samples) { extract_clip(samples, i, out[i]); }, clips[i]);
    }
  }

  int preferred_batch() const override { return 1; }

  std::string describe() const override {
    return "cpu, " + std::to_string(kernels_.lanes) + " lanes (" + kernels_.instructions + ")";
  }

 private:
  void check_places(const ClipFeatures& out) const;
  void push_block(std::span<const std::int16_t> samples, int block);
  void push_block(std::span<const float> samples, int block);
  template <class Sample>
  const Sample* block_of(std::span<const Sample> samples, int block, std::vector<Sample>& copy) const;
  template <class Sample>
  void extract_clip(std::span<const Sample> samples, std::size_t clip, const ClipFeatures& out);
  template <class Sample>
  float transform_groups(std::span<const Sample> samples, float* chroma);
  int estimate_tuning();

  FeatureTables tables_;
  Kernels kernels_;
  Workspace workspace_;
  std::vector<std::int16_t> int16_block_;
  std::vector<float> float_block_;
};

void CpuFeatureExtractor::check_places(const ClipFeatures& out) const {
  for (Transform t : kTransforms) {
    const std::size_t wanted =
        static_cast<std::size_t>(tables_.params.rows(t)) * static_cast<std::size_t>(tables_.frames);
    if (out[t].size() != wanted)
      throw Error(ErrorKind::kFailure, "place for the " + std::string(name(t)) + " has " +
                                           std::to_string(out[t].size()) + " values instead of " +
                                           std::to_string(wanted));
  }
}

// Where the samples of the block's hops lie, one block behind another from n_fft / 2 before the clip on. At
// the clip's ends, that is a copy with zeros around it.
template <class Sample>
const Sample* CpuFeatureExtractor::block_of(std::span<const Sample> samples, int block,
                                            std::vector<Sample>& copy) const {
  const long hops = static_cast<long>(kernels_.lanes) * tables_.params.hop_length;
  const long size = hops + kernels_.lanes;  // push_hops reads so far
  const long first = block * hops - tables_.params.n_fft / 2, end = static_cast<long>(samples.size());
  if (first >= 0 && first + size <= end) return samples.data() + first;
  copy.assign(static_cast<std::size_t>(size), Sample{0});
  const long from = std::clamp(first, 0L, end), to = std::clamp(first + size, 0L, end);
  std::copy(samples.begin() + from, samples.begin() + to, copy.begin() + (from - first));
  return copy.data();
}

void CpuFeatureExtractor::push_block(std::span<const std::int16_t> samples, int block) {
  kernels_.push_hops_int16(block_of(samples, block, int16_block_), tables_.params.hop_length, workspace_);
}

void CpuFeatureExtractor::push_block(std::span<const float> samples, int block) {
  kernels_.push_hops_float(block_of(samples, block, float_block_), tables_.params.hop_length, workspace_);
}

// Everything that one group's power gives while it is in the cache; returns the largest mel value in dB.
template <class Sample>
float CpuFeatureExtractor::transform_groups(std::span<const Sample> samples, float* chroma) {
  const bool estimate = tables_.params.tuning == Tuning::kEstimate;
  const int lanes = kernels_.lanes, ahead = workspace_.hop_stride / lanes - 1;
  const std::size_t group_size = static_cast<std::size_t>(tables_.bins) * static_cast<std::size_t>(lanes);
  float largest = -1e9f;
  for (int block = 0; block < ahead; ++block) push_block(samples, block);
  for (int group = 0; group < workspace_.groups; ++group) {
    push_block(samples, group + ahead);
    float* power = workspace_.power.data() + (estimate ? static_cast<std::size_t>(group) * group_size : 0);
    kernels_.power(tables_, workspace_, power);
    const int frame = group * lanes, valid = std::min(lanes, tables_.frames - frame);
    float top[16];
    kernels_.mel_bands(tables_, power, frame, workspace_, top);
    largest = std::max(largest, *std::max_element(top, top + valid));
    if (estimate) {
      workspace_.peaks.make_room(group_size / 2 + static_cast<std::size_t>(2 * lanes));
      kernels_.find_peaks(tables_, power, valid, workspace_);
    } else {
      kernels_.chroma_group(tables_, tables_.given_chroma_bank(), power, frame, chroma);
    }
  }
  return largest;
}

int CpuFeatureExtractor::estimate_tuning() {
  Peaks& peaks = workspace_.peaks;
  if (peaks.count == 0) return kNoTuning;
  return kernels_.fullest_tuning_bin(workspace_, median_strength(peaks));
}

template <class Sample>
void CpuFeatureExtractor::extract_clip(std::span<const Sample> samples, std::size_t clip,
                                       const ClipFeatures& out) {
  samples = samples.first(std::min(samples.size(), static_cast<std::size_t>(tables_.params.clip_samples())));
  check_samples(samples, clip);
  workspace_.peaks.clear();
  float* chroma = out[Transform::kChromagram].data();
  const float largest = transform_groups(samples, chroma);
  if (tables_.params.tuning == Tuning::kEstimate) {
    const ChromaRuns& bank = tables_.chroma_bank(estimate_tuning());
    const std::size_t group_size =
        static_cast<std::size_t>(tables_.bins) * static_cast<std::size_t>(kernels_.lanes);
    for (int group = 0; group < workspace_.groups; ++group)
      kernels_.chroma_group(tables_, bank,
                            workspace_.power.data() + static_cast<std::size_t>(group) * group_size,
                            group * kernels_.lanes, chroma);
  }
  kernels_.floor_and_flux(tables_, largest - static_cast<float>(kTopDb), workspace_,
                          out[Transform::kSpectrogram].data(), out[Transform::kPercussion].data());
  kernels_.mfcc_rows(tables_, workspace_, out[Transform::kMfcc].data());
}

}  // namespace

std::unique_ptr<FeatureExtractor> make_cpu_feature_extractor(const FeatureParams& params) {
  return make_cpu_feature_extractor(params, widest_lanes());
}

std::unique_ptr<FeatureExtractor> make_cpu_feature_extractor(const FeatureParams& params, int lanes) {
  check(params);
  return std::make_unique<CpuFeatureExtractor>(params, lanes);
}

}  // namespace genretrack
