#include "host/cpu/features/cpu_feature_extractor.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "host/backend/extract_checks.h"
#include "host/cpu/features/kernels.h"
#include "host/cpu/features/tuning.h"
#include "host/cpu/widest_lanes.h"
#include "host/dsp/decibel.h"
#include "host/dsp/padding.h"

namespace genretrack {
namespace {

constexpr float kSilent = -1e9f;  // dB; below anything

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
  refuse_sample(clip, at, samples[at]);
}

void check_samples(std::span<const std::int16_t>, std::size_t) {}  // every value is a sample

class CpuFeatureExtractor final : public FeatureExtractor {
 public:
  CpuFeatureExtractor(const FeatureParams& params, int lanes)
      : tables_(params), kernels_(make_kernels(lanes, params)), workspace_(tables_, lanes) {}

  void extract(std::span<const Pcm> clips, std::span<const ClipFeatures> out) override {
    check_places(tables_.params, clips, out);
    for (std::size_t i = 0; i < clips.size(); ++i)
      std::visit([&](auto samples) { extract_clip(samples, i, out[i]); }, clips[i]);
  }

  int preferred_batch() const override { return 1; }

  std::string describe() const override {
    return "cpu, " + std::to_string(kernels_.lanes) + " lanes (" + kernels_.instructions + ")";
  }

 private:
  void push_block(std::span<const std::int16_t> samples, int block);
  void push_block(std::span<const float> samples, int block);
  template <class Sample>
  const Sample* block_of(std::span<const Sample> samples, int block, std::vector<Sample>& copy) const;
  template <class Sample>
  void extract_clip(std::span<const Sample> samples, std::size_t clip, const ClipFeatures& out);
  // The largest values in dB of a clip's maps.
  struct Largest {
    float mel = kSilent, linear = kSilent;
  };
  template <class Sample>
  Largest transform_groups(std::span<const Sample> samples, const ClipFeatures& out);
  void chroma_of_estimated_tuning(float* chroma);
  void separated_part(float* out);
  float floor_of(float largest) const;
  float* power_of(int group) {
    return workspace_.power.data() + static_cast<std::size_t>(group) *
                                         static_cast<std::size_t>(tables_.bins) *
                                         static_cast<std::size_t>(kernels_.lanes);
  }

