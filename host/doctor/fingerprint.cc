#include "host/doctor/fingerprint.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/backend/device.h"

namespace genretrack {
namespace {

constexpr int kWindow = 4096;  // samples: 0.37 s, so that half a hop of misalignment changes little
constexpr int kLag = 4;        // frames between the two that are compared: 93 ms
constexpr int kBands = 48, kFirstBand = 7, kBits = 32;
constexpr float kStrongDb = 1;
// A chunk holds a clip of 30 s whole. Neighbouring chunks share what the first frames of the second need.
constexpr std::size_t kChunkFrames = 1408, kChunk = kChunkFrames * kFingerprintHop;
constexpr std::size_t kShared = kWindow - kFingerprintHop + kLag * kFingerprintHop;
// The extractor centres its frames; the first one that lies inside the chunk is this.
constexpr std::size_t kFirstFrame = kWindow / 2 / kFingerprintHop;

FeatureParams params() {
  FeatureParams params;
  params.sample_rate = kFingerprintRate;
  params.clip_seconds = double(kChunk) / kFingerprintRate;
  params.n_fft = kWindow;
  params.hop_length = kFingerprintHop;
  params.n_mels = kBands;
  params.n_mfcc = 1;
  params.tuning = Tuning::kNone;
  return params;
}

std::size_t frames_inside(std::size_t samples) {
  return samples < kWindow ? 0 : (samples - kWindow) / kFingerprintHop + 1;
}

}  // namespace

Fingerprinter::Fingerprinter() {
  const FeatureParams p = params();
  // The words are compared with each other only, never with those of another device.
  extractor_ = make_feature_extractor(Device::kCpu, p);
  const auto values = [&](Transform t) {
    return std::vector<float>(static_cast<std::size_t>(p.rows(t)) *
                              static_cast<std::size_t>(p.frame_count()));
  };
  spectrogram_ = values(Transform::kSpectrogram);
  flux_ = values(Transform::kPercussion);
  mfcc_ = values(Transform::kMfcc);
  chromagram_ = values(Transform::kChromagram);
}

void Fingerprinter::push(std::span<const float> samples) {
  while (!samples.empty()) {
    const std::size_t taken = std::min(samples.size(), kChunk - samples_.size());
    samples_.insert(samples_.end(), samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(taken));
    samples = samples.subspan(taken);
    if (samples_.size() < kChunk) return;
    take_chunk(kChunk);
    samples_.erase(samples_.begin(), samples_.end() - static_cast<std::ptrdiff_t>(kShared));
  }
}

Fingerprint Fingerprinter::finish() {
  take_chunk(samples_.size());
  samples_.clear();
  return std::exchange(fingerprint_, {});
}

void Fingerprinter::discard() {
  samples_.clear();
  fingerprint_ = {};
}

void Fingerprinter::take_chunk(std::size_t samples) {
  const std::size_t frames = frames_inside(samples);
  if (frames <= kLag) return;
  const Pcm pcm = std::span<const float>(samples_);
  const ClipFeatures features{{spectrogram_, flux_, mfcc_, chromagram_}};
  extractor_->extract({&pcm, 1}, {&features, 1});
  constexpr std::size_t kRow = kChunkFrames + 1;  // frames of the extractor
  for (std::size_t frame = kFirstFrame + kLag; frame < kFirstFrame + frames; ++frame) {
    std::uint32_t sign = 0, strong = 0;
    for (std::size_t bit = 0; bit < kBits; ++bit) {
      const float* low = &spectrogram_[(kFirstBand + bit) * kRow];
      const float* high = low + kRow;
      const float change = (low[frame] - high[frame]) - (low[frame - kLag] - high[frame - kLag]);
      sign |= std::uint32_t{change > 0} << bit;
      strong |= std::uint32_t{std::abs(change) >= kStrongDb} << bit;
    }
    fingerprint_.sign.push_back(sign);
    fingerprint_.strong.push_back(strong);
  }
}

}  // namespace genretrack