  FeatureTables tables_;
  Kernels kernels_;
  Workspace workspace_;
  std::vector<std::int16_t> int16_block_;
  std::vector<float> float_block_;
};

// Where the samples of the block's hops lie, one block behind another from n_fft / 2 before the clip on. At
// the clip's ends, that is a copy with what the profile pads them with.
template <class Sample>
const Sample* CpuFeatureExtractor::block_of(std::span<const Sample> samples, int block,
                                            std::vector<Sample>& copy) const {
  const FeatureParams& params = tables_.params;
  const long hops = static_cast<long>(kernels_.lanes) * params.hop_length;
  const long size = hops + kernels_.lanes;  // push_hops reads so far
  const long first = block * hops - params.n_fft / 2, end = static_cast<long>(samples.size());
  if (first >= 0 && first + size <= end) return samples.data() + first;
  copy.assign(static_cast<std::size_t>(size), Sample{0});
  const long from = std::clamp(first, 0L, end), to = std::clamp(first + size, 0L, end);
  std::copy(samples.begin() + from, samples.begin() + to, copy.begin() + (from - first));
  if (params.profile == Profile::kLibrosa) return copy.data();
  for (long i = 0; i < size; ++i) {
    const long at = padded_sample(params.profile, first + i, params.clip_samples());
    if (at >= 0 && at < end) copy[static_cast<std::size_t>(i)] = samples[static_cast<std::size_t>(at)];
  }
  return copy.data();
}

void CpuFeatureExtractor::push_block(std::span<const std::int16_t> samples, int block) {
  kernels_.push_hops_int16(block_of(samples, block, int16_block_), tables_.params.hop_length, workspace_);
}

void CpuFeatureExtractor::push_block(std::span<const float> samples, int block) {
  kernels_.push_hops_float(block_of(samples, block, float_block_), tables_.params.hop_length, workspace_);
}

// Everything that one group's power gives while it is in the cache.
template <class Sample>
CpuFeatureExtractor::Largest CpuFeatureExtractor::transform_groups(std::span<const Sample> samples,
                                                                   const ClipFeatures& out) {
  const bool estimate = tables_.params.tuning == Tuning::kEstimate;
  const bool linear = tables_.params.scale == SpectrogramScale::kLinear;
  const int lanes = kernels_.lanes, ahead = workspace_.hop_stride / lanes - 1;
  Largest largest;
  for (int block = 0; block < ahead; ++block) push_block(samples, block);
  for (int group = 0; group < workspace_.groups; ++group) {
    push_block(samples, group + ahead);
    float* power = power_of(workspace_.keeps_power ? group : 0);
    kernels_.power(tables_, workspace_, power);
    const int frame = group * lanes, valid = std::min(lanes, tables_.frames - frame);
    float top[16];
    kernels_.mel_bands(tables_, power, frame, workspace_, top);
    largest.mel = std::max(largest.mel, *std::max_element(top, top + valid));
    if (linear) {
      kernels_.linear_bins(tables_, power, frame, out[Transform::kSpectrogram].data(), top);
      largest.linear = std::max(largest.linear, *std::max_element(top, top + valid));
    }
    if (estimate) {
      workspace_.peaks.make_room(static_cast<std::size_t>(tables_.bins / 2 + 3) *
                                 static_cast<std::size_t>(lanes));
      kernels_.find_peaks(tables_, power, valid, workspace_);
    } else {
      kernels_.chroma_group(tables_, tables_.given_chroma_bank(), power, frame,
                            out[Transform::kChromagram].data());
    }
  }
  return largest;
}

void CpuFeatureExtractor::chroma_of_estimated_tuning(float* chroma) {
  const Peaks& peaks = workspace_.peaks;
  const int bin =
      peaks.count == 0 ? kNoTuning : kernels_.fullest_tuning_bin(workspace_, median_strength(peaks));
  const ChromaRuns& bank = tables_.chroma_bank(bin);
  for (int group = 0; group < workspace_.groups; ++group)
    kernels_.chroma_group(tables_, bank, power_of(group), group * kernels_.lanes, chroma);
}

// The mel map of one part of the clip's power, in dB; takes the place of the clip's own in w.db().
void CpuFeatureExtractor::separated_part(float* out) {
  const int lanes = kernels_.lanes;
  const std::ptrdiff_t medians_size = static_cast<std::ptrdiff_t>(workspace_.median_bins) * lanes;
  float largest = kSilent;
  for (int first = 0; first < tables_.frames; first += workspace_.stretch) {
    kernels_.medians_over_time(tables_, power_of(0), first, workspace_);
    const float* medians = workspace_.medians.data();
    const int end = std::min(first + workspace_.stretch, tables_.frames);
    for (int frame = first; frame < end; frame += lanes, medians += medians_size) {
      kernels_.masked_power(tables_, power_of(frame / lanes), medians, workspace_.part.data());
      float top[16];
      kernels_.mel_bands(tables_, workspace_.part.data(), frame, workspace_, top);
      largest = std::max(largest, *std::max_element(top, top + std::min(lanes, end - frame)));
    }
  }
  kernels_.floor_and_flux(tables_, floor_of(largest), workspace_, out, nullptr);
}

// The decibel below which a map with that maximum has no values.
float CpuFeatureExtractor::floor_of(float largest) const {
  return tables_.params.profile == Profile::kLibrosa ? largest - static_cast<float>(kTopDb) : kSilent;
}

template <class Sample>
void CpuFeatureExtractor::extract_clip(std::span<const Sample> samples, std::size_t clip,
                                       const ClipFeatures& out) {
  const FeatureParams& params = tables_.params;
  samples = samples.first(std::min(samples.size(), static_cast<std::size_t>(params.clip_samples())));
  check_samples(samples, clip);
  workspace_.peaks.clear();
  const Largest largest = transform_groups(samples, out);
  if (params.tuning == Tuning::kEstimate) chroma_of_estimated_tuning(out[Transform::kChromagram].data());
  const std::span<float> spectrogram = out[Transform::kSpectrogram];
  const bool linear = params.scale == SpectrogramScale::kLinear;
  if (linear) kernels_.floor_values(floor_of(largest.linear), spectrogram.data(), spectrogram.size());
  float* percussion = out[Transform::kPercussion].data();
  kernels_.floor_and_flux(tables_, floor_of(largest.mel), workspace_, linear ? nullptr : spectrogram.data(),
                          params.percussion == PercussionKind::kFlux ? percussion : nullptr);
  kernels_.mfcc_rows(tables_, largest.mel - static_cast<float>(kTopDb), workspace_,
                     out[Transform::kMfcc].data());
  if (params.percussion == PercussionKind::kTempogram)
    kernels_.tempogram(tables_, workspace_, percussion);
  else if (params.percussion != PercussionKind::kFlux)
    separated_part(percussion);
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
